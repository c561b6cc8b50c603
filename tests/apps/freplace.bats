#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/freplace: `make check-freplace`.
load app

setup_file() {
	learn_skip freplace
}

@test "freplace: replaces a function and puts it back" {
	works
	run -0 target './freplace -n 300'
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} == "before:"*" 1300 for 300 bytes" ]]
	[[ ${lines[1]} == "replaced:"*" 1150 for 300 bytes" ]]
	[[ ${lines[2]} == "detached:"*" 1300 for 300 bytes" ]]
	[[ ${lines[3]} == "PASS: "* ]]
}

@test "freplace: nothing stays behind" {
	works
	run -0 on_target './freplace; try unloaded bill; try unloaded discount'
}

@test "freplace: options" {
	check_options freplace -n 0 x 1001
}

@test "freplace: needs root and says so" {
	works
	check_needs_root freplace
}
