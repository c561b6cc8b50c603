#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/xdp_redirect: `make check-xdp_redirect`.
load app

setup_file() {
	learn_skip xdp_redirect -n 1
}

@test "xdp_redirect: every frame arrives at the other end, both ways" {
	works
	run -0 target './xdp_redirect -n 40'
	[ "${lines[0]}" = "40 frames from left to right, 40 from right to left; redirected 80, arrived 80" ]
	[ "${lines[1]}" = "PASS: XDP redirected 40 frames each way" ]
}

@test "xdp_redirect: the kernel counts the frames at both ends; Ctrl-C ends it" {
	works
	run -0 on_target '
		received() { sed -n "s/^ *$1: *[0-9]* *\([0-9]*\) .*/\1/p" /proc/$pid/net/dev; }
		./xdp_redirect -n 1000000 -p 20 > $tmp/out & pid=$!
		try loaded arrive
		some() { [ "$(received left)" -ge 3 ] && [ "$(received right)" -ge 3 ]; }
		try some
		nsenter -t $pid -n bpftool net show > $tmp/net 2>/dev/null
		for end in left left_in right right_in; do
			grep -c "^$end(.*driver" $tmp/net
		done
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded arrive'
	[ "${lines[*]:0:5}" = "1 1 1 1 exit code 0" ]
	[[ ${lines[5]} == "PASS: "* ]]
}

@test "xdp_redirect: options" {
	check_options xdp_redirect -n 0 x -p 60001
}

@test "xdp_redirect: needs root and says so" {
	works
	check_needs_root xdp_redirect
}

@test "xdp_redirect: needs no BTF in the kernel" {
	works
	check_needs_no_btf xdp_redirect
}
