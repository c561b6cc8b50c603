#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/sockmap: `make check-sockmap`.
load app

setup_file() {
	learn_skip sockmap -n 1
}

@test "sockmap: messages take the short cut, or TCP" {
	works
	run -0 target './sockmap -n 12'
	[ "${lines[0]}" = "12 messages sent, 12 received; the BPF program redirected 12, TCP sent 0 segments of data" ]
	[ "${lines[1]}" = "PASS: 12 messages went by the short cut" ]
	run -0 target './sockmap -n 12 -t'
	[[ ${lines[0]} == "12 messages sent, 12 received; the BPF program redirected 0, TCP sent 12 segments"* ]]
	[ "${lines[1]}" = "PASS: 12 messages went by TCP" ]
}

@test "sockmap: with the short cut, no packet passes the interface; Ctrl-C ends it" {
	works
	run -0 on_target '
		packets() { sed -n "s/^ *lo: *[0-9]* *\([0-9]*\) .*/\1/p" /proc/$pid/net/dev; }
		for how in "" -t; do
			./sockmap -n 1000000 $how > $tmp/out & pid=$!
			connected() { [ "$(packets)" -ge 3 ]; }
			try connected
			dir=$(cgroup_dir)
			before=$(packets)
			many() { [ $(($(packets) - before)) -ge 10 ]; }
			if [ -n "$how" ]; then
				try many
			else
				sleep 0.5
				if many; then echo many; exit 98; fi
			fi
			ends_on INT
			tail -n 1 $tmp/out
			try unloaded on_message
			[ ! -e $dir ]
		done'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "[1-9]*" by the short cut" ]]
	[ "${lines[2]}" = "exit code 0" ]
	[[ ${lines[3]} == "PASS: "[1-9]*" by TCP" ]]
}

@test "sockmap: options" {
	check_options sockmap -n 0 x
}

@test "sockmap: needs root and says so" {
	works
	check_needs_root sockmap
}

@test "sockmap: needs no BTF in the kernel" {
	works
	check_needs_no_btf sockmap
}
