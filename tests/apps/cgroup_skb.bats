#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/cgroup_skb: `make check-cgroup_skb`.
load app

setup_file() {
	learn_skip cgroup_skb -n 1
}

@test "cgroup_skb: the quota applies to the cgroup only, and everything is counted" {
	works
	run -0 target './cgroup_skb -n 8 -q 3'
	[ "${lines[0]}" = "from inside the cgroup, 3 of 8 were sent; from outside, 8" ]
	[ "${lines[1]}" = "the BPF programs let 3 out (102 bytes), refused 5, and let 8 in" ]
	[[ ${lines[2]} == "PASS: "* ]]
	run -0 target './cgroup_skb -n 8 -q 100'
	[ "${lines[0]}" = "from inside the cgroup, 8 of 8 were sent; from outside, 8" ]
	[ "${lines[1]}" = "the BPF programs let 8 out (272 bytes), refused 0, and let 8 in" ]
	run -0 target './cgroup_skb -n 8 -q 0'
	[ "${lines[0]}" = "from inside the cgroup, 0 of 8 were sent; from outside, 8" ]
}

@test "cgroup_skb: mounts cgroups for itself if they are not mounted" {
	works
	run -0 on_target 'unshare -m sh -c "
		mount --make-rprivate /
		while grep -q cgroup2 /proc/mounts; do
			umount \$(sed -n \"s/^[^ ]* \([^ ]*\) cgroup2 .*/\1/p\" /proc/mounts | tail -n 1)
		done
		./cgroup_skb -n 4 -q 2
		! grep cgroup2 /proc/mounts"'
	[ "${lines[0]}" = "from inside the cgroup, 2 of 4 were sent; from outside, 4" ]
}

@test "cgroup_skb: Ctrl-C ends it, and nothing stays behind" {
	works
	run -0 on_target '
		./cgroup_skb -n 1000000 -q 1000000 > $tmp/out & pid=$!
		dir=$(cgroup_dir)
		try loaded on_receive
		ends_on INT
		tail -n 1 $tmp/out
		try unloaded on_receive
		[ ! -e $dir ]'
	[ "${lines[0]}" = "exit code 0" ]
	[[ ${lines[1]} == "PASS: "* ]]
}

@test "cgroup_skb: options" {
	check_options cgroup_skb -n 0 x -q -1
}

@test "cgroup_skb: needs root and says so" {
	works
	check_needs_root cgroup_skb
}

@test "cgroup_skb: needs no BTF in the kernel" {
	works
	check_needs_no_btf cgroup_skb
}
