#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/timer: `make check-timer`.
load app

setup_file() {
	learn_skip timer -n 1 -i 1
}

@test "timer: ticks the given number of times, and not too fast" {
	works
	run -0 on_target '
		uptime_cs() { cut -d " " -f 1 /proc/uptime | tr -d .; }
		begin=$(uptime_cs)
		./timer -n 4 -i 100
		echo "took $(($(uptime_cs) - begin)) cs"'
	[[ ${lines[-2]} == "PASS: 4 ticks, none of them early" ]]
	[[ ${lines[-1]} =~ ^"took "([0-9]+)" cs" ]]
	[ "${BASH_REMATCH[1]}" -ge 39 ]	# 40, and /proc/uptime is not exact
}

@test "timer: Ctrl-C cancels it" {
	works
	run -0 on_target '
		./timer -n 1000000 -i 1 > $tmp/out & pid=$!
		try grep "^tick " $tmp/out
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded cancel'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} =~ ^"PASS: "[1-9][0-9]*" ticks, and cancelled"$ ]]
}

@test "timer: skips only where the kernel has no timers for BPF, no JIT or no memory for them" {
	[[ -z ${SKIPS-} || $SKIPS == "kernel has no bpf_timer_"*"() for BPF programs of type sched_cls" ||
		$SKIPS == "kernel has no BPF JIT that can do this: callbacks "* ||
		$SKIPS == "kernel cannot allocate a timer: kmalloc_nolock() "* ]]
}

@test "timer: options" {
	check_options timer -n 0 x -i 0 100001
}

@test "timer: needs root and says so" {
	works
	check_needs_root timer
}

@test "timer: needs no BTF in the kernel" {
	works
	check_needs_no_btf timer
}
