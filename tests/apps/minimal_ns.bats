#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/minimal_ns: `make check-minimal_ns`.
load app

setup_file() {
	learn_skip minimal_ns -n 1
}

@test "minimal_ns: knows the processes of a namespace by its PIDs" {
	works
	run -0 target './minimal_ns -n 3; readlink /proc/self/ns/pid'
	[ "${#lines[@]}" -eq 7 ]
	[[ ${lines[0]} =~ ^"PID 1 in the namespace is PID "([1-9][0-9]*)" in ours"$ ]]
	pid=${BASH_REMATCH[1]}
	for n in 2 3 4; do
		[[ ${lines[n - 1]} =~ ^"PID $n in the namespace is PID "[1-9][0-9]+" of the kernel"$ ]]
	done
	[[ ${lines[4]} =~ ^"PID 1 in the namespace is PID "([1-9][0-9]*)" of the kernel"$ ]]
	# in a container, our PID differs from the kernel's
	[[ ${lines[6]} != "pid:[4026531836]" || ${BASH_REMATCH[1]} -eq pid ]]
	[[ ${lines[5]} == "PASS: all 4 processes "* ]]
}

@test "minimal_ns: several at once see their own namespace only" {
	works
	run -0 on_target '
		for i in 1 2 3; do
			./minimal_ns -n 10 > $tmp/$i &
		done
		wait
		tail -qn 1 $tmp/*'
	[ "$(grep -c "^PASS: all 11 processes" <<<"$output")" -eq 3 ]
}

@test "minimal_ns: options" {
	check_options minimal_ns -n 0 x
}

@test "minimal_ns: needs root and says so" {
	works
	check_needs_root minimal_ns
}

@test "minimal_ns: needs no BTF in the kernel" {
	works
	check_needs_no_btf minimal_ns
}
