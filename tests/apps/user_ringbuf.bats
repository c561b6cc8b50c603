#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/user_ringbuf: `make check-user_ringbuf`.
load app

setup_file() {
	learn_skip user_ringbuf -n 1
}

@test "user_ringbuf: the BPF program gets the submitted samples, and no discarded ones" {
	works
	run -0 target './user_ringbuf -n 1234'
	[ "${lines[0]}" = "written 1111, taken back 123, received 1111 in 1 runs" ]
	[ "${lines[1]}" = "PASS: the BPF program got every sample, in order" ]
}

@test "user_ringbuf: more samples than fit into the buffer" {
	works
	run -0 target './user_ringbuf -n 20000'
	[[ ${lines[0]} =~ ^"written 18000, taken back 2000, received 18000 in "([0-9]+)" runs"$ ]]
	# a sample of 8 bytes takes 16: 4096 fit into 64 KiB
	[ "${BASH_REMATCH[1]}" -eq 5 ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "user_ringbuf: Ctrl-C ends it with nothing lost" {
	works
	run -0 on_target '
		./user_ringbuf -n 100000000 > $tmp/out & pid=$!
		# the counters in the kernel, read without the app
		try sh -c "bpftool map dump name user_rin.bss | grep \"received.: [1-9]\""
		ends_on INT
		cat $tmp/out
		try unloaded drain'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} =~ ^"written "([0-9]+)", taken back "[0-9]+", received "([0-9]+)" in " ]]
	[ "${BASH_REMATCH[1]}" -eq "${BASH_REMATCH[2]}" ]
	[[ ${lines[2]} == "PASS: "* ]]
}

@test "user_ringbuf: skips only where the kernel has no such maps, or no JIT for them" {
	[[ -z ${SKIPS-} || $SKIPS == "kernel has no BPF maps of type user_ringbuf" ||
		$SKIPS == "kernel has no BPF JIT that can do this: callbacks "* ]]
}

@test "user_ringbuf: options" {
	check_options user_ringbuf -n 0 x
}

@test "user_ringbuf: needs root and says so" {
	works
	check_needs_root user_ringbuf
}

@test "user_ringbuf: needs no BTF in the kernel" {
	works
	check_needs_no_btf user_ringbuf
}
