#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/tail_call: `make check-tail_call`.
load app

setup_file() {
	learn tail_call -n 1
}

@test "tail_call: the program in the slot runs; an empty slot runs none" {
	run -0 target './tail_call -n 7'
	for what in "red's slot: red ran" "blue's slot: blue ran" "an empty slot: came back" \
		"beyond the table: came back" "the empty slot filled: red ran" \
		"red's slot given to blue: blue ran"; do
		[[ $output =~ "$what"\ +7$'\n' ]]
	done
	[[ ${lines[-1]} == "PASS: "* ]]
}

@test "tail_call: a chain ends" {
	run -0 target './tail_call -n 1'
	# 33, but some JITs of old kernels allow 32
	[[ $output =~ "one that calls itself: ran"\ +3[23]$'\n' ]]
}

@test "tail_call: in a function, if the JIT supports it" {
	run -0 target './tail_call -n 5'
	[[ $output != *"not out of a function: "* ]] || skip "no JIT for it: ${lines[-2]#*: }"
	[[ $output =~ "out of a function: its caller went on"\ +5$'\n' ]]
}

@test "tail_call: options" {
	check_options tail_call -n 0 x
}

@test "tail_call: needs root and says so" {
	check_needs_root tail_call
}

@test "tail_call: needs no BTF in the kernel" {
	check_needs_no_btf tail_call
}
