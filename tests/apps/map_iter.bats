#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/map_iter: `make check-map_iter`.
load app

setup_file() {
	learn_skip map_iter -n 1
}

@test "map_iter: shows, adds up and changes entries" {
	works
	run -0 target './map_iter -n 10 -d 9'
	[ "${#lines[@]}" -eq 3 ]
	# in any order
	[ "$(grep -cx "item 9: 10000000009 at 9" <<<"$output")" -eq 1 ]
	[ "$(grep -cx "item 10: 10000000010 at 10" <<<"$output")" -eq 1 ]
	# 10^10 * (1 + ... + 10), and the squares of 1 to 10
	[ "${lines[2]}" = "PASS: 10 entries worth 550000000385, 2 of them dear and made cheaper" ]
}

@test "map_iter: more entries and lines than one read returns" {
	works
	run -0 target './map_iter -n 2000 -d 2 | tail -n 1'
	[[ $output == "PASS: 2000 entries worth "*", 1999 of them dear and made cheaper" ]]
}

@test "map_iter: options" {
	check_options map_iter -n 0 x -d 1 x
}

@test "map_iter: needs root and says so" {
	works
	check_needs_root map_iter
}
