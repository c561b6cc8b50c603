#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/task_iter: `make check-task_iter`.
load app

setup_file() {
	learn_skip task_iter -n 1
}

@test "task_iter: has its children in the table" {
	works
	run -0 target './task_iter -n 5'
	[[ ${lines[0]} =~ ^\ +TGID\ +PID\ +PPID\ COMM$ ]]
	for n in 1 2 3 4 5; do
		[ "$(grep -cE "^ *[0-9]+ +[0-9]+ +[0-9]+ [0-9a-f]{8}-$n$" <<<"$output")" -eq 1 ]
	done
	rows=$(grep -cE "^ *[0-9]+ +[0-9]+ +[0-9]+ " <<<"$output")
	[ "${lines[-1]}" = "PASS: $rows tasks, with the 5 children" ]
}

@test "task_iter: shows the tasks that /proc shows" {
	works
	run -0 on_target '
		[ "$(readlink /proc/self/ns/pid)" = "pid:[4026531836]" ] || { echo container; exit; }
		sleep 1000 & pid=$!
		./task_iter > $tmp/out
		grep -E "^ +$pid +$pid +$$ sleep$" $tmp/out
		grep -E "^ +1 +1 +0 " $tmp/out
		grep -E "^ +2 +2 +0 kthreadd$" $tmp/out'
	[ "$output" != container ] || skip "the target is a container: it has PIDs of its own"
	[ "${#lines[@]}" -eq 3 ]
}

@test "task_iter: options" {
	check_options task_iter -n 0 x
}

@test "task_iter: needs root and says so" {
	works
	check_needs_root task_iter
}
