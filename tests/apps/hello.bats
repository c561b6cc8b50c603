#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/hello: `make check-hello`. Each case has a network of its
# own on the target, so that no other packet is counted and no link is changed.
load app

setup_file() {
	learn hello -n 1
	target 'unshare -n true' || export SKIPS="no network namespaces on the target"
}

setup() {
	works
}

# in_network LINE: on_target LINE, in a new network namespace with lo up
in_network() {
	local script="$TARGET_SH
		ip link set lo up
		xdp_on() { ip link show \"\$1\" | grep -q prog/xdp; }
		xdp_off() { ! xdp_on \"\$1\"; }
		$1"

	target "unshare -n sh -c $(quote "$script")"
}

@test "hello: counts the packets it sends itself over lo" {
	run -0 in_network ./hello
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} =~ ^"attached to lo, generic mode, program id "[1-9][0-9]*$ ]]
	[ "${lines[1]}" = "detached from lo: 5 packets received, 5 sent by hello itself" ]
	[ "${lines[2]}" = "PASS: the BPF program saw 5 packets" ]
}

@test "hello: -p shows the lines of the BPF program" {
	run -0 in_network './hello -n 2 -p'
	[ "$(grep -c 'bpf_trace_printk: Hello World [0-9]* (' <<< "$output")" -eq 2 ]
}

@test "hello: -i counts what another interface receives" {
	run in_network 'ip link add v0 type veth peer name v1'
	[ "$status" -eq 0 ] || skip "no veth on the target: $output"
	run -0 in_network '
		ping=$(command -v ping || echo "busybox ping")
		ip link add v0 type veth peer name v1
		ip addr add 192.0.2.1/24 dev v0
		ip link set v0 up
		ip link set v1 up
		./hello -i v1 -n 3 -t 1000 > $tmp/out & pid=$!
		try grep attached $tmp/out
		$ping -c 10 192.0.2.2 > $tmp/ping 2>&1 & ping_pid=$!
		code=0
		wait $pid || code=$?
		kill $ping_pid
		cat $tmp/out
		exit $code'
	[[ ${lines[0]} =~ ^"attached to v1, "(native|generic)" mode" ]]
	[[ ${lines[1]} =~ ^"detached from v1: "[1-9][0-9]*" packets received"$ ]]
	[[ ${lines[2]} == "PASS: "* ]]
}

@test "hello: the kernel shows it attached, counting, and after Ctrl-C detached" {
	run -0 in_network '
		xdp_off lo
		./hello -n 1000000000 -t 1000 > $tmp/out & pid=$!
		try grep attached $tmp/out
		id=$(sed -n "s/.*program id //p" $tmp/out)
		ip link show lo | grep "prog/xdp id $id "
		map=$(bpftool prog show id $id | sed -n "s/.*map_ids \([0-9]*\).*/\1/p")
		# bpftool prints a counter of zero as zeros in each of its formats
		try sh -c "bpftool map dump id $map | grep \"value.*[1-9a-f]\""
		ends_on INT
		xdp_off lo
		try unloaded hello
		tail -n 1 $tmp/out'
	[ "${lines[1]}" = "exit code 0" ]
	[[ ${lines[2]} =~ ^"PASS: the BPF program saw "[1-9][0-9]*" packets"$ ]]
}

@test "hello: even kill -9 detaches it" {
	run -0 in_network '
		./hello -n 1000000000 -t 1000 > $tmp/out & pid=$!
		try grep attached $tmp/out
		xdp_on lo
		ends_on KILL
		try xdp_off lo'
}

@test "hello: says that an interface has an XDP program already" {
	run -0 in_network '
		./hello -n 1000000000 -t 1000 > $tmp/out & pid=$!
		try grep attached $tmp/out
		code=0
		./hello || code=$?
		echo "exit code $code"
		ends_on TERM'
	[[ ${lines[0]} == "FAIL: cannot attach to lo: it has an XDP program already"* ]]
	[ "${lines[1]}" = "exit code 1" ]
	[ "${lines[2]}" = "exit code 0" ]
}

@test "hello: says what is wrong with an interface" {
	run -1 in_network './hello -i nowhere0'
	[[ $output == "FAIL: cannot use interface nowhere0: No such device; "* ]]
	run -1 in_network 'ip link set lo down; ./hello'
	[[ $output == "FAIL: interface lo receives nothing: it is down; "* ]]
}

@test "hello: fails if the packets do not arrive in time" {
	run in_network 'ip link add v0 type veth peer name v1'
	[ "$status" -eq 0 ] || skip "no veth on the target: $output"
	run -1 in_network '
		ip link add v0 type veth peer name v1	# v1 stays down: silence
		ip link set v0 up
		./hello -i v0 -t 1'
	[[ ${lines[-1]} == "FAIL: 0 of 5 packets in 1 s; "* ]]
}

@test "hello: options" {
	check_options hello -n 0 x -t 0 x
}

@test "hello: needs root and says so" {
	check_needs_root hello
}

@test "hello: needs no BTF in the kernel" {
	check_needs_no_btf hello
}
