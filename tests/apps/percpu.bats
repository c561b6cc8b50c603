#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/percpu: `make check-percpu`.
load app

setup_file() {
	learn percpu -n 1
}

@test "percpu: each CPU counts its own runs" {
	run -0 on_target '
		./percpu -n 7
		echo "online: $(grep -c ^processor /proc/cpuinfo)"'
	[[ $output =~ "online: "([0-9]+)$ ]]
	online=${BASH_REMATCH[1]}
	[ "$online" -gt 0 ] || skip "the target does not list its CPUs"
	[ "${#lines[@]}" -eq $((online + 4)) ]
	sum=0
	for ((i = 1; i <= online; i++)); do
		read -r cpu runs <<<"${lines[i]}"
		[ "$runs" -eq $((7 * (cpu + 1))) ]
		sum=$((sum + runs))
	done
	[[ ${lines[online + 1]} =~ ^\ *all\ +$sum$ ]]
	[[ ${lines[online + 2]} == "PASS: $online of "*" possible CPUs counted, each for itself" ]]
}

@test "percpu: options" {
	check_options percpu -n 0 x
}

@test "percpu: needs root and says so" {
	check_needs_root percpu
}

@test "percpu: needs no BTF in the kernel" {
	check_needs_no_btf percpu
}
