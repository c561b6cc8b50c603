#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/maps: `make check-maps`.
load app

setup_file() {
	learn maps
}

# line TYPE: sets $line to the app's line for that type
line() {
	line=$(grep "^$1 " <<<"$output")
	line=${line#"$1"}
	line=${line#"${line%%[! ]*}"}
}

@test "maps: each type behaves as expected" {
	run -0 target ./maps
	line hash
	[ "$line" = "10 updates: 8 fit, 2 refused" ]
	line lru_hash
	[[ $line =~ ^"10 updates: "[1-8]" fit, 0 refused, the last is there"$ ]]
	line array
	[ "$line" = "10 lookups: 8 found, 2 beyond its end" ]
	line percpu_array
	[[ $line =~ ^"10 counted, in "[1-9][0-9]*" values"$ ]]
	line lpm_trie
	[[ $line == *" 10.2.3.4 finds /8, 10.1.3.4 /16, 11.1.3.4 /0" ]]
	line queue
	[[ $line == "10 pushed, "*": popped 0, 1" ]]
	line stack
	[[ $line == "10 pushed, "*": popped 7, 6" ]]
	line hash_of_maps
	[ "$line" = "4 counted in the first map, 3 in the second, 3 in none" ]
	[[ ${lines[-1]} =~ ^"PASS: "[89]" types of maps behave as expected, "[01]" are not " ]]
}

@test "maps: a bloom filter, if the kernel has them" {
	run -0 target ./maps
	line bloom_filter
	[ "$line" != "kernel has no such maps" ] || skip "kernel has no maps of type bloom_filter"
	[[ $line =~ ^"10 of 10 known; of 1000 others it mistook "[0-9]+$ ]]
	[[ ${lines[-1]} == "PASS: 9 types "* ]]
}

@test "maps: options" {
	check_options maps
}

@test "maps: needs root and says so" {
	check_needs_root maps
}

@test "maps: needs no BTF in the kernel" {
	check_needs_no_btf maps
}
