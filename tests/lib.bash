# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# What every test can use.  make check exports what it knows:
#   TESTBENCH   the checkout, in which the tests run
#   OUT BIN     the directories of everything generated, and of the apps
#   O_GIVEN     OUT as make was given it: relative, most likely
#   TARGET_DIR  the target, as scripts/remote knows it
#   VM          the supervisor
#   ARCH KERNEL what is tested
#   KERNEL_NAME KERNEL as directories and VMs are named after it
#   CXX         the C++ compiler of the user halves
#   GDB_NAME    the gdb that knows ARCH, where Debian's does not
#   ROOTFS_NAME the file name of the guest's root image

# target LINE: runs a shell command line as root on the target, in the directory
# of the binaries; passes on output and exit status.  It is one ssh, on the connection that
# scripts/remote keeps, since a test calls it often.
target() {
	local status=0

	if [ "$TARGET_DIR" = host ]; then
		(cd "$TESTBENCH" && exec scripts/remote host sh "cd '$BIN' && { $1
}") </dev/null
		return
	fi
	# shellcheck disable=SC2086 # SSH_OPTS is a list of words
	(cd "$TESTBENCH" && cd "$TARGET_DIR" && exec ssh -F ssh_config -o ControlMaster=auto \
		-o ControlPersist=yes -o ControlPath=ssh.sock ${SSH_OPTS-} target "$1") </dev/null || status=$?
	# 255 is ssh's own failure, most likely; the reason goes with it
	if [ $status -eq 255 ]; then
		! (cd "$TESTBENCH" && scripts/remote "$TARGET_DIR" why)
	fi
	return $status
}

# shellcheck disable=SC2154 # bats' run sets output
# says TEXT...: each must stand in what `run` saw
says() {
	local text

	for text; do
		[[ $output == *"$text"* ]] || {
			printf 'expected: %s\ngot:\n%s\n' "$text" "$output"
			return 1
		}
	done
}

# mk ARG...: a make as a user types it, not a part of the one that runs the tests
mk() {
	${bound:+timeout "$bound"} env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES \
		make --no-print-directory -C "$TESTBENCH" O="$O_GIVEN" ARCH="$ARCH" KERNEL="$KERNEL" "$@" </dev/null 3>&-
}

# fails JOB: waits for the end of a job, which must not be a good one
fails() {
	! wait "$1"
}

# path_name PATH: what directories and VMs are named after that are made of PATH, the user's
path_name() {
	printf '%s-%x\n' "$(basename "$1")" "$(printf %s "$1" | cksum | cut -d' ' -f1)"
}

# eventually SECONDS COMMAND...: waits until it succeeds.  SECONDS are those of a quiet machine;
# the bound only ends a test that would never end, so a busy one is given ten times as long.
eventually() {
	local end=$((SECONDS + 10 * $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "never true: $*"; return 1; }
		sleep 0.05
	done
}
