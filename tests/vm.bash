# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# Helpers for tests that start VMs.  Each test has a VM of its own, named after its file
# and number, so that it does not disturb the VM of the apps' tests.  With VM_NAME, the name begins
# with that: a cell (scripts/cell) ends all VMs whose names begin with its own, and no others.
#   name        its VM_NAME
#   dir         its directory
# shellcheck source=tests/lib.bash
source "${BASH_SOURCE[0]%/*}/lib.bash"

setup() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	name=${VM_NAME:+$VM_NAME-}$(basename "$BATS_TEST_FILENAME" .bats)$BATS_TEST_NUMBER
	dir=$OUT/$ARCH/vm/$KERNEL_NAME-$name
}

# Stops the VMs NAME and NAME-*, also after a failure.
teardown() {
	local vm

	[ -e "$dir" ] || "$VM" stop --dir "$dir"
	for vm in "$dir" "$dir"-*; do
		[ ! -e "$vm/state.json" ] || "$VM" stop --dir "$vm"
	done
	gone "$ARCH-$KERNEL_NAME-$name"
}

# my ARG...: mk, for this test's VM
my() {
	mk VM_NAME="$name" "$@"
}

# my_job ARG...: mk_job, for this test's VM, with its output in $log
my_job() {
	log=$BATS_TEST_TMPDIR/log
	mk_job "$log" VM_NAME="$name" "$@"
}

# knows_gdb: skips if Debian's gdb does not support the architecture and no other is installed
knows_gdb() {
	[ -z "$GDB_NAME" ] || command -v "$GDB_NAME" >/dev/null || skip "Debian has no gdb for $ARCH, and $GDB_NAME is not here"
}

# gdb COMMAND...: connects to the VM and runs these commands of gdb
gdb() {
	local command args=-batch

	for command; do
		args+=" -ex '$command'"
	done
	timeout 180 "${MK[@]}" VM_NAME="$name" GDB_ARGS="$args" qemu-connect </dev/null 3>&-
}

# running [LABEL]: prints the PIDs of the QEMUs of this test's VM, or of another, found
# without the program vm
running() {
	pgrep -f -- "^[^ ]*${QEMU##*/} -name ${1-$ARCH-$KERNEL_NAME-$name} " || [ $? -eq 1 ]
}

# gone [LABEL]: no QEMU of it runs
# shellcheck disable=SC2120 # the label is for VMs that are not the test's first
gone() {
	local pids

	pids=$(running "$@") && [ -z "$pids" ]
}

# pid: prints the PID of the VM's QEMU, as the program vm knows it
pid() {
	"$VM" get --dir "$dir" pid
}

# kill_starter: kills the program vm that starts this test's VM
kill_starter() {
	kill -9 "$(grep -o "[0-9]*" "$dir/lock")"
}
