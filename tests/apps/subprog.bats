#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/subprog: `make check-subprog`.
load app

setup_file() {
	learn subprog -n 1
}

@test "subprog: its functions call each other, and the kernel has each of them" {
	run -0 target ./subprog
	[ "${lines[0]}" = "sum of 10 squares: 385" ]
	[ "${lines[1]}" = "calls: add_square() 10, square() 10" ]
	[[ ${lines[2]} =~ ^"functions in the kernel: 3, "(compiled|run)" by its "(JIT|interpreter)$ ]]
	[[ ${lines[3]} == "PASS: 3 functions, "* ]]
}

@test "subprog: -n is the number of calls" {
	run -0 target './subprog -n 0; ./subprog -n 100'
	[ "${lines[0]}" = "sum of 0 squares: 0" ]
	[ "${lines[1]}" = "calls: add_square() 0, square() 0" ]
	[ "${lines[4]}" = "sum of 100 squares: 338350" ]
	[ "${lines[5]}" = "calls: add_square() 100, square() 100" ]
}

@test "subprog: options" {
	check_options subprog -n 101 x
}

@test "subprog: needs root and says so" {
	check_needs_root subprog
}

@test "subprog: needs no BTF in the kernel" {
	check_needs_no_btf subprog
}
