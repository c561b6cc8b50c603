#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/kprobe: `make check-kprobe`.
load app

setup_file() {
	learn_skip kprobe -n 1
}

@test "kprobe: sees the modes and results of its own calls" {
	works
	run -0 target './kprobe -n 4'
	[ "${#lines[@]}" -eq 9 ]
	modes=(0 0x1 0x3 0x2)
	for n in 0 1 2 3; do
		[[ ${lines[2 * n]} =~ ^"kprobe "\ +[1-9][0-9]*\ +"kprobe: vfs_fallocate, mode ${modes[n]}"$ ]]
	done
	for n in 0 1 2; do
		[[ ${lines[2 * n + 1]} == *" kretprobe: 0" ]]
	done
	[[ ${lines[7]} =~ " kretprobe: -"[1-9][0-9]*" "("Operation not"|Not)" supported"$ ]]
	[[ ${lines[8]} == "PASS: 4 calls, "* ]]
}

@test "kprobe: -a sees another process's call, and Ctrl-C leaves nothing behind" {
	works
	run -0 on_target '
		./kprobe -a > $tmp/out & pid=$!
		try grep attached $tmp/out
		loaded on_entry
		# other processes call it, too, and an event may be lost: try again
		called() {
			fallocate -l 5000 $tmp/file
			[ "$(grep -c "^fallocate .* kprobe: vfs_fallocate, mode 0$" $tmp/out)" -ge 2 ] &&
				[ "$(grep -c "^fallocate .* kretprobe: 0$" $tmp/out)" -ge 2 ]
		}
		try called
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded on_entry'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} =~ ^"PASS: "[1-9][0-9]*" entries and "[1-9][0-9]*" returns seen, "[0-9]+" events lost"$ ]]
}

@test "kprobe: options" {
	check_options kprobe -n 0 x
}

@test "kprobe: needs root and says so" {
	works
	check_needs_root kprobe
}

@test "kprobe: needs no BTF in the kernel" {
	works
	check_needs_no_btf kprobe
}
