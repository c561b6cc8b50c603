#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The goals that inspect programs with bpftool: show-<app>, xlated-<app>, pin-<app> ...  All tests
# of this file use one VM, and leave it unchanged.
load lib

setup_file() {
	export BATS_NO_PARALLELIZE_WITHIN_FILE=true
	[ "$TARGET" != vm ] || mk VM_NAME=inspect qemu-start
}

teardown_file() {
	[ "$TARGET" != vm ] || {
		mk VM_NAME=inspect qemu-stop
		rm -r "${TARGET_DIR:?}-inspect"
	}
}

setup() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	saved=$OUT/$ARCH/inspect/$KERNEL_NAME-inspect
}

my() {
	mk VM_NAME=inspect "$@"
}

# there LINE: runs it in the VM
there() {
	scripts/remote "$TARGET_DIR-inspect" sh "$1" </dev/null
}

# nothing_left: the kernel has no program of these apps, and nothing is pinned
nothing_left() {
	run there 'bpftool prog show; ls /sys/fs/bpf/testbench 2>/dev/null'
	[[ $output != *" name hello "* && $output != *" name swap "* && $output != *hello* ]]
}

# --- a running app -------------------------------------------------------------------

@test "show: programs, maps, links and BTF; saved; the app is ended again" {
	run -0 my show-hello
	says "# programs" ": xdp  name hello " "# maps" ": percpu_array  name packets " \
		"# links" ": xdp  prog " "ifindex lo(1)" "# BTF" "prog_ids"
	grep -q 'percpu_array  name packets' "$saved/hello.show"
	nothing_left
}

@test "show: an app that runs already is used, and not ended" {
	there './hello -n 1000000 -t 60 >/dev/null 2>&1 & echo $! >/tmp/pid; until bpftool prog show | grep -q " name hello "; do sleep 0.1; done'
	run -0 my show-hello
	says "which runs as process $(there 'cat /tmp/pid')" "name hello"
	there 'kill -INT $(cat /tmp/pid); while kill -0 $(cat /tmp/pid) 2>/dev/null; do sleep 0.1; done'
	nothing_left
}

@test "xlated: the BPF code with its source lines; PROG= selects, and a wrong one is an error" {
	run -0 my xlated-ring PROG=to_perf
	says "name to_perf" "; if (bpf_perf_event_output" "exit"
	[[ $output != *"name to_ring"* ]]
	run -2 my xlated-ring PROG=nonesuch
	says "error: ring has no program 'nonesuch'" "to_ring" "to_perf"
}

@test "jited: native code with source lines and the kernel's symbols; beside the BPF code" {
	run -0 my jited-ring PROG=to_ring
	says $'\nto_ring:\n' "; e = bpf_ringbuf_reserve" "<bpf_ringbuf_reserve"
	run -0 my jited-ring PROG=to_ring WITH=xlated
	says " (85) call bpf_ringbuf_reserve" " | " "exit"
	there 'echo 0 >/proc/sys/net/core/bpf_jit_enable'
	run -2 my jited-bytecode
	says "has no native code" "make qemu-setup"
	my qemu-setup
	run -0 my jited-bytecode
	says $'\nswap:\n'
}

@test "maps and stats: the counters, and the number of runs" {
	run -0 my maps-hello
	says "percpu_array  name packets" '"value": 5' '"say_hello": false'
	run -0 my stats-hello ARGS='-n 7'
	[[ $(tail -n 1 <<<"$output") =~ ^[0-9]+\ +hello\ +xdp\ +7\ +[0-9]+\ +[0-9]+$ ]]
	[ "$(there 'cat /proc/sys/kernel/bpf_stats_enabled')" = 0 ]
}

# --- pinning, loading, attaching ------------------------------------------------------

@test "pin: a pinned program outlives the app, and continues to count" {
	run -0 my pin-hello
	says /progs/hello /maps/packets /links/hello
	there 'ping=$(command -v ping || echo "busybox ping"); $ping -c 3 127.0.0.1'
	run -0 my maps-hello
	says "as it is pinned" '"value": 11'	# 5 of hello's own, 3 pings and their answers
	run -2 my pin-hello
	says "hello is pinned already" "make unpin-hello"
	my unpin-hello
	nothing_left
	run -2 my unpin-hello
	says "nothing of hello is pinned"
}

@test "load: without the user half; a second time with the pinned maps" {
	run -0 my load-hello.bpf.o
	says /progs/hello /maps/packets
	my testrun-hello REPEAT=4
	run -0 my load-hello.bpf.o
	says "with the pinned maps of packets"
	run -0 my maps-hello
	says '"value": 4'
	my unpin-hello
	nothing_left
}

@test "load: an optional program is named; the others are loaded and pinned" {
	cat >"$BATS_TEST_TMPDIR/optional.bpf.c" <<-'EOF'
		#include "vmlinux.h"
		#include <bpf/bpf_core_read.h>
		#include <bpf/bpf_tracing.h>

		long seen;
		SEC("xdp") int always(struct xdp_md *ctx) { return seen++ ? XDP_PASS : XDP_DROP; }
		SEC("?tp_btf/nonesuch") int BPF_PROG(maybe, struct task_struct *t) { return seen = BPF_CORE_READ(t, pid); }
		char LICENSE[] SEC("license") = "GPL";
	EOF
	run -0 my APPS_DIR="$BATS_TEST_TMPDIR" load-optional.bpf.o
	says "load     without the optional maybe" /progs/always
	[[ $output != */progs/maybe* ]]
	my APPS_DIR="$BATS_TEST_TMPDIR" unpin-optional
}

@test "attach, detach: XDP, by name of the interface" {
	run -0 my attach-hello
	says "lo(1) generic id "
	there 'ping=$(command -v ping || echo "busybox ping"); $ping -c 2 127.0.0.1'
	run -0 my maps-hello
	says '"value": 4'
	run -0 my detach-hello
	[[ $output != *"lo(1)"* ]]
	run -2 my detach-hello
	says "hello is not attached to lo"
	my unpin-hello
	run -2 my detach-hello
	says "nothing of hello is pinned"
	run -2 my attach-minimal
	says "minimal has no program for XDP or a cgroup"
	my unpin-minimal
}

@test "attach, detach: a program for a cgroup" {
	# a cgroup without processes: the program would block our connection
	there 'mkdir /tmp/cgroup && mount -t cgroup2 none /tmp/cgroup && mkdir /tmp/cgroup/testbench' ||
		skip "no cgroup v2 on the target"
	run -2 my attach-cgroup_skb CGROUP=/tmp/cgroup/testbench PROG=on_send
	says "can be attached at more than one place" "ATTACH="
	run -0 my attach-cgroup_skb CGROUP=/tmp/cgroup/testbench PROG=on_send ATTACH=egress
	says "cgroup_inet_egress" "on_send"
	run -0 my detach-cgroup_skb CGROUP=/tmp/cgroup/testbench PROG=on_send ATTACH=egress
	[[ $output != *on_send* ]]
	my unpin-cgroup_skb
	there 'rmdir /tmp/cgroup/testbench && umount /tmp/cgroup'
}

@test "testrun: the packet before and after the program" {
	printf '\2\0\0\0\0\1\2\0\0\0\0\11\10\0' >"$BATS_TEST_TMPDIR/packet"
	run -0 my testrun-bytecode DATA_IN="$BATS_TEST_TMPDIR/packet" REPEAT=3
	says "name swap" "0200 0000 0001 0800" "Return value: 3, duration (average): "
	run -2 my testrun-bytecode DATA_IN=/nowhere
	says /nowhere
}

@test "tracelog: the bpf_printk lines of a program that runs meanwhile" {
	local log=$BATS_TEST_TMPDIR/log

	my qemu-load-hello
	mk_job "$log" VM_NAME=inspect tracelog
	shown() {
		there './hello -p -n 3 >/dev/null'
		grep 'Hello World' "$log"
	}
	eventually 60 shown
	interrupt
	# the kernel has one reader at a time
	run -0 my tracelog TIMEOUT=1
}

@test "features: of a target; compared between two" {
	run -0 my features
	says "eBPF program_type xdp is available"
	grep -q "eBPF map_type ringbuf is available" "$saved/features"
	[ ! -e "$OUT/$ARCH/kernel/$KERNEL_NAME/config" ] || grep -qx "CONFIG_BPF_SYSCALL is set to y" "$saved/features"
	run -0 my features-diff A="$ARCH"
	says "Only $ARCH:"$'\n  (nothing)' "Only here:"$'\n  (nothing)'
	run -2 my features-diff
	says "features-diff compares two targets"
}

# --- on this machine --------------------------------------------------------------------

@test "asm, btf, cpu: the compiler's view" {
	run -0 my asm-hello
	says "hello:" "call 1" "exit"
	run -0 my btf-hello
	says "FUNC 'hello'"
	run -0 my btf-hello WITH=c
	says "struct xdp_md {"
	run -0 my cpu-ring
	says "v1" "v4" "to_ring" "to_perf"
	[[ $(tail -n 1 <<<"$output") =~ ^all(\ +[1-9][0-9]*){8}$ ]]
	run -0 my disas-bytecode
	says "swap" "if r4 > r3 goto"
}

@test "BPF_CPU=probe: the newest instructions that the target's kernel accepts" {
	run -0 my BPF_CPU=probe run-bytecode
	says "PASS: "
	run cat "$saved/isa.mk"
	[[ $output =~ ^"override BPF_CPU := v"[1-4]$ ]]
	# restore the build for other tests
	my build-bytecode
}

@test "an app without a user half can be loaded and run; one without a BPF half cannot" {
	cp apps/bytecode.bpf.S "$BATS_TEST_TMPDIR/alone.bpf.S"
	echo 'int main(void) { return 0; }' >"$BATS_TEST_TMPDIR/half.c"
	run -2 my APPS_DIR="$BATS_TEST_TMPDIR" run-alone
	says "error: the app alone has no user half" "make load-alone.bpf.o"
	run -0 my APPS_DIR="$BATS_TEST_TMPDIR" testrun-alone
	says "Return value: 3"
	nothing_left
	run -2 my APPS_DIR="$BATS_TEST_TMPDIR" run-half
	says "error: the app half has no BPF half: there is no file $BATS_TEST_TMPDIR/half.bpf.c"
}

@test "a program that the verifier rejects: the reason and the source line, in few lines" {
	copy_app hello unsafe "$BATS_TEST_TMPDIR"
	sed -i 's/if (!n)/if (0)/' "$BATS_TEST_TMPDIR/unsafe.bpf.c"
	run -2 my APPS_DIR="$BATS_TEST_TMPDIR" run-unsafe
	says "map_value_or_null" "(*n)++" "FAIL: "
	[ "${#lines[@]}" -lt 60 ]
	run -2 my APPS_DIR="$BATS_TEST_TMPDIR" load-unsafe.bpf.o
	says "map_value_or_null" "error: the kernel does not load"
	nothing_left
}
