#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/struct_ops: `make check-struct_ops`.
load app

setup_file() {
	learn_skip struct_ops -n 1
}

@test "struct_ops: TCP uses the window of the BPF program" {
	works
	for window in 3 25; do
		run -0 target "./struct_ops -n 50 -w $window"
		[ "${lines[0]}" = "50 blocks sent, 50 received; congestion control bpf_fixed, window $window segments" ]
		[[ ${lines[1]} =~ " 1 connection begin and 1 end, and "[1-9][0-9]*" acknowledgements" ]]
		[ "${lines[2]}" = "PASS: TCP kept to a window of $window segments" ]
	done
}

@test "struct_ops: the kernel has the congestion control while it runs, and not after Ctrl-C" {
	works
	run -0 on_target '
		known() { grep bpf_fixed /proc/sys/net/ipv4/tcp_available_congestion_control; }
		unknown() { ! known; }
		./struct_ops -n 1000000 > $tmp/out & pid=$!
		try known
		ends_on INT
		tail -n 1 $tmp/out
		try unknown
		try unloaded cong_avoid'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "struct_ops: options" {
	check_options struct_ops -n 0 x -w 1
}

@test "struct_ops: needs root and says so" {
	works
	check_needs_root struct_ops
}
