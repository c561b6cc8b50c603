#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/cgroup_sock_addr: `make check-cgroup_sock_addr`.
load app

setup_file() {
	learn_skip cgroup_sock_addr -n 1
}

@test "cgroup_sock_addr: the service answers inside the cgroup only" {
	works
	run -0 target './cgroup_sock_addr -n 2'
	[[ ${lines[0]} =~ ^"from outside the cgroup: Network "("is ")?unreachable$ ]]
	[ "${lines[1]}" = 'connected to 192.0.2.1 port 80, which says "welcome"' ]
	[ "${lines[2]}" = 'connected to 192.0.2.1 port 80, which says "welcome"' ]
	[ "${lines[3]}" = "PASS: 2 connections to the service, all made to the server" ]
}

@test "cgroup_sock_addr: the kernel shows connections to the server; Ctrl-C ends it" {
	works
	run -0 on_target '
		./cgroup_sock_addr -n 20000 -p 50 > $tmp/out & pid=$!
		try grep connected $tmp/out
		# 127.0.0.1:8080 and a port that is connected to it, hexadecimal, in host byte order
		try grep -E "(0100007F|7F000001):1F90 (0100007F|7F000001):" /proc/$pid/net/tcp
		grep -cE "(010200C0|C0000201):" /proc/$pid/net/tcp || true
		dir=$(cgroup_dir)
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded connect4
		[ ! -e $dir ]'
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = "exit code 0" ]
	[[ ${lines[2]} == "PASS: "* ]]
}

@test "cgroup_sock_addr: cleans up even if its output is no longer read" {
	works
	run -0 on_target '
		{ ./cgroup_sock_addr -n 20000 -p 20 & echo $! > $tmp/pid; wait; } | head -n 1
		pid=$(cat $tmp/pid)
		[ ! -e "/proc/$pid" ]
		root=$(sed -n "s/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p" /proc/mounts | head -n 1)
		[ ! -e "$root/app-$pid" ]
		pid='
	[[ ${lines[0]} =~ ^"from outside the cgroup: Network "("is ")?unreachable$ ]]
}

@test "cgroup_sock_addr: options" {
	check_options cgroup_sock_addr -n 0 20001 x -p 60001
}

@test "cgroup_sock_addr: needs root and says so" {
	works
	check_needs_root cgroup_sock_addr
}

@test "cgroup_sock_addr: needs no BTF in the kernel" {
	works
	check_needs_no_btf cgroup_sock_addr
}
