#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/raw_tp: `make check-raw_tp`.
load app

setup_file() {
	learn_skip raw_tp -n 1
}

@test "raw_tp: sees old and new names" {
	works
	run -0 target './raw_tp -n 3'
	[ "${#lines[@]}" -eq 4 ]
	[ "${lines[0]}" = "raw_tp -> name 1" ]
	[ "${lines[1]}" = "name 1 -> name 2" ]
	[ "${lines[2]}" = "name 2 -> name 3" ]
	[[ ${lines[3]} == "PASS: 3 new names, "* ]]
}

@test "raw_tp: needs no tracefs" {
	works
	run -0 target "unshare -m sh -c 'mount -t tmpfs none /sys/kernel; ./raw_tp'"
	[[ ${lines[-1]} == "PASS: 3 new names, "* ]]
}

@test "raw_tp: several at once, and Ctrl-C leaves nothing behind" {
	works
	run -0 on_target '
		./raw_tp -n 100000 > $tmp/out & pid=$!
		try grep "name 2" $tmp/out
		loaded on_rename
		./raw_tp -n 100 > $tmp/second
		ends_on INT
		tail -qn 1 $tmp/out $tmp/second
		try unloaded on_rename'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
	[[ ${lines[2]} == "PASS: 100 new names, "* ]]
}

@test "raw_tp: options" {
	check_options raw_tp -n 0 x
}

@test "raw_tp: needs root and says so" {
	works
	check_needs_root raw_tp
}

@test "raw_tp: needs no BTF in the kernel" {
	works
	check_needs_no_btf raw_tp
}
