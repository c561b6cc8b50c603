#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/tc_helpers: `make check-tc_helpers`.
load app

setup_file() {
	learn_skip tc_helpers -n 1
}

@test "tc_helpers: every case passes, or names the missing feature" {
	works
	run -0 target ./tc_helpers
	[ "${lines[0]}" = "KTAP version 1" ]
	[ "${lines[1]}" = "1..18" ]
	number=0
	for helper in clone_redirect redirect redirect_ingress csum_diff l3_csum_replace \
		l4_csum_replace l4_csum_replace_pseudo skb_change_proto_6 skb_change_proto_4; do
		for hook in egress ingress; do
			number=$((number + 1))
			line=${lines[number + 1]}
			[[ $line == "ok $number $helper $hook" || $line == "ok $number $helper $hook # SKIP kernel has no "* ]]
		done
	done
	[[ ${lines[20]} == "PASS: 18 cases, "* ]]
}

@test "tc_helpers: Ctrl-C ends it, and nothing stays behind" {
	works
	run -0 on_target '
		./tc_helpers -n 1000000 > $tmp/out & pid=$!
		try grep 1..18 $tmp/out
		nsenter -t $pid -n bpftool net show 2>/dev/null | grep -c "clone_redirect"
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded clone_redirect'
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" = "exit code 0" ]
	[[ ${lines[2]} == "PASS: "* ]]
}

@test "tc_helpers: options" {
	check_options tc_helpers -n 0 x
}

@test "tc_helpers: needs root and says so" {
	works
	check_needs_root tc_helpers
}

@test "tc_helpers: needs no BTF in the kernel" {
	works
	check_needs_no_btf tc_helpers
}
