#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The VM as a user sees it: started, found, broken in every way, gone.  Each
# test has a VM of its own, so that nothing here disturbs the apps' tests.
# shellcheck disable=SC2154 # bats' run sets output
# shellcheck disable=SC2030,SC2031,SC2153 # each test is a process of its own; make sets KERNEL
load lib

bats_require_minimum_version 1.5.0

setup() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	name=t$BATS_TEST_NUMBER
	dir=$OUT/$ARCH/vm/$KERNEL-$name
}

teardown() {
	[ ! -e "$dir" ] || mk VM_NAME="$name" qemu-stop
	gone
}

# my ARG...: make, for this test's VM
my() {
	mk VM_NAME="$name" "$@"
}

# running [LABEL]: the QEMUs of this test's VM, or of another, whatever the
# supervisor believes
running() {
	pgrep -f -- "^[^ ]*${QEMU##*/} -name ${1-$ARCH-$KERNEL-$name} " || [ $? -eq 1 ]
}

gone() {
	local pids

	pids=$(running "$@") && [ -z "$pids" ]
}

pid() {
	"$VM" get --dir "$dir" pid
}

@test "start, run, status, log, stop" {
	run -0 my qemu-start
	says "$ARCH-$KERNEL-$name ready in" "ssh port"
	run -0 my run-minimal
	says "LOAD     minimal" "PASS: "
	run -0 my run-minimal
	[[ $output != *LOAD* ]]
	run -0 my qemu-status
	says "$ARCH-$KERNEL-$name" running
	run -0 my qemu-log
	says "ebpf-testbench: ready"
	run -0 my qemu-start
	[[ $output != *"ready in"* ]]
	run -0 my qemu-stop
	says stopped
	gone
	run -0 my qemu-stop
	says "not running"
}

@test "two starts at once make one VM" {
	my qemu-start >"$BATS_TEST_TMPDIR/1" 2>&1 &
	first=$!
	my qemu-start >"$BATS_TEST_TMPDIR/2" 2>&1 &
	second=$!
	wait $first
	wait $second
	[ "$(running | wc -l)" -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/[12] | grep -c 'ready in')" -eq 1 ]
}

@test "QEMU killed during a run: the run says so, the next one starts anew" {
	my qemu-start
	my APPS_DIR= run-bootstrap ARGS='-a -t 60' >"$BATS_TEST_TMPDIR/log" 2>&1 &
	job=$!
	eventually 30 grep -q RUN "$BATS_TEST_TMPDIR/log"
	kill -9 "$(pid)"
	fails $job
	output=$(cat "$BATS_TEST_TMPDIR/log")
	says "error:" "qemu-start"
	run -3 "$VM" status "$dir"
	says dead
	run -0 my run-minimal
	says "ready in" "PASS: "
}

@test "a guest that panics: the run and the status show its last words" {
	my qemu-start
	run my qemu-ssh ARGS='echo c >/proc/sysrq-trigger'
	[ "$status" -ne 0 ]
	says "panic" "sysrq triggered crash"
	run -3 "$VM" status "$dir"
	says panic
	eventually 10 gone
	run -0 my run-minimal
	says "PASS: "
}

@test "a guest that panics before it is ready: its last words, and no QEMU left" {
	run -2 my BOOT_ARGS='init=/nowhere rdinit=/nowhere root=/dev/nowhere' qemu-start
	says "error:" "panic" "Unable to mount root fs"
	gone
}

@test "a guest that is never ready: the log's path, and no QEMU left" {
	run -2 my VM_TIMEOUT=2 qemu-start
	says "error:" "console.log" "VM_TIMEOUT"
	gone
}

@test "a kernel that QEMU cannot load: QEMU's own words" {
	head -c 4096 /dev/zero >"$BATS_TEST_TMPDIR/zeros"
	dir=$OUT/$ARCH/vm/image-zeros-$name
	run -2 my KERNEL="$BATS_TEST_TMPDIR/zeros" ACCEL=tcg VM_TIMEOUT=10 qemu-start
	says "error:"
	gone "$ARCH-image-zeros-$name"
}

@test "a kernel that may not be read" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	run -2 my KERNEL="$BATS_TEST_TMPDIR/dir" ACCEL=tcg VM_TIMEOUT=10 qemu-start
	says "cannot read the kernel"
}

@test "a port in use" {
	my qemu-start
	port=$("$VM" get --dir "$dir" port)
	run -2 mk VM_NAME="$name-b" SSH_PORT="$port" qemu-start
	says "error:" "SSH_PORT" "Could not set up host forwarding rule"
	gone "$ARCH-$KERNEL-$name-b"
}

@test "ACCEL=auto proves KVM once, and remembers the verdict" {
	[ "$ARCH" = "$HOST_ARCH" ] && [ -e /dev/kvm ] || skip "there is no KVM to prove"
	file=$OUT/$ARCH/accel/$(cat /proc/sys/kernel/random/boot_id)
	rm -f "$file"
	run -0 my qemu-start
	verdict=$(cat "$file")
	[ "$("$VM" get --dir "$dir" accel)" = "$verdict" ]
	case $verdict in
	kvm)	;;
	tcg)	says "ACCEL    TCG, not KVM: " ;;
	*)	false ;;
	esac
	my qemu-stop
	run -0 my qemu-start
	[[ $output != *ACCEL* ]]
}

@test "V=1 prints a QEMU command line that can be pasted into a shell" {
	line=$(my V=1 qemu-start | grep "^cd .* && $QEMU ")
	kill -9 "$(pid)"
	eventually 10 gone
	rm "$dir/console.log"
	(cd "$TESTBENCH" && sh -c "${line/ $QEMU / exec $QEMU }" >"$BATS_TEST_TMPDIR/qemu" 2>&1 3>&- </dev/null) &
	eventually 60 grep -q 'testbench: ready' "$dir/console.log"
	kill -9 "$(running)"
	eventually 10 gone
}

@test "an option that QEMU does not know: its own words" {
	run -2 my QEMU_ARGS=-nonsense qemu-start
	says "error:" "-nonsense: invalid option"
	gone
}

@test "Ctrl-C during a start leaves no VM" {
	# A job in the background ignores SIGINT unless it is told not to.
	setsid env --default-signal=INT make -C "$TESTBENCH" O="$O_GIVEN" ARCH="$ARCH" KERNEL="$KERNEL" \
		VM_NAME="$name" MAKEFLAGS= qemu-start >"$BATS_TEST_TMPDIR/log" 2>&1 </dev/null 3>&- &
	job=$!
	eventually 20 test -e "$dir/state.json"
	kill -INT -- "-$job"
	fails $job
	eventually 10 test ! -e "$dir/state.json"
	gone
}

@test "a supervisor killed during a start: the next start cleans up" {
	my qemu-start >"$BATS_TEST_TMPDIR/log" 2>&1 &
	job=$!
	eventually 20 test -e "$dir/state.json"
	kill -9 "$(grep -o "[0-9]*" "$dir/lock")"
	fails $job
	[ -n "$(running)" ]
	run -0 my qemu-start
	says "ready in"
	[ "$(running | wc -l)" -eq 1 ]
}

@test "the state of before a reboot is recognised" {
	my qemu-start
	kill -9 "$(pid)"
	jq '.boot_id = "00000000-0000-0000-0000-000000000000"' "$dir/state.json" >"$BATS_TEST_TMPDIR/state"
	cp "$BATS_TEST_TMPDIR/state" "$dir/state.json"
	run -3 "$VM" alive --dir "$dir"
	says reboot
	run -0 my qemu-start
	says "ready in"
}

@test "a disk full of something else: the start says so and leaves nothing" {
	unshare -rm true || skip "no user namespaces here"
	mkdir -p "$dir"
	run -2 unshare -rm sh -c "
		mount -t tmpfs -o size=16k tmpfs $dir
		head -c 1M /dev/zero >$dir/filler 2>/dev/null
		make -C $TESTBENCH O=$O_GIVEN ARCH=$ARCH KERNEL=$KERNEL VM_NAME=$name MAKEFLAGS= qemu-start </dev/null 3>&-"
	says "No space left on device"
	gone
}

@test "the sanitized supervisor starts, shows and stops a VM" {
	VM=$OUT/host/tests/vm-sanitized
	run -0 my VM="$VM" qemu-start
	says "ready in"
	run -0 my VM="$VM" qemu-status
	says running
	[[ $output != *Sanitizer* ]]
	run -0 my VM="$VM" qemu-stop
	says stopped
}

@test "the console shows what the guest prints; to leave it leaves the VM running" {
	my qemu-start
	# shellcheck disable=SC2094 # it waits for what the other end writes
	(eventually 20 grep -q hello-console "$BATS_TEST_TMPDIR/out"; printf '\035') |
		"$VM" console --dir "$dir" --for 30 >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	job=$!
	eventually 10 test -s "$BATS_TEST_TMPDIR/out"
	my qemu-ssh ARGS='echo hello-console >/dev/console'
	wait $job
	grep hello-console "$BATS_TEST_TMPDIR/out"
	"$VM" alive --dir "$dir"
}

@test "a kernel given by its path, with its modules" {
	kernel=$OUT/$ARCH/kernel/$KERNEL
	[ -e "$kernel/vmlinuz" ] || skip "KERNEL is a path already"
	dir=$OUT/$ARCH/vm/image-image-$name
	run -0 mk VM_NAME="$name" KERNEL="$kernel/image" \
		KERNEL_MODULES="$(echo "$kernel"/lib/modules/*)" run-minimal
	says "PASS: "
	mk VM_NAME="$name" KERNEL="$kernel/image" qemu-stop
}

@test "with everything fetched, no network is needed" {
	unshare -rn true || skip "no user namespaces here"
	run -0 unshare -rn sh -c "
		ip link set lo up
		make -C $TESTBENCH O=$O_GIVEN ARCH=$ARCH KERNEL=$KERNEL VM_NAME=$name MAKEFLAGS= \
			run-minimal qemu-stop -j1 </dev/null 3>&-"
	says "PASS: "
}
