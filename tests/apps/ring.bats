#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/ring: `make check-ring`.
load app

setup_file() {
	learn ring -n 1
}

# figures ROW: sets $ring and $perf to the two numbers of a row of the table
figures() {
	local row

	row=$(grep "^$1 " <<< "$output")
	read -r ring perf <<< "${row#"$1"}"
}

# adds_up: the figures of the table add up, computed here
adds_up() {
	local ring perf ring_sum perf_sum

	figures received
	ring_sum=$ring perf_sum=$perf
	figures "dropped, BPF saw"
	ring_sum=$((ring_sum + ring)) perf_sum=$((perf_sum + perf))
	figures produced
	[ "$ring" -eq "$ring_sum" ]
	[ "$perf" -eq "$perf_sum" ]
}

@test "ring: bursts that fit lose nothing" {
	run -0 target './ring -n 1234'
	figures produced
	[ "$ring" -eq 1234 ]
	[ "$perf" -eq 1234 ]
	figures received
	[ "$ring" -eq 1234 ]
	[ "$perf" -eq 1234 ]
	figures "dropped, BPF saw"
	[ "$ring" -eq 0 ]
	[ "$perf" -eq 0 ]
	figures "reader wakeups"
	[ "$ring" -ge 13 ]	# 12 full bursts and a last one
	[ "$perf" -ge 13 ]
	[[ ${lines[-1]} == "PASS: "* ]]
}

@test "ring: a burst that does not fit is dropped, and every lost event is counted" {
	run -0 target './ring -s 4 -n 20000 -b 10000'
	figures "dropped, BPF saw"
	[ "$ring" -gt 0 ]
	[ "$perf" -gt 0 ]
	dropped=$perf
	figures "dropped, reader was told"
	[ "$perf" -eq "$dropped" ]
	adds_up
	[[ ${lines[-1]} == "PASS: "* ]]
}

@test "ring: a larger buffer drops less" {
	run -0 target './ring -s 4 -n 10000 -b 10000'
	figures "dropped, BPF saw"
	small_ring=$ring small_perf=$perf
	run -0 target './ring -s 256 -n 10000 -b 10000'
	figures "dropped, BPF saw"
	[ "$ring" -lt "$small_ring" ]
	[ "$perf" -lt "$small_perf" ]
	adds_up
}

@test "ring: Ctrl-C ends it with the sums right, and nothing stays behind" {
	run -0 on_target '
		./ring -n 100000000 > $tmp/out & pid=$!
		try loaded to_perf
		# the counters in the kernel, read without the app
		for id in $(bpftool prog show name to_perf | sed -n "s/.* map_ids //p" | tr , " "); do
			! bpftool map show id $id | grep -qF .bss || bss=$id
		done
		try sh -c "bpftool map dump id $bss | grep \"produced.: [1-9]\""
		ends_on INT
		cat $tmp/out
		try unloaded to_perf'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[-1]} == "PASS: "* ]]
	adds_up
	figures received
	[ "$ring" -gt 0 ]
}

@test "ring: options" {
	check_options ring -s 0 x 1000000 -b 0 -5
}

@test "ring: needs root and says so" {
	check_needs_root ring
}

@test "ring: needs no BTF in the kernel" {
	check_needs_no_btf ring
}
