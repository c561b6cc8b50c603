# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# What the tests of the VM itself share: each test has a VM of its own, named
# after its file and number, so that nothing disturbs the apps' tests.
# shellcheck source=tests/lib.bash
source "$TESTBENCH/tests/lib.bash"

bats_require_minimum_version 1.5.0

setup() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	name=$(basename "$BATS_TEST_FILENAME" .bats)$BATS_TEST_NUMBER
	dir=$OUT/$ARCH/vm/$KERNEL_NAME-$name
}

# Its VMs, NAME and NAME-*, are ended whatever became of the test.
teardown() {
	local vm

	[ -e "$dir" ] || "$VM" stop --dir "$dir"
	for vm in "$dir" "$dir"-*; do
		[ ! -e "$vm/state.json" ] || "$VM" stop --dir "$vm"
	done
	gone "$ARCH-$KERNEL_NAME-$name"
}

# my ARG...: make, for this test's VM
my() {
	mk VM_NAME="$name" "$@"
}

# knows_gdb: skips where Debian's gdb does not know the architecture, and no other is there
knows_gdb() {
	[ -z "$GDB_NAME" ] || command -v "$GDB_NAME" >/dev/null || skip "Debian has no gdb for $ARCH, and $GDB_NAME is not here"
}

# gdb COMMAND...: what gdb says to these, after it has connected
gdb() {
	local command args=-batch

	for command; do
		args+=" -ex '$command'"
	done
	bound=180 my GDB_ARGS="$args" qemu-connect
}

# running [LABEL]: the QEMUs of this test's VM, or of another, whatever the
# supervisor believes
running() {
	pgrep -f -- "^[^ ]*${QEMU##*/} -name ${1-$ARCH-$KERNEL_NAME-$name} " || [ $? -eq 1 ]
}

# gone [LABEL]: there is no QEMU of it
# shellcheck disable=SC2120 # the label is for VMs that are not the test's first
gone() {
	local pids

	pids=$(running "$@") && [ -z "$pids" ]
}

pid() {
	"$VM" get --dir "$dir" pid
}
