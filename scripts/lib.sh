# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=sh
#
# Functions of all scripts, sh and bash: messages, errors, signals, QEMU's machines, make's environment.
#
# A script sources it by  . "${0%/*}/lib.sh"  which starts no process.

# Of the user's locale the characters alone, as in the Makefile.
[ -z "${LC_ALL-}" ] || export LC_CTYPE="$LC_ALL"
unset LC_ALL
export LC_NUMERIC=C LC_COLLATE=C LC_MESSAGES=C

# ("cd" would look there first, and print where it went.)
unset CDPATH

# Without a trap, bash goes on after Ctrl-C if the program that it waits for has just ended by itself: it takes
# the signal for one that the program has handled (https://www.cons.org/cracauer/sigint.html).
trap 'trap - INT; kill -INT $$' INT

# clean_up_with COMMANDS: runs COMMANDS once when the script ends, by itself or by a signal, which then is
# what it ends by.  Call it before what COMMANDS remove is made.
clean_up_with()
{
	# shellcheck disable=SC2064 # made of $1 now
	trap "$1" EXIT
	for signal in HUP INT TERM; do
		# shellcheck disable=SC2064
		trap "trap '' HUP INT TERM; { $1; } || :; trap - EXIT $signal; kill -$signal \$\$" $signal
	done
}

# on_signals FUNCTION: at a signal, calls FUNCTION with the exit status of a script that it ends; further
# signals are ignored meanwhile.
on_signals()
{
	# shellcheck disable=SC2064 # made of $1 now
	for signal in 'HUP 129' 'INT 130' 'TERM 143'; do
		trap "trap '' HUP INT TERM; $1 ${signal#* }" "${signal% *}"
	done
}

# older A B: is version A older than B?
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# lacks_machine QEMU MACHINE VERSION: why the program QEMU cannot run MACHINE, which is the argument of its
# -machine, or nothing.  VERSION is the first that is known to run it; empty: every one that has it.
lacks_machine()
{
	local have

	if ! "$1" -machine help 2>/dev/null | grep -q "^${2%%,*} "; then
		echo "no machine ${2%%,*}"
	elif [ -n "$3" ]; then
		have=$("$1" --version | sed -n '1s/.* version \([0-9.]*\).*/\1/p')
		! older "$have" "$3" || echo "$3 is needed"
	fi
}

# need_machine QEMU MACHINE VERSION: an error if QEMU cannot run the machine.
need_machine()
{
	local lacks

	lacks=$(lacks_machine "$@")
	[ -z "$lacks" ] || die "the QEMU here cannot run the VM: $lacks" \
		"It is too old, or another: $("$1" --version 2>&1 | head -n 1) ($1)." "Another one can be named: QEMU=<path>"
}

# no_compiler TRIPLE LINUX_TRIPLE MUSL_CFLAGS CROSS_PACKAGES: "COMMAND PACKAGES" of a compiler that this
# machine lacks for the architecture with these facts, or nothing.
no_compiler()
{
	if [ -z "$3" ] && ! command -v "$1-gcc" >/dev/null; then
		echo "$1-gcc $4"
	elif [ -n "$2" ] && ! command -v "$2-gcc" >/dev/null; then
		[ -n "$3" ] && echo "$2-gcc $4" || echo "$2-gcc gcc-$2"
	fi
}

# end_lost_vm DIR: ends the VM in DIR, if there is one: its guest has crashed or hangs, and a new one is to be
# started.  VM is the program vm.
end_lost_vm()
{
	[ ! -e "$1/state.json" ] || "$VM" stop --dir "$1" >/dev/null 2>&1 || :
}

# say TAG TEXT: a line about a step, as those of make.
say() { printf '  %-8s %s\n' "$1" "$2"; }

# die WHAT [TEXT...]: prints an error and ends the script with status 1.  WHAT has failed; the
# TEXTs say why (a tool's own words may have several lines) and what to do.  An empty one is
# left out.
die() { die_with 1 "$@"; }

# die_with STATUS WHAT [TEXT...]: the same with another status: 2 is wrong usage.
die_with()
{
	exec >&2
	status=$1
	printf 'error: %s\n' "$2"
	shift 2
	for text; do
		[ -z "$text" ] || printf '%s\n' "$text" | sed 's/^/  /'
	done
	exit "$status"
}

# bad_usage WHAT: an error about the command line.
bad_usage() { die_with 2 "$1 ($0 -h explains)"; }

# clean_make_env: removes the variables of make's own.  A make that the script starts is then
# like one that a user types: it has neither the flags and command-line variables nor the job
# server of the make that runs the script.
clean_make_env() { unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES; }

# foreign_make_env: for a make of another project (the kernel's, a library's).  It shares the
# job server, and gets none of our variables: some have another meaning there.
foreign_make_env()
{
	export MAKEFLAGS="${MAKEFLAGS-}"
	MAKEFLAGS=${MAKEFLAGS%% -- *}
	unset MFLAGS MAKELEVEL MAKEOVERRIDES ARCH TARGET KERNEL KCONFIG V O Q B CC CFLAGS CROSS_COMPILE \
		VMLINUX_H BPFTOOL CLANG LLVM_STRIP LLVM_OBJDUMP TIMEOUT
}

# build_errors LOG: prints what compilers, linkers and make say of errors in LOG, 30 lines at most, indented; or
# else its last lines.
build_errors()
{
	{ grep -E -A 3 '(: | )error: |: fatal error: |undefined reference|cannot find -l|^FAILED|\*\*\*' "$1" || tail -n 10 "$1"; } |
		awk 'NR <= 30 { print "  " $0 }'
}
