# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# Helpers for the tests of apps (tests/README.md).
# The test of an app of APPS_DIR is beside the app: it loads this file by its path.
# shellcheck source=tests/lib.bash
source "${BASH_SOURCE[0]%/*}/../lib.bash"

# For command lines on the target: $tmp, a scratch directory; $pid, the app in the background, which
# is killed at the end; helpers.
TARGET_SH='
set -eu
exec 2>&1	# ssh may pass on two streams in another order
tmp=$(mktemp -d)
pid=
clean_up() {
	set +e		# keeps the exit status
	[ -z "$pid" ] || kill -9 $pid
	rm -r $tmp
}
trap clean_up EXIT

# By its path: the shell of busybox would run its own ip, which does not support XDP.
ip() { "${ip_path:=$(which ip)}" "$@"; }

# try COMMAND...: repeats it until it succeeds; the bound is long enough for busy machines
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

# loaded NAME: the kernel has a BPF program of that name
loaded() { bpftool prog show | grep -q " name $1 "; }
unloaded() { ! loaded "$1"; }

# cgroup_dir: waits for the cgroup of the app, and prints its directory
cgroup_dir() {
	dir=$(sed -n "s/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p" /proc/mounts | head -n 1)/app-$pid
	try [ -d "$dir" ]
	echo "$dir"
}

# ends_on SIGNAL: sends it to the app and prints its exit code
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

# quote TEXT: prints it as one word for any sh (bash's ${TEXT@Q} is for bash only)
quote() {
	printf "'%s'" "${1//\'/"'\''"}"
}

# on_target LINE: target LINE, with the functions above
on_target() {
	target "$TARGET_SH$1"
}

# see COMMAND...: prints its exit code, and its output and errors with a prefix.
SEE_SH='
see() {
	code=0
	"$@" >out-$$ 2>err-$$ || code=$?
	echo "exit code $code"
	while IFS= read -r line; do echo "out: $line"; done <out-$$
	while IFS= read -r line; do echo "err: $line"; done <err-$$
}
'

# check_options APP [OPTION VALUE...]...: -h explains; an unknown option, a stray word and each VALUE
# of an OPTION, all wrong, are errors that name them, and the app does nothing.  One call of
# target, since an SSH session costs a guest more than the app.
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

# learn APP [OPTION...]: for setup_file; runs the app for check_needs_root and check_needs_no_btf, in
# one call of target
learn() {
	target "./$* -v 2>&1; echo \"exit code \$?\"
		unshare -U true || exit 0
		echo unshared; unshare -U ./$1 2>&1; echo \"exit code \$?\"" >"$BATS_FILE_TMPDIR/$1"
}

# seen APP: learn's output of the app with -v, to $seen, and without rights, to $unshared
seen() {
	local text

	text=$(<"$BATS_FILE_TMPDIR/$1")
	seen=${text%%$'\n'unshared$'\n'*}
	unshared=${text#"$seen"}
}

# learn_skip APP [OPTION...]: learn; works then skips a test for the reason for which the app
# skips
learn_skip() {
	local seen unshared

	learn "$@"
	seen "$1"
	[[ $seen != *$'\n'"exit code 4"* ]] || {
		SKIPS=${seen##*SKIP: }
		export SKIPS=${SKIPS%%$'\n'*}
	}
}

# works: skips the test if the app skips on this kernel
works() {
	[ -z "${SKIPS-}" ] || skip "$SKIPS"
}

# need_pid_namespaces: skips if the target cannot make one
need_pid_namespaces() {
	local status=0

	target '[ -e /proc/self/ns/pid ] || exit 41; unshare -pfm true || exit 42' || status=$?
	[ $status -ne 41 ] || skip "no PID namespaces on the target"
	# Debian's busybox crashes after vfork() on some architectures.
	[ $status -ne 42 ] || skip "unshare -f does not work on the target"
	[ $status -eq 0 ]
}

# check_needs_root APP: without rights the app fails, and says so; that is no skip
check_needs_root() {
	local seen unshared

	seen "$1"
	[ -n "$unshared" ] || skip "no user namespaces on the target"
	[[ $unshared == *$'\n'"exit code 1" ]]
	# stdout and stderr may be interleaved in any order
	grep "^FAIL: .*run it as root" <<<"$unshared"
}

# check_needs_no_btf APP: it must not use the kernel's BTF
check_needs_no_btf() {
	local seen unshared

	seen "$1"
	[[ $seen == *$'\n'"exit code 0" ]]
	[[ $seen == *"libbpf: "* ]]
	[[ $seen != *CO-RE* && $seen != *"kernel BTF"* ]]
}
