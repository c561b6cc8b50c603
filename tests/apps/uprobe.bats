#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/uprobe: `make check-uprobe`.
load app

setup_file() {
	learn_skip uprobe -n 1
}

@test "uprobe: sees arguments, results and the target of a pointer" {
	works
	run -0 target './uprobe -n 3'
	[ "${#lines[@]}" -eq 4 ]
	[ "${lines[0]}" = 'multiply(-1, 1000, "call 1") = -1000' ]
	[ "${lines[1]}" = 'multiply(0, 1001, "call 2") = 0' ]
	[ "${lines[2]}" = 'multiply(1, 1002, "call 3") = 1002' ]
	[[ ${lines[3]} == "PASS: 3 calls, "* ]]
}

@test "uprobe: several at once see their own calls only; nothing stays behind" {
	works
	run -0 on_target '
		for i in 1 2 3; do
			./uprobe -n 300 > $tmp/$i &
		done
		wait
		tail -qn 1 $tmp/*
		try unloaded on_multiply'
	[ "$(grep -c "^PASS: 300 calls" <<<"$output")" -eq 3 ]
}

@test "uprobe: options" {
	check_options uprobe -n 0 x
}

@test "uprobe: needs root and says so" {
	works
	check_needs_root uprobe
}

@test "uprobe: needs no BTF in the kernel" {
	works
	check_needs_no_btf uprobe
}
