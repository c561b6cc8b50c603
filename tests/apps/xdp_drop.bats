#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/xdp_drop: `make check-xdp_drop`.
load app

setup_file() {
	learn_skip xdp_drop -n 1
}

@test "xdp_drop: drops the frames to one port, and no other" {
	works
	run -0 target './xdp_drop -n 1005 -t 1000'
	[ "${lines[-2]}" = "sent 1005 frames, 101 of them wanted; received 101; the BPF program dropped 904 and passed 101" ]
	[[ ${lines[-1]} == "PASS: XDP dropped all 904 frames "* ]]
}

@test "xdp_drop: shows the drops while it runs; Ctrl-C ends it with the sums right" {
	works
	run -0 on_target '
		./xdp_drop -t 1000 -n 1000000000 > $tmp/out & pid=$!
		try grep -c "1.[0-9] s: *[1-9][0-9]* dropped, *[1-9][0-9]* a second" $tmp/out
		loaded drop
		nsenter -t $pid -n bpftool net show 2>/dev/null | grep -c "^wall("
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded drop'
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" = "exit code 0" ]
	[[ ${lines[2]} == "PASS: XDP dropped all "[1-9]* ]]
}

@test "xdp_drop: -t ends it" {
	works
	run -0 target './xdp_drop -t 1'
	[[ ${lines[-1]} == "PASS: "* ]]
}

@test "xdp_drop: options" {
	check_options xdp_drop -n 0 x -t 0
}

@test "xdp_drop: needs root and says so" {
	works
	check_needs_root xdp_drop
}

@test "xdp_drop: needs no BTF in the kernel" {
	works
	check_needs_no_btf xdp_drop
}
