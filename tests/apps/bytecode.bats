#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/bytecode: `make check-bytecode`.
load app

setup_file() {
	learn bytecode -n 1
}

@test "bytecode: the program in assembly swaps a packet's addresses" {
	run -0 target './bytecode -n 10'
	[[ $output =~ ^"PASS: the addresses are swapped; "[0-9]+" ns a run"$ ]]
}

@test "bytecode: the kernel has the instructions of the file" {
	run -0 on_target '
		./bytecode -n 100000000 >$tmp/out & pid=$!
		try loaded swap
		# it would take half of the CPU from what follows
		kill -STOP $pid
		id=$(bpftool prog show | sed -n "s/^\([0-9]*\):.* name swap .*/\1/p" | head -n 1)
		# to name calls, of which there are none, bpftool would read all of the kernel symbols
		unshare -m sh -c "mount --bind /dev/null /proc/kallsyms && bpftool prog dump xlated id $id"
		ends_on KILL'
	# the verifier's view: both pointers, the bound, three exchanges of half words
	[ "$(grep -c '\*(u16 \*)(r2 +[0-9]*) = ' <<<"$output")" -eq 6 ]
	grep -q 'if r4 > r3 goto' <<<"$output"
}

@test "bytecode: options" {
	check_options bytecode -n 0 x
}

@test "bytecode: needs root and says so" {
	check_needs_root bytecode
}

@test "bytecode: needs no BTF in the kernel" {
	check_needs_no_btf bytecode
}
