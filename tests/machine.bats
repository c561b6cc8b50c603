#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The features that the testbench needs of a machine type of QEMU; short, because each cell of
# the matrix runs it (make check ARCH=all).  vm.bats, snapshot.bats and others test them in
# detail, once.
load vm

@test "boots once, is then restored and reset: the clock is right, random numbers differ" {
	local clock before

	[ "$(my config | sed -n 's/^SNAPSHOT=//p')" = 1 ] || skip "VMs of $ARCH with this kernel are not restored"
	my qemu-start
	my qemu-stop
	run -0 my qemu-start
	says "(restored, "
	my qemu-ssh ARGS='touch /tmp/mark; cat /proc/sys/kernel/random/uuid' >"$BATS_TEST_TMPDIR/first"
	run -0 my qemu-reset
	says "(restored, "
	before=$(date +%s)
	my qemu-ssh ARGS='cat /proc/sys/kernel/random/uuid; date +%s; [ -e /tmp/mark ] || echo pristine; sleep 1; echo slept' >"$BATS_TEST_TMPDIR/second"
	run -1 cmp "$BATS_TEST_TMPDIR/first" <(head -n 1 "$BATS_TEST_TMPDIR/second")
	clock=$(sed -n 2p "$BATS_TEST_TMPDIR/second")
	[ "$clock" -ge $((before - 1)) ] && [ "$clock" -le $(($(date +%s) + 1)) ]
	run cat "$BATS_TEST_TMPDIR/second"
	says pristine slept
}

@test "the console accepts a line and answers" {
	my qemu-start
	(eventually 20 test -s "$BATS_TEST_TMPDIR/out"; printf '\necho sum-$((20 + 3))\n'
		eventually 40 grep -q sum-23 "$BATS_TEST_TMPDIR/out") |
		"$VM" console --dir "$dir" --for 1 >"$BATS_TEST_TMPDIR/out" 2>&1 3>&-
	grep sum-23 "$BATS_TEST_TMPDIR/out"
	[ -n "$(running)" ]
}

@test "gdb stops the kernel where a program is loaded, and the app passes" {
	knows_gdb
	run -0 my GDB_BREAK=bpf_prog_load qemu-start-gdb
	my GDB_BREAK=bpf_prog_load GDB_ARGS="-batch -ex continue -ex 'backtrace 3' -ex delete -ex detach" \
		qemu-connect >"$BATS_TEST_TMPDIR/gdb" 2>&1 3>&- &
	job=$!
	eventually 60 grep -q 'breakpoint 1 at' "$BATS_TEST_TMPDIR/gdb"
	run -0 my run-ring
	says "PASS: "
	eventually 60 grep -q 'Breakpoint 1, ' "$BATS_TEST_TMPDIR/gdb"
	wait $job
	run cat "$BATS_TEST_TMPDIR/gdb"
	says "Breakpoint 1, " "bpf_prog_load ("
}

@test "a shared directory; the guest gets all interrupts when all devices work at once" {
	# in OUT, as in share.bats
	mkdir -p "$dir.share"
	echo from-here >"$dir.share/here"
	head -c 4M /dev/zero >"$dir.share/big"
	run -0 my SHARE="$dir.share" qemu-start
	run -0 my SHARE="$dir.share" qemu-ssh ARGS='cat /mnt/share/here; echo from-there >/mnt/share/there'
	says from-here
	grep from-there "$dir.share/there"
	timeout 1000 "$TESTBENCH/scripts/remote" "$dir" sh 'end=$(($(date +%s) + 2))
		for what in "cat /mnt/share/big" "head -c 1000 /dev/hwrng" "head -c 2000000 /dev/vda"; do
			while [ $(date +%s) -lt $end ]; do
				$what || exit
			done >/dev/null &
		done
		wait
		echo all heard' >"$BATS_TEST_TMPDIR/out" 2>&1 3>&-
	grep "all heard" "$BATS_TEST_TMPDIR/out"
	rm -r "$dir.share"
}

# --- a kernel from source, with the JIT as the most likely subject ----------------------

@test "KERNEL=src: gdb stops in the JIT at boot, and has types, lines and lx- commands" {
	[ "$KERNEL" = src ] || skip "not a kernel from source"
	grep -q '^CONFIG_GDB_SCRIPTS=y' "$OUT/$ARCH/kernel/$KERNEL_NAME/config" ||
		skip "the kernel has no types, lines and commands for gdb (KERNEL_TINY=1)"
	knows_gdb
	run -0 my qemu-start-gdb
	# the first programs are the kernel's own classic filters
	run -0 gdb continue 'backtrace 8' delete detach
	says "Breakpoint 1, " "bpf_int_jit_compile ("
	[ "$GDB_TLB" != 1 ] || return 0
	says "bpf_prog_select_runtime ("
	[ "$GDB_WINDOWS" = 1 ] || says "ptp_classifier_init ("
	run -0 my qemu-load-minimal

	# Stop at the app's program: libbpf loads some to probe the kernel.  The condition reads the kernel's stack: memory
	# that is mapped by the CPU's TLB alone (MIPS) may not be there for gdb, nor an argument where the code of
	# an inline function comes first (bpf_prog_kallsyms_add() of riscv32).  gdb leaves out the places of a function
	# that do not know the argument of a condition: they are not its entry.
	gdb delete 'tbreak bpf_prog_load if $_streq(attr->prog_name, "on_write")' continue 'print attr->prog_name' \
		'tbreak bpf_prog_select_runtime if fp != 0' continue 'backtrace 3' 'info line' \
		lx-version lx-ps lx-dmesg detach >"$BATS_TEST_TMPDIR/gdb" 2>&1 3>&- &
	job=$!
	eventually 120 grep -q 'breakpoint 2 at' "$BATS_TEST_TMPDIR/gdb"
	run -0 my run-minimal
	says "PASS: "
	wait $job
	run cat "$BATS_TEST_TMPDIR/gdb"
	# between them is the address where GDB_ENTRY is not 0; a compiler may make two of the function (2.1)
	says "Temporary breakpoint 2" "bpf_prog_load (attr=" '= "on_write' "Temporary breakpoint 3" "bpf_prog_select_runtime (fp=" \
		" in bpf_prog_load (" "kernel/bpf/core.c" "Linux version " "] Linux version " " minimal"
}

@test "KERNEL=src: its JIT and its interpreter pass the kernel's own tests" {
	[ "$KERNEL" = src ] || skip "not a kernel from source"
	run -0 my REPORT="$BATS_TEST_TMPDIR" test-bpf
	says "Summary: " ", 0 failed, "
	grep "Summary: " <<<"$output" | sed 's/^/# test_bpf /' >&3
}
