#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/sockfilter: `make check-sockfilter`.
load app

setup_file() {
	learn_skip sockfilter -n 1
}

@test "sockfilter: only the good datagrams arrive, truncated" {
	works
	run -0 target './sockfilter -n 7 -k 4'
	[ "${lines[0]}" = 'sent "+ datagram 0", received "+ da"' ]
	[ "${lines[1]}" = 'sent "+ datagram 3", received "+ da"' ]
	[ "${lines[2]}" = 'sent "+ datagram 6", received "+ da"' ]
	[ "${lines[3]}" = "7 sent; the BPF program kept 3 and dropped 4; 3 received" ]
	[[ ${lines[4]} == "PASS: the socket got the 3 good ones of 7 datagrams, "* ]]
	[ "${#lines[@]}" -eq 5 ]
	run -0 target './sockfilter -n 1 -k 12'
	[ "${lines[0]}" = 'sent "+ datagram 0", received "+ datagram 0"' ]
}

@test "sockfilter: Ctrl-C ends it with the sums right, and nothing stays behind" {
	works
	run -0 on_target '
		./sockfilter -n 1000000 > $tmp/out & pid=$!
		try grep "datagram 9" $tmp/out
		loaded keep_good
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded keep_good'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "sockfilter: options" {
	check_options sockfilter -n 0 x -k 0
}

@test "sockfilter: needs root and says so" {
	works
	check_needs_root sockfilter
}

@test "sockfilter: needs no BTF in the kernel" {
	works
	check_needs_no_btf sockfilter
}
