#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/fentry: `make check-fentry`.
load app

setup_file() {
	learn_skip fentry -n 1
}

@test "fentry: sees the arguments of its own calls" {
	works
	run -0 target './fentry -n 3'
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} =~ "inode "[1-9][0-9]*", mode 0, 4096 bytes at 0"$ ]]
	[[ ${lines[1]} == *", mode 0x1, 4097 bytes at 4096" ]]
	[[ ${lines[2]} == *", mode 0, 4098 bytes at 8192" ]]
	[[ ${lines[3]} == "PASS: 3 calls, "* ]]
}

@test "fentry: -a sees another process's call and file, and Ctrl-C leaves nothing behind" {
	works
	run -0 on_target '
		./fentry -a > $tmp/out & pid=$!
		try grep attached $tmp/out
		loaded on_fallocate
		# a length of more than 32 bits: arguments are read in full
		mkdir $tmp/big
		touch $tmp/big/file
		set -- $(ls -i $tmp/big/file)
		inode=$1
		# other processes call it, too, and an event may be lost: try again
		called() {
			fallocate -o 4294967299 -l 5000 $tmp/big/file
			grep "^fallocate .* inode $inode, .* 5000 bytes at 4294967299$" $tmp/out
		}
		try called
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded on_fallocate'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} =~ ^"PASS: "[1-9][0-9]*" calls seen, "[0-9]+" events lost"$ ]]
}

@test "fentry: options" {
	check_options fentry -n 0 x
}

@test "fentry: skips where the kernel has no BTF" {
	works
	run -4 target "unshare -m sh -c 'mount -t tmpfs none /sys/kernel; ./fentry'"
	[[ ${lines[-1]} == "SKIP: kernel has no BTF "* ]]
}

@test "fentry: needs root and says so" {
	works
	check_needs_root fentry
}
