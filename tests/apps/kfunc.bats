#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/kfunc: `make check-kfunc`.
load app

setup_file() {
	target 'test "$(readlink /proc/self/ns/pid)" = "pid:[4026531836]"' || {
		export SKIPS="the target is a container: it has PIDs of its own"
		return
	}
	learn_skip kfunc -n 1
}

@test "kfunc: the kernel's function finds tasks, and does not find them after their end" {
	works
	run -0 target ./kfunc
	[ "${#lines[@]}" -eq 4 ]
	for n in 0 1 2; do
		[[ ${lines[n]} =~ ^"PID "([0-9]+)": task "([0-9]+)", \"kid-$n\""$ ]]
		[ "${BASH_REMATCH[1]}" -eq "${BASH_REMATCH[2]}" ]
	done
	[ "${lines[3]}" = "PASS: 3 children found while they lived, and not afterwards" ]
}

@test "kfunc: Ctrl-C ends it, and no child stays behind" {
	works
	run -0 on_target '
		./kfunc -n 1000000 > $tmp/out & pid=$!
		try grep "^PID" $tmp/out
		loaded find_task
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded find_task
		! grep -l "^Name:.*kid-" /proc/[0-9]*/status'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "kfunc: skips only where the kernel has no such function, or no JIT for it" {
	[[ -z ${SKIPS-} || $SKIPS == "the target is a container"* || $SKIPS == "kernel has no BTF "* ||
		$SKIPS == "kernel has no function bpf_task_from_pid() for BPF programs" ||
		$SKIPS == "kernel has no BPF JIT that can do this: "* ]]
}

@test "kfunc: skips where the kernel has no BTF" {
	works
	run -4 target "unshare -m sh -c 'mount -t tmpfs none /sys/kernel; ./kfunc'"
	[[ ${lines[-1]} == "SKIP: kernel has no BTF "* ]]
}

@test "kfunc: says that PIDs differ in a PID namespace" {
	need_pid_namespaces
	run -1 target "unshare -pfm sh -c 'mount -t proc proc /proc; ./kfunc; exit \$?'"
	[[ ${lines[-1]} == "FAIL: in this PID namespace, "* ]]
}

@test "kfunc: options" {
	check_options kfunc -n 0 x
}

@test "kfunc: needs root and says so" {
	works
	check_needs_root kfunc
}
