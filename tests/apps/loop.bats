#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/loop: `make check-loop`.
load app

setup_file() {
	learn_skip loop -n 1
}

@test "loop: each makes the right number of iterations" {
	works
	run -0 target './loop -n 20000'
	[[ ${lines[0]} =~ ^plain_loop\ .*" 100 taken, sum 4950"$ ]]
	[[ ${lines[1]} =~ ^plain_loop\ .*" 51 taken, sum 1225"$ ]]
	[[ ${lines[2]} =~ ^helper_loop\ .*" 20000 taken, sum 199990000"$ ]]
	[[ ${lines[3]} =~ ^helper_loop\ .*" 10001 taken, sum 49995000"$ ]]
	[[ ${lines[4]} =~ ^helper_loop\ .*" -7 taken, sum 0"$ ]]
	[[ ${lines[5]} == "PASS: "* ]]
}

@test "loop: skips only where the kernel has no bpf_loop(), or no JIT for it" {
	[[ -z ${SKIPS-} || $SKIPS == "kernel has no bpf_loop() for BPF programs of type sched_cls" ||
		$SKIPS == "kernel has no BPF JIT that can do this: callbacks "* ]]
}

@test "loop: options" {
	check_options loop -n 0 8388609 x
}

@test "loop: needs root and says so" {
	works
	check_needs_root loop
}

@test "loop: needs no BTF in the kernel" {
	works
	check_needs_no_btf loop
}
