# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash disable=SC2154 # a runner sets these variables
#
# The runner of the kernel's tests, for scripts/kselftest and scripts/test-bpf.  It has results
# by name, as KTAP on the terminal and in a file for each mode (with and without the JIT);
# known failures; and a target that is started again when a test has ended it.
#
# A runner sets before it reads this file:
#   target   as for scripts/remote
#   report   the result files' path, without "-jit.ktap"
#   start    the command (an array) that starts the target again; empty for a machine
. "${BASH_SOURCE[0]%/*}/lib.sh"
. "${BASH_SOURCE[0]%/*}/ktap.bash"
. "${BASH_SOURCE[0]%/*}/splats.bash"

remote()
{
	scripts/remote "$target" "$@" </dev/null
}

: "${TEST_TIMEOUT:=300}"
# A target that dies so often in one mode is broken as a whole.
max_deaths=25
deaths=0
ssh_pid=

# A target has one runner at a time: runners set the JIT, and a test may end the VM.
mkdir -p "$(dirname "$report")"
exec 9>"$(dirname "$report")/.lock-${target//\//-}"
flock 9
tmp=$(mktemp -d)
clean_up_with 'rm -rf "$tmp"; [ -z "$ssh_pid" ] || kill "$ssh_pid" 2>/dev/null || :'

# --- results ------------------------------------------------------------------------

total=0 failures=0 skips=0 knowns=0
mode=			# jit or nojit
modes=()		# the modes that ran
in_mode=0		# results so far in this mode
declare -A known=()	# reasons, by the name of the test
declare -A known_in=()	# the file that has each of them
declare -A times=()	# how often a test ran, by mode and name

# read_known FILE...: reads lines "TEST # reason" of known failures.  "jit TEST", "nojit TEST" are
# those of a mode, "SMP=N TEST" those of N CPUs, "VARIANT=cpuv4 TEST" those of that VARIANT of
# test_progs, "VARIANT=none TEST" of none.  If the reason begins with the word
# "sometimes", the test may pass.  A splat during TEST is known by a line "TEST.kernel # reason",
# and need not come.  "MODE # reason": see mode_left_out.  A FILE need not exist.
read_known()
{
	local file line cpus name

	cpus=$(remote sh nproc)
	for file; do
		[ -f "$file" ] || continue
		while IFS= read -r line; do
			[[ $line =~ ^([^#]*[^#[:space:]])[[:space:]]+#\ (.*)$ ]] || continue
			name=${BASH_REMATCH[1]#"SMP=$cpus "}
			name=${name#"VARIANT=${VARIANT:-none} "}
			known[$name]=${BASH_REMATCH[2]}
			known_in[$name]=$file
		done <"$file"
	done
}

# read_known_there: those that KNOWN, a directory, has for the kernel that runs on the target
read_known_there()
{
	local version

	version=$(remote sh 'uname -r' | grep -oE '^[0-9]+\.[0-9]+')
	read_known "${KNOWN-}/all-$version" "${KNOWN-}/${ARCH-}" "${KNOWN-}/${ARCH-}-$version"
}

# begin MODE: the results that follow are of MODE
begin()
{
	mode=$1 in_mode=0 deaths=0
	modes+=("$mode")
	: >"$tmp/$mode"
}

# result VERDICT NAME [COMMENT]: a test's line.  VERDICT is ok, "not ok" or skip;
# of a skip, COMMENT is the reason.  The second test of a name is NAME (2).  A splat that
# was found since the last result fails this test, also one that is known to fail for another reason.
result()
{
	local verdict=$1 name=$2 comment=${3-} key="$mode $2" reason

	times[$key]=$((${times[$key]-0} + 1))
	[ "${times[$key]}" -eq 1 ] || name="$2 (${times[$key]})"
	key=$name
	if [ -n "$splat_head" ]; then
		[[ $2 == *.kernel ]] || key=$name.kernel
		verdict='not ok' comment="the kernel printed: ${splat_head//#/}${comment:+; $comment}"
	fi
	[ -n "${known[$key]-}" ] || key="$mode $key"
	reason=${known[$key]-}
	case $verdict in
	skip)	skips=$((skips + 1)) ;;
	ok)	[ -z "$reason" ] || [[ $reason == sometimes\ * ]] || {
			verdict='not ok'
			comment="passes, but is a known failure ($reason): take it out of ${known_in[$key]}"
			failures=$((failures + 1))
		} ;;
	*)	if [ -n "$reason" ]; then
			comment="TODO known failure: $reason${comment:+ ($comment)}"
			knowns=$((knowns + 1))
		else
			failures=$((failures + 1))
		fi ;;
	esac
	total=$((total + 1)) in_mode=$((in_mode + 1))
	ktap_line "$verdict" $total "$mode $name" "$comment"
	ktap_line "$verdict" $in_mode "$name" "$comment" >>"$tmp/$mode"
	for reason in ${splat_known[@]+"${splat_known[@]}"}; do
		note "known: $reason"
	done
	for reason in ${splat_lines[@]+"${splat_lines[@]}"}; do
		note "| $reason"
	done
	splat_clear
}

# mode_left_out ASKED [NAME...]: true, with its result, if the mode as a whole ("MODE # reason"), or NAME in
# it, is known to fail, and ASKED, the modes that the user names, is empty: such a mode is not run.
mode_left_out()
{
	local asked=$1 name

	shift
	[ -z "$asked" ] || return 1
	for name in "$mode" "$@"; do
		if [ -n "${known[$name]-}${known["$mode $name"]-}" ]; then
			result 'not ok' "$name" 'not run'
			return 0
		fi
	done
	return 1
}

note()
{
	echo "# $1"
	echo "# $1" >>"$tmp/$mode"
}

# note_lines: stdin as notes of the test before
note_lines()
{
	local line

	while IFS= read -r line; do
		note "| $line"
	done
}

# keep: writes the file of the mode; KTAP has the plan first.
keep()
{
	[ -z "$splat_head" ] || result 'not ok' kernel 'after the last test'
	{
		echo "KTAP version 1"
		echo "1..$in_mode"
		cat "$tmp/$mode"
	} >"$report-$mode.ktap.tmp"
	mv "$report-$mode.ktap.tmp" "$report-$mode.ktap"
}

# conclude: prints plan, comparison and totals; fails if a test failed.
conclude()
{
	echo "1..$total"
	if [ ${#modes[@]} -eq 2 ]; then
		{ scripts/ktap-compare "$report-${modes[0]}.ktap" "$report-${modes[1]}.ktap" || [ $? -eq 1 ]; } |
			tee "$report.compare" | sed 's/^/# /'
	fi
	echo "# of $total: $((total - failures - skips - knowns)) passed, $failures failed, $skips skipped, $knowns known to fail"
	printf '# kept in %s\n' "${modes[@]/#/$report-}" | sed 's/$/.ktap/'
	[ $failures -eq 0 ]
}

# --- the target ---------------------------------------------------------------------

# jit MODE: turns the JIT on or off; fails if the kernel cannot, and sets $why_not
jit()
{
	local value=1

	why_not='kernel has no BPF JIT (CONFIG_BPF_JIT)'
	if [ "$1" = nojit ]; then
		value=0
		# Without a JIT there is nothing to turn off.
		[ -n "$jit_before" ] || return 0
		why_not='kernel has no BPF interpreter (CONFIG_BPF_JIT_ALWAYS_ON)'
	fi
	remote sh "echo $value >/proc/sys/net/core/bpf_jit_enable" 2>/dev/null &&
		[ "$(remote sh 'cat /proc/sys/net/core/bpf_jit_enable')" = $value ]
}

jit_before=$(remote sh 'cat /proc/sys/net/core/bpf_jit_enable' 2>/dev/null) || jit_before=

restore_jit()
{
	[ -z "$jit_before" ] ||
		remote sh "echo $jit_before >/proc/sys/net/core/bpf_jit_enable" || die "cannot set the JIT back to $jit_before"
}

# console TEXT: prints the VM's console from the last line with TEXT on: a dying guest writes more
# there than it sends by SSH.
console()
{
	[ ! -e "$target/console.log" ] || "$VM" log --dir "$target" | awk -v mark="$1" '
		index($0, mark) { n = 0; next }
		{ line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }'
}

# converse READER COMMAND: runs COMMAND on the target, and READER with each line that it prints.
# Returns 0 if COMMAND came to its end, with its status in $status; 1 if the target died; 2 if
# COMMAND printed nothing for TEST_TIMEOUT seconds: then a VM is ended.  The input of ssh stays open.
converse()
{
	local line got=0 read_status

	echo 255 >"$tmp/status"
	coproc SSH { scripts/remote "$target" sh "echo 'testbench: begin' >/dev/kmsg; $2" \
		2>"$tmp/stderr" && status=0 || status=$?; echo "$status" >"$tmp/status"; }
	ssh_pid=$SSH_PID
	exec {from_ssh}<&"${SSH[0]}" {to_ssh}>&"${SSH[1]}"
	while :; do
		read_status=0
		IFS= read -r -t "$TEST_TIMEOUT" -u "$from_ssh" line || read_status=$?
		if [ $read_status -gt 128 ]; then
			got=2
			break
		fi
		line=${line%$'\r'}
		[ -z "$line" ] || "$1" "$line"
		[ $read_status -eq 0 ] || break
	done
	if [ $got -eq 2 ]; then
		end_lost_vm "$target"
		kill "$ssh_pid" 2>/dev/null || :
	fi
	exec {from_ssh}<&- {to_ssh}>&-
	wait "$ssh_pid" 2>/dev/null || :
	ssh_pid=
	[ $got -ne 2 ] || return 2
	read -r status <"$tmp/status"
	[ "$status" -ne 255 ] || return 1
}

# how_it_died GOT: says in a few words how, from the error of scripts/remote
how_it_died()
{
	local words

	if [ "$1" -eq 2 ]; then
		echo "no output for $TEST_TIMEOUT seconds"
		return
	fi
	words=$(sed -n '2s/.* is not running: //p' "$tmp/stderr")
	echo "the target died of it${words:+: $words}"
}

# told_dead NAME GOT [MARK]: the result of the test NAME, of which the target died in converse(), with
# the end of the console, from the last line with MARK on
told_dead()
{
	result 'not ok' "$1" "$(how_it_died "$2")"
	console "${3-testbench: begin}" | head -n 30 >"$tmp/tail"
	note_lines <"$tmp/tail"
}

# revive: starts the target again, with the JIT as it was; fails if it cannot or should not
revive()
{
	deaths=$((deaths + 1))
	if [ ${#start[@]} -eq 0 ] || [ $deaths -ge $max_deaths ]; then
		return 1
	fi
	end_lost_vm "$target"
	"${start[@]}" >"$tmp/start" 2>&1 || { cat "$tmp/start" >&2; die "cannot bring the target up again"; }
	jit "$mode" || die "cannot set the JIT again: $why_not"
}

# lacks WHAT [TEXT...]: ends the run as die does.  The target cannot run these tests, which is no fault of a
# cell: for scripts/ktap-cells REPORT-none.ktap says so.
rm -f "$report-none.ktap"
lacks()
{
	printf 'KTAP version 1\n1..0 # SKIP %s\n' "$1${2:+: $(tail -n 1 <<<"$2")}" >"$report-none.ktap"
	die "$@"
}

# bail_out WHERE: ends the run, of which the results so far are kept
bail_out()
{
	local why="the target is gone"

	[ $deaths -lt $max_deaths ] || why="$deaths tests ended the target"
	keep
	echo "Bail out! $why; stopped at $1"
	exit 1
}
