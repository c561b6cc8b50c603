#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/usdt: `make check-usdt`.
load app

setup_file() {
	learn_skip usdt -n 1
}

@test "usdt: sees the arguments of its own probe" {
	works
	run -0 target './usdt -n 3'
	[ "${#lines[@]}" -eq 4 ]
	[ "${lines[0]}" = "testbench:step, 2 arguments: 1 -1" ]
	[ "${lines[1]}" = "testbench:step, 2 arguments: 2 -8" ]
	[ "${lines[2]}" = "testbench:step, 2 arguments: 3 -27" ]
	[[ ${lines[3]} == "PASS: 3 steps, "* ]]
}

@test "usdt: the probe is in the file in the format of other tools" {
	run -0 readelf --notes "$BIN/usdt"
	[[ $output == *"stapsdt"*"Provider: testbench"*"Name: step"* ]]
}

@test "usdt: several at once see their own steps only; nothing stays behind" {
	works
	run -0 on_target '
		for i in 1 2 3; do
			./usdt -n 100 > $tmp/$i &
		done
		wait
		tail -qn 1 $tmp/*
		try unloaded on_step'
	[ "$(grep -c "^PASS: 100 steps" <<<"$output")" -eq 3 ]
}

@test "usdt: options" {
	check_options usdt -n 0 x
}

@test "usdt: needs root and says so" {
	works
	check_needs_root usdt
}

@test "usdt: needs no BTF in the kernel" {
	works
	check_needs_no_btf usdt
}
