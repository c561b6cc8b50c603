# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# What the tests of the apps share. They use of ../lib.bash:
#   target LINE   runs a shell command line as root on the target, in the
#                 directory of the binaries; passes on output and exit status
# An app outside the repository has its test outside too: not `load ../lib`.
# shellcheck source=tests/lib.bash
source "$(dirname "${BASH_SOURCE[0]}")/../lib.bash"

# shellcheck disable=SC2016 # expanded on the target
# For the command lines that run on the target: a scratch directory, $tmp; waits
# that end; nothing left behind however they end. $pid is the app in background.
TARGET_SH='
set -eu
tmp=$(mktemp -d)
pid=
clean_up() {
	set +e		# the exit status is what it was before
	[ -z "$pid" ] || kill -9 $pid
	rm -r $tmp
}
trap clean_up EXIT

# By its path: the shell of busybox would take the ip of busybox, which knows no XDP.
ip() { "${ip_path:=$(which ip)}" "$@"; }

# try COMMAND...: until it succeeds; some minutes on a machine that is busy are no failure
try() {
	tries=1200
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ]; then
			echo "never true: $*"
			cat $tmp/*
			exit 99
		fi
		sleep 0.1
	done
}

# loaded NAME: is a BPF program of that name in the kernel?
loaded() { bpftool prog show | grep -q " name $1 "; }
unloaded() { ! loaded "$1"; }

# cgroup_dir: the cgroup of the app, once it is there
cgroup_dir() {
	dir=$(sed -n "s/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p" /proc/mounts | head -n 1)/app-$pid
	try [ -d "$dir" ]
	echo "$dir"
}

# ends_on SIGNAL: sends it to the app and shows how the app ended
ends_on() {
	code=0
	kill "-$1" $pid
	wait $pid || code=$?
	pid=
	echo "exit code $code"
}
'

# For a mount namespace: hides the tracepoints of the kernel.
# shellcheck disable=SC2034 # used by the tests
NO_TRACEPOINTS='mount -t tmpfs none /sys/kernel/debug &&
	mount -t tmpfs none /sys/kernel/tracing && mkdir /sys/kernel/tracing/events'

# quote TEXT: as one word for any sh (bash's own ${TEXT@Q} is for bash only)
quote() {
	printf "'%s'" "${1//\'/"'\''"}"
}

# on_target LINE: target LINE, with the functions above
on_target() {
	target "$TARGET_SH$1"
}

# shellcheck disable=SC2016 # expanded on the target
# Runs a command and shows its exit status, and its output and errors apart.
SEE_SH='
see() {
	code=0
	"$@" >out-$$ 2>err-$$ || code=$?
	echo "exit code $code"
	while IFS= read -r line; do echo "out: $line"; done <out-$$
	while IFS= read -r line; do echo "err: $line"; done <err-$$
}
'

# shellcheck disable=SC2154 # bats' run sets lines
# check_options APP [OPTION VALUE...]...: -h explains, what is wrong is named, and nothing
# is run: an unknown option, a stray word, and each VALUE of an OPTION that is a number.
# All that is one call: a session costs a guest more than the app.
check_options() {
	local app=$1 sh="$SEE_SH see ./$1 -h; see ./$1 --no-such-option; see ./$1 stray;" option value line
	local values=() said=()

	shift
	for value; do
		if [[ $value == -[a-z] ]]; then
			option=$value
		else
			sh+=" see ./$app $option '$value';"
			values+=("$value")
		fi
	done
	run -0 target "$sh"' rm out-$$ err-$$'
	for line in "${lines[@]}"; do
		if [[ $line == "exit code "* ]]; then
			said+=("$line")
		else
			said[-1]+=$'\n'$line
		fi
	done
	[ ${#said[@]} -eq $((3 + ${#values[@]})) ]

	[[ ${said[0]} == "exit code 0"$'\n'"out: usage: ./$app "* ]]
	[[ ${said[0]} == *"--verbose"*"--help"*"Exit code: 0 pass"* ]]
	[[ ${said[0]} != *$'\n'"err: "* ]]
	[[ ${said[1]} == *"no-such-option"*"-h lists the options"* ]]
	[[ ${said[2]} == *"'stray'"* ]]
	for value in "${!values[@]}"; do
		[[ ${said[3 + value]} == *"'${values[value]}': it is not a number from "* ]]
	done
	for line in "${said[@]:1}"; do
		[[ $line == "exit code 1"$'\n'"err: "* && $line != *$'\n'"out: "* ]]
	done
}

# learn APP [OPTION...]: for setup_file; what check_needs_root and check_needs_no_btf look
# at, in one call
learn() {
	target "./$* -v 2>&1; echo \"exit code \$?\"
		unshare -U true || exit 0
		echo unshared; unshare -U ./$1 2>&1; echo \"exit code \$?\"" >"$BATS_FILE_TMPDIR/$1"
}

# seen APP: what learn saw of it with -v, into $seen, and of it without rights, into $unshared
seen() {
	local text

	text=$(<"$BATS_FILE_TMPDIR/$1")
	seen=${text%%$'\n'unshared$'\n'*}
	unshared=${text#"$seen"}
}

# learn_skip APP [OPTION...]: learn; works then skips a case for the reason for which the app
# itself skips
learn_skip() {
	local seen unshared

	learn "$@"
	seen "$1"
	[[ $seen != *$'\n'"exit code 4"* ]] || {
		SKIPS=${seen##*SKIP: }
		export SKIPS=${SKIPS%%$'\n'*}
	}
}

works() {
	[ -z "${SKIPS-}" ] || skip "$SKIPS"
}

# need_pid_namespaces: skips where the target cannot make one
need_pid_namespaces() {
	local status=0

	target '[ -e /proc/self/ns/pid ] || exit 41; unshare -pfm true || exit 42' || status=$?
	[ $status -ne 41 ] || skip "no PID namespaces on the target"
	# Debian's busybox crashes after vfork() on some architectures.
	[ $status -ne 42 ] || skip "unshare -f does not work on the target"
	[ $status -eq 0 ]
}

# check_needs_root APP: without rights it is a failure that says so, not a skip
check_needs_root() {
	local seen unshared

	seen "$1"
	[ -n "$unshared" ] || skip "no user namespaces on the target"
	[[ $unshared == *$'\n'"exit code 1" ]]
	# Where among the lines of stderr it comes is up to the way they took.
	grep "^FAIL: .*run it as root" <<<"$unshared"
}

# check_needs_no_btf APP: it must run on kernels that do not describe their types
check_needs_no_btf() {
	local seen unshared

	seen "$1"
	[[ $seen == *$'\n'"exit code 0" ]]
	[[ $seen == *"libbpf: "* ]]
	[[ $seen != *CO-RE* && $seen != *"kernel BTF"* ]]
}
