#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/bootstrap: `make check-bootstrap`.
load app

setup_file() {
	learn bootstrap -n 1
	target 'test -e /sys/kernel/btf/vmlinux' || export SKIPS="kernel has no BTF"
}

setup() {
	[[ $BATS_TEST_DESCRIPTION != *"(BTF)" ]] || works
}

@test "bootstrap: reports its own children (BTF)" {
	run -0 target ./bootstrap
	[ "${#lines[@]}" -eq 8 ]
	for n in 1 2 3; do
		[[ ${lines[2 * n - 1]} =~ \ EXEC\ .*" /proc/self/exe"$ ]]
		[[ ${lines[2 * n]} =~ \ EXIT\ .*" [$n] ("[0-9]+" ms)"$ ]]
	done
	[[ ${lines[7]} == "PASS: 3 children, "* ]]
}

@test "bootstrap: skips where the kernel has no BTF" {
	run -4 target "unshare -m sh -c 'mount -t tmpfs none /sys/kernel; ./bootstrap'"
	[[ $output == "SKIP: kernel has no BTF "* ]]
}

@test "bootstrap: skips where the kernel has no such tracepoint (BTF)" {
	run -4 target "unshare -m sh -c '$NO_TRACEPOINTS; ./bootstrap'"
	[[ ${lines[-1]} == "SKIP: kernel has no tracepoint sched/sched_process_exec (CONFIG_EVENT_TRACING)" ]]
}

@test "bootstrap: -a sees other processes, their exit codes and signals (BTF)" {
	run -0 on_target '
		./bootstrap -a > $tmp/out & pid=$!
		try grep "^TIME" $tmp/out
		# an event may be dropped on a busy machine: try again
		told() {
			! /bin/sh -c "exit 42"
			! /bin/sh -c "kill -9 \$\$"
			grep " EXEC  sh .* /bin/sh$" $tmp/out && grep " EXIT  sh .* \[42\]" $tmp/out &&
				grep " EXIT  sh .*\[signal 9\]" $tmp/out
		}
		try told
		ends_on INT
		cat $tmp/out'
	[[ $output =~ " EXEC  sh "[^$'\n']*" /bin/sh" ]]
	[[ $output =~ " EXIT  sh "[^$'\n']*"[42] ("[0-9]+" ms)" ]]
	[[ $output =~ " EXIT  sh "[^$'\n']*"[signal 9]" ]]
	[[ $output == *"exit code 0"* ]]
	[[ ${lines[-1]} == "PASS: "*" events seen, "* ]]
}

@test "bootstrap: -a prints the kernel's PIDs: the shell's own (BTF)" {
	target 'test "$(readlink /proc/self/ns/pid)" = "pid:[4026531836]"' ||
		skip "the target is a container: it has PIDs of its own"
	run -0 on_target '
		./bootstrap -a > $tmp/out & pid=$!
		try grep "^TIME" $tmp/out
		children=none
		told() {
			/bin/sh -c "exit 43" & child=$!
			! wait $child
			children="$children|$child"
			grep -E "EXIT *sh  *($children)  *$$  *\[43\]" $tmp/out
		}
		try told'
}

@test "bootstrap: -t ends it (BTF)" {
	run -0 target './bootstrap -t 1'
	[[ ${lines[0]} == TIME* ]]
	[[ ${lines[-1]} == "PASS: "* ]]
}

@test "bootstrap: follows its children in a PID namespace (BTF)" {
	need_pid_namespaces
	run -0 target "unshare -pfm sh -c 'mount -t proc proc /proc; ./bootstrap -n 1; exit \$?'"
	[[ ${lines[-1]} == "PASS: 1 children, "* ]]
}

@test "bootstrap: Ctrl-C leaves nothing behind (BTF)" {
	run -0 on_target '
		./bootstrap -n 1000000 > $tmp/out & pid=$!
		try grep EXIT $tmp/out
		loaded on_exec
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded on_exec'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "bootstrap: options" {
	check_options bootstrap -n 0 x -t 0 1.5
}

@test "bootstrap: needs root and says so (BTF)" {
	check_needs_root bootstrap
}
