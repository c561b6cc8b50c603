#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# gdb on the kernel of a VM, in batch mode.
# shellcheck disable=SC2154 # bats' run sets output
# shellcheck disable=SC2016 # gdb expands $pc
# shellcheck disable=SC2030,SC2031,SC2153 # each test is a process of its own; make sets KERNEL
load vm

# gdb COMMAND...: what gdb says to these, after it has connected
gdb() {
	local command args=-batch

	for command; do
		args+=" -ex '$command'"
	done
	my GDB_ARGS="$args" qemu-connect
}

@test "the JIT's breakpoint is hit at boot, and when an app is loaded; the app passes" {
	run -0 my qemu-start-gdb
	says "its CPU is stopped"
	# the kernel's own classic filters are the first
	run -0 gdb continue 'backtrace 8' delete detach
	says "Breakpoint 1, " "bpf_int_jit_compile (" "bpf_prog_select_runtime (" "ptp_classifier_init ("
	run -0 my qemu-load-minimal

	gdb continue 'backtrace 12' 'info symbol bpf_prog_load' delete detach >"$BATS_TEST_TMPDIR/gdb" 2>&1 &
	job=$!
	eventually 60 grep -q 'breakpoint 1 at' "$BATS_TEST_TMPDIR/gdb"
	run -0 my run-minimal
	says "PASS: "
	wait $job
	output=$(cat "$BATS_TEST_TMPDIR/gdb")
	says "Breakpoint 1, " "bpf_int_jit_compile (" "bpf_prog_load (" "__sys_bpf (" \
		"bpf_prog_load in section"
}

@test "a kernel from source: types, lines of the source, and the kernel's own lx- commands" {
	[ "$KERNEL" = src ] || skip "KERNEL is not src"
	run -0 my qemu-start-gdb
	run -0 gdb delete detach
	run -0 my qemu-load-minimal

	# Of the programs that are loaded (libbpf tries the kernel out with some) the app's.
	gdb delete 'tbreak bpf_prog_kallsyms_add if $_streq(fp->aux->name, "on_write")' continue 'backtrace 3' \
		'print fp->aux->name' 'info line' lx-version lx-ps lx-dmesg detach >"$BATS_TEST_TMPDIR/gdb" 2>&1 &
	job=$!
	eventually 120 grep -q 'breakpoint 2 at' "$BATS_TEST_TMPDIR/gdb"
	run -0 my run-minimal
	says "PASS: "
	wait $job
	output=$(cat "$BATS_TEST_TMPDIR/gdb")
	says "Temporary breakpoint 2, bpf_prog_kallsyms_add (fp=" "bpf_prog_load (" '= "on_write"' \
		"kernel/bpf/core.c" "Linux version " "] Linux version " " minimal"
}

@test "GDB_PORT: a TCP port in place of the socket" {
	port=$((20000 + RANDOM % 10000))
	my GDB_PORT=$port qemu-start-gdb
	run -0 gdb 'print $pc'
	says "breakpoint 1 at" '$1 = '
	run -2 mk VM_NAME="$name-b" GDB_PORT=$port qemu-start-gdb
	says "error:" "GDB_PORT"
}

@test "no VM, a VM that is not for gdb, no gdb: each says what to do" {
	run -2 gdb detach
	says "error: there is no VM for gdb to connect to" "make qemu-start-gdb"
	my qemu-start
	run -2 gdb detach
	says "error: the VM was not started for gdb" "make qemu-stop qemu-start-gdb"
	run -2 my qemu-start-gdb
	says "it runs already"
	run -2 my GDB=gdb-nowhere qemu-connect
	says "there is no gdb-nowhere on this machine" "make setup"
	run -2 my KERNEL_DBG=/nowhere/vmlinux qemu-connect
	says "KERNEL_DBG=/nowhere/vmlinux: there is no such file"
}
