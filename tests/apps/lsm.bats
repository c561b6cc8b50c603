#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/lsm: `make check-lsm`.
load app

setup_file() {
	learn_skip lsm
}

@test "lsm: forbids values above its limit, and nothing else" {
	works
	run -0 target './lsm -l 7'
	[ "${#lines[@]}" -eq 21 ]
	[ "${lines[0]}" = "nice value  0: allowed" ]
	[ "${lines[7]}" = "nice value  7: allowed" ]
	[ "${lines[8]}" = "nice value  8: Operation not permitted" ]
	[ "${lines[19]}" = "nice value 19: Operation not permitted" ]
	[ "${lines[20]}" = "PASS: 8 nice values allowed, 12 forbidden by the BPF program" ]
	run -0 target './lsm -l 19'
	[ "${lines[20]}" = "PASS: 20 nice values allowed, 0 forbidden by the BPF program" ]
}

@test "lsm: nothing stays behind: afterwards all values are allowed" {
	works
	run -0 on_target '
		./lsm -l 0 > $tmp/out
		try unloaded on_setnice
		renice -n 19 $$
		cut -d" " -f19 /proc/self/stat'
	[ "$output" = 19 ]
}

@test "lsm: options" {
	check_options lsm -l 20 x
}

@test "lsm: needs root and says so" {
	works
	check_needs_root lsm
}
