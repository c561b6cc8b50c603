#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/profile: `make check-profile`.
load app

setup_file() {
	learn_skip profile -n 1
}

@test "profile: sees its own function and the kernel's, by name" {
	works
	run -0 target './profile -n 60'
	# a line for each stack, with the number of samples, which add up
	seen=0
	for line in "${lines[@]:0:${#lines[@]}-1}"; do
		[[ $line =~ ^[^\ ].*\ ([1-9][0-9]*)$ ]]
		seen=$((seen + BASH_REMATCH[1]))
	done
	[[ ${lines[-1]} =~ ^"PASS: "([0-9]+)" samples: "([0-9]+)" in burn(), "([0-9]+)" in the kernel's read, "[0-9]+" lost"$ ]]
	[ "$seen" -eq "${BASH_REMATCH[1]}" ]
	[ "$seen" -ge 60 ]
	# a quarter at least in each
	[ "${BASH_REMATCH[2]}" -ge 15 ]
	[ "${BASH_REMATCH[3]}" -ge 15 ]
	[ $((BASH_REMATCH[2] + BASH_REMATCH[3])) -ge 40 ]
	grep -q "burn [0-9]*$" <<<"$output"
	# a compiler may inline vfs_read() into its caller
	grep -qE "(vfs|ksys)_read_\[k\].* [0-9]*$" <<<"$output"
}

@test "profile: options" {
	check_options profile -n 0 x
}

@test "profile: needs root and says so" {
	works
	check_needs_root profile
}

@test "profile: needs no BTF in the kernel" {
	works
	check_needs_no_btf profile
}
