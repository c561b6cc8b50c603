#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/spin_lock: `make check-spin_lock`.
load app

setup_file() {
	learn spin_lock -n 1
}

@test "spin_lock: no transfer gets lost with several processes" {
	run -0 target './spin_lock -n 3000 -p 5'
	[[ ${lines[0]} == "transfers under the lock: 15000, by 5 processes on "* ]]
	[[ ${lines[2]} =~ ^"reads meanwhile: "\ +[1-9][0-9]*", all of them whole"$ ]]
	[ "${lines[3]}" = "PASS: no transfer lost, and none seen half done" ]
}

@test "spin_lock: Ctrl-C ends all of its processes" {
	run -0 on_target '
		./spin_lock -n 10000000 > $tmp/out & pid=$!
		# the value in the kernel, read without the app
		try sh -c "bpftool map dump name accounts | grep \"transfers.: [1-9]\""
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded transfer'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "spin_lock: options" {
	check_options spin_lock -n 0 x -p 0 65
}

@test "spin_lock: needs root and says so" {
	check_needs_root spin_lock
}

@test "spin_lock: needs no BTF in the kernel" {
	check_needs_no_btf spin_lock
}
