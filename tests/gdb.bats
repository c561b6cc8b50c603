#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# gdb on the kernel of a VM, in batch mode.
load vm

@test "the JIT's breakpoint is hit at boot, and when an app is loaded; the app passes" {
	run -0 my qemu-start-gdb
	says "its CPU is stopped"
	# the first programs are the kernel's own classic filters
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

@test "GDB_PORT: a TCP port in place of the socket" {
	port=$((20000 + RANDOM % 10000))
	my GDB_PORT=$port qemu-start-gdb
	run -0 gdb 'print $pc'
	says "breakpoint 1 at" '$1 = '
	run -2 mk VM_NAME="$name-b" GDB_PORT=$port qemu-start-gdb
	says "error:" "GDB_PORT"
}

@test "no VM, a VM without gdb's socket, no gdb: each error names the remedy" {
	run -2 gdb detach
	says "error: there is no VM for gdb to connect to" "make qemu-start-gdb"
	my qemu-start
	run -2 gdb detach
	says "error: the VM was not started for gdb" "make qemu-stop qemu-start-gdb"
	run -2 my qemu-start-gdb
	says "it runs already"
	run -2 my GDB=gdb-nowhere qemu-connect
	says "there is no gdb-nowhere on this machine" "GDB=<path>"
	run -2 my KERNEL_DBG=/nowhere/vmlinux qemu-connect
	says "KERNEL_DBG=/nowhere/vmlinux: there is no such file"
}
