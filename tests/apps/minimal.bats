#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/minimal: `make check-minimal`.
load app

setup_file() {
	learn_skip minimal -n 1
}

@test "minimal: shows a trace line for each of its writes" {
	works
	run -0 target ./minimal
	[ "${#lines[@]}" -eq 4 ]
	for n in 1 2 3; do
		[[ ${lines[n - 1]} =~ "bpf_trace_printk: BPF triggered from PID "[0-9]+\.\ \([0-9a-f]{8}\ #$n\)$ ]]
	done
	[[ ${lines[3]} == "PASS: 3 writes, "* ]]
}

@test "minimal: the kernel's own trace has the lines too" {
	works
	run -0 on_target '
		for dir in /sys/kernel/tracing /sys/kernel/debug/tracing; do
			[ ! -e $dir/trace ] || break
		done
		if [ ! -e $dir/trace ]; then
			echo "tracefs is not mounted"
			exit
		fi
		# Until tracing is used, a CPU has 7 KB for it, which the lines of tests beside this one may fill.
		read -r kb _ <$dir/buffer_size_kb
		[ "$kb" -ge 1408 ] || echo 1408 >$dir/buffer_size_kb
		./minimal -n 2 > $tmp/out
		token=$(sed -n "s/.*(\(.*\) #1)$/\1/p" $tmp/out)
		echo "$(grep -c "PID [0-9]*\. ($token #[12])" $dir/trace) lines"'
	[ "$output" != "tracefs is not mounted" ] || skip "$output on the target"
	[ "$output" = "2 lines" ]
}

@test "minimal: -n is the number of writes" {
	works
	run -0 target './minimal -n 7'
	[ "${#lines[@]}" -eq 8 ]
	[[ ${lines[6]} == *" #7)" ]]
}

@test "minimal: several at once do not take each other's lines" {
	works
	run -0 on_target '
		for i in 1 2 3 4; do
			./minimal -n 50 > $tmp/$i &
		done
		wait
		tail -qn 1 $tmp/*'
	[ "${#lines[@]}" -eq 4 ]
	for line in "${lines[@]}"; do
		[[ $line == "PASS: 50 writes, "* ]]
	done
}

@test "minimal: knows its PID in a PID namespace" {
	works
	need_pid_namespaces
	run -0 target "unshare -pfm sh -c 'mount -t proc proc /proc; ./minimal; exit \$?'"
	[[ ${lines[0]} =~ " PID "[1-9][0-9]?\. ]]
}

@test "minimal: Ctrl-C ends it, and nothing stays behind" {
	works
	run -0 on_target '
		./minimal -t 1000 > $tmp/out & pid=$!
		try grep "triggered from PID" $tmp/out
		token=$(sed -n "s/.*(\(.*\) #1)$/\1/p" $tmp/out)
		loaded on_write
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded on_write
		[ ! -e /sys/kernel/tracing/instances/app-$token ]'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "minimal: skips where the kernel has no tracing" {
	run -4 target "unshare -m sh -c 'mount -t tmpfs none /sys/kernel; ./minimal'"
	[[ ${lines[-1]} == "SKIP: kernel has no tracefs (CONFIG_TRACING)" ]]
	run -4 target "unshare -m sh -c '$NO_TRACEPOINTS; ./minimal'"
	[[ ${lines[-1]} == "SKIP: kernel has no trace event for bpf_printk "* ]]
}

@test "minimal: options" {
	check_options minimal -n 0 x 3x -1 99999999999999999999 ''
}

@test "minimal: needs root and says so" {
	check_needs_root minimal
}

@test "minimal: needs no BTF in the kernel" {
	works
	check_needs_no_btf minimal
}
