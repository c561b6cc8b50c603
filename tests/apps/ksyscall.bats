#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/ksyscall: `make check-ksyscall`.
load app

setup_file() {
	learn_skip ksyscall -n 1
}

@test "ksyscall: sees the arguments and results of its own calls" {
	works
	run -0 target './ksyscall -n 3'
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} =~ ^"ksyscall "\ +[1-9][0-9]*\ +"kill("[1-9][0-9]*", 0) = 0"$ ]]
	[[ ${lines[1]} == *"kill("*", 12345) = -22 Invalid argument" ]]
	[[ ${lines[2]} == *"kill(2147483647, 0) = -3 No such process" ]]
	[[ ${lines[3]} == "PASS: 3 calls, "* ]]
}

@test "ksyscall: -a sees another process's call, and Ctrl-C leaves nothing behind" {
	works
	run -0 on_target '
		./ksyscall -a > $tmp/out & pid=$!
		try grep attached $tmp/out
		loaded on_kill
		sleep 1000 & victim=$!
		# other processes call it, too, and an event may be lost: try again
		called() {
			sh -c "kill -$1 $victim"
			grep "^sh .*kill($victim, $1) = 0$" $tmp/out
		}
		try called 18
		try called 0
		kill -9 $victim
		! wait $victim
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded on_kill'
	[ "${lines[-2]}" = "exit code 0" ]
	[[ ${lines[-1]} =~ ^"PASS: "[1-9][0-9]*" calls seen, "[0-9]+" events lost"$ ]]
}

@test "ksyscall: options" {
	check_options ksyscall -n 0 x
}

@test "ksyscall: needs root and says so" {
	works
	check_needs_root ksyscall
}
