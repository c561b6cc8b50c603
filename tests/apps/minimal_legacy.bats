#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/minimal_legacy: `make check-minimal_legacy`.
load app

setup_file() {
	learn_skip minimal_legacy -n 1
}

@test "minimal_legacy: counts its own writes" {
	works
	run -0 target './minimal_legacy -n 123'
	[[ $output =~ ^"PASS: 123 writes of write-"[0-9a-f]{8}", and the map's entry says 123"$ ]]
}

@test "minimal_legacy: has one map and no global data; Ctrl-C leaves nothing behind" {
	works
	run -0 on_target '
		./minimal_legacy -n 1000000 > $tmp/out & pid=$!
		try loaded count_write
		try sh -c "bpftool map dump name writes | grep write-"
		bpftool -j prog show name count_write
		echo
		ends_on INT
		cat $tmp/out
		try unloaded count_write'
	[[ ${lines[0]} =~ \"map_ids\":\[[0-9]+\] ]]
	[ "${lines[1]}" = "exit code 0" ]
	[[ ${lines[2]} == "PASS: "* ]]
}

@test "minimal_legacy: several at once count their own writes only" {
	works
	run -0 on_target '
		for i in 1 2 3; do
			./minimal_legacy -n 300 > $tmp/$i &
		done
		wait
		cat $tmp/*'
	[ "$(grep -c "^PASS: 300 writes of " <<<"$output")" -eq 3 ]
}

@test "minimal_legacy: options" {
	check_options minimal_legacy -n 0 x
}

@test "minimal_legacy: needs root and says so" {
	works
	check_needs_root minimal_legacy
}

@test "minimal_legacy: needs no BTF in the kernel" {
	works
	check_needs_no_btf minimal_legacy
}
