#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/tc: `make check-tc`.
load app

setup_file() {
	learn_skip tc -n 1
}

# The answers come from the port that was asked: the socket receives from no other.
forwards() {
	local i

	[ "${lines[0]}" = "attached to lo, ingress and egress: $1" ]
	for i in 1 2 3 4; do
		[ "${lines[i]}" = "sent \"question $i\" to port 53, received \"answer   $i\" from port 53" ]
	done
	[ "${lines[5]}" = "PASS: 4 questions to port 53 were answered by port 5353" ]
}

@test "tc: forwards a port, by tcx or a filter" {
	works
	run -0 target './tc -n 4'
	how="clsact filter"
	[[ ${lines[0]} != *tcx* ]] || how="tcx link"
	forwards "$how"
}

@test "tc: forwards a port as a filter" {
	works
	run -0 target './tc -n 4 -f'
	forwards "clsact filter"
}

@test "tc: the kernel shows both programs attached, and after Ctrl-C they are gone" {
	local how

	works
	for how in "" -f; do
		run -0 on_target '
			./tc -n 100000 -p 20 '$how' > $tmp/out & pid=$!
			try grep "answer   3" $tmp/out
			head -n 1 $tmp/out
			nsenter -t $pid -n bpftool net show 2>/dev/null | grep lo > $tmp/net
			grep -c ingress $tmp/net
			grep -c egress $tmp/net
			ends_on INT
			tail -n 1 $tmp/out
			try unloaded to_inner'
		# bpftool before 7.3, which may run on a newer kernel, knows no tcx
		if [[ ${lines[0]} != *tcx* ]] || target 'grep -q tcx/ingress "$(command -v bpftool)"'; then
			[ "${lines[1]}-${lines[2]}" = 1-1 ]
		fi
		[ "${lines[3]}" = "exit code 0" ]
		[[ ${lines[4]} == "PASS: "* ]]
	done
}

@test "tc: options" {
	check_options tc -n 0 x -p 60001
}

@test "tc: needs root and says so" {
	works
	check_needs_root tc
}

@test "tc: needs no BTF in the kernel" {
	works
	check_needs_no_btf tc
}
