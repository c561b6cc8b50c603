#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# VMs that break: the message for the user, and that no process is left behind.
load vm

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

@test "a start whose output nobody reads starts the VM, and saves it" {
	# "head" ends before the VM is ready
	for _ in 1 2; do
		my SNAPSHOTS="$BATS_TEST_TMPDIR/states" qemu-start 2>&1 | head -c 0
		"$VM" alive --dir "$dir"
		my SNAPSHOTS="$BATS_TEST_TMPDIR/states" qemu-stop
	done
	run -0 my SNAPSHOTS="$BATS_TEST_TMPDIR/states" qemu-start
	says "restored"
}

@test "a guest that panics: the run and the status show its last messages" {
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

# inside LINE: starts it in the guest without waiting: it may end the connection
inside() {
	scripts/remote "$dir" sh "(sleep 0.2; $1) </dev/null >/dev/null 2>&1 &"
}

# why CODE[|CODE] TEXT...: "vm why" now exits with one of these, and prints the TEXTs.  (While a server ends,
# another reason with the same code may be seen.)
why() {
	local code=0 codes=$1

	shift
	output=$("$VM" why --dir "$dir") || code=$?
	[[ $code =~ ^($codes)$ ]] && says "$@"
}

# becomes CODE[|CODE] TEXT...: "vm why" soon exits with that code and prints the TEXTs; after
# qemu-reset the VM works
becomes() {
	eventually 60 why "$@" || {
		echo "$output"
		false
	}
	shift
	[ -z "${told-}" ] || {
		run -2 my run-hello
		says "error: $ARCH-" "$@" "make qemu-reset"
	}
	run -0 my qemu-reset
	says "ready in"
	run -0 "$VM" why --timeout 20 --dir "$dir"
	says "looks well"
}

@test "a VM that runs but is not reached: the reason is named, and qemu-reset cures it" {
	my qemu-start
	kill -STOP "$(pid)"
	becomes 10 "is stopped by a signal" "kill -CONT $(pid)"
	"$VM" qmp --dir "$dir" stop
	becomes 12 "its CPU is stopped (QEMU's state: paused)"
	inside 'halt -f'
	# on some machines a halted CPU ends QEMU
	becomes '13|3' "the guest halted"
	inside 'for dir in / /tmp /run /dev/shm; do dd if=/dev/zero of=$dir/fill bs=64k; done'
	becomes 14 "no memory left" "MEM="
	inside 'dd if=/dev/zero of=/fill bs=64k'
	becomes 15 "its file system / is full"
	# the listening server, not the process of our connection
	inside "kill \$(pidof dropbear | tr ' ' '\\n' | sort -n | head -n 1)"
	becomes 16 "its SSH server does not run"
	told=
	inside 'for dev in /sys/class/net/e*; do ip link set ${dev##*/} down; done'
	becomes 16 "its network may be down"
}

@test "poweroff, halt and reboot in the guest end the VM" {
	for word in poweroff halt reboot; do
		my qemu-start
		inside "$word"
		# a machine without poweroff halts
		eventually 60 why '3|13'
		grep -E "the guest (powered off|rebooted|halted)" <<<"$output"
		my qemu-stop
	done
}

@test "a guest that panics before it is ready: its last messages, and no QEMU left" {
	run -2 my BOOT_ARGS='init=/nowhere rdinit=/nowhere root=/dev/nowhere' qemu-start
	says "error:" "panic" "Unable to mount root fs"
	gone
}

@test "a guest that is never ready: the log's path, and no QEMU left" {
	run -2 my SNAPSHOT=0 VM_TIMEOUT=2 qemu-start
	says "error:" "console.log" "VM_TIMEOUT"
	gone
}

@test "a kernel that QEMU cannot load: QEMU's message" {
	local label

	head -c 4096 /dev/zero >"$BATS_TEST_TMPDIR/zeros"
	label=image-$(path_name "$BATS_TEST_TMPDIR/zeros")-$name
	dir=$OUT/$ARCH/vm/$label
	run -2 my KERNEL="$BATS_TEST_TMPDIR/zeros" ACCEL=tcg VM_TIMEOUT=10 qemu-start
	says "error:"
	gone "$ARCH-$label"
}

@test "a kernel that cannot be read" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	run -2 my KERNEL="$BATS_TEST_TMPDIR/dir" ACCEL=tcg VM_TIMEOUT=10 qemu-start
	says "cannot read the kernel"
}

@test "a port in use" {
	my qemu-start
	port=$("$VM" get --dir "$dir" port)
	run -2 mk VM_NAME="$name-b" SSH_PORT="$port" qemu-start
	says "error:" "SSH_PORT" "Could not set up host forwarding rule"
	gone "$ARCH-$KERNEL_NAME-$name-b"
	# the saved state is not blamed
	run -0 mk VM_NAME="$name-b" qemu-start
	[[ $output != *"could not be restored"* ]]
}

@test "an option that QEMU does not know: QEMU's message" {
	run -2 my QEMU_ARGS=-nonsense qemu-start
	says "error:" "-nonsense: invalid option"
	gone
}

@test "Ctrl-C during a start leaves no VM" {
	my_job SNAPSHOT=0 qemu-start
	eventually 20 test -e "$dir/state.json"
	interrupt
	eventually 10 test ! -e "$dir/state.json"
	gone
}

@test "vm killed during a start: the next start cleans up" {
	my SNAPSHOT=0 qemu-start >"$BATS_TEST_TMPDIR/log" 2>&1 &
	job=$!
	eventually 20 test -e "$dir/state.json"
	kill_starter
	fails $job
	[ -n "$(running)" ]
	run -0 my qemu-start
	says "ready in"
	[ "$(running | wc -l)" -eq 1 ]
}

@test "a state.json from before a reboot is recognised" {
	my qemu-start
	kill -9 "$(pid)"
	jq '.boot_id = "00000000-0000-0000-0000-000000000000"' "$dir/state.json" >"$BATS_TEST_TMPDIR/state"
	cp "$BATS_TEST_TMPDIR/state" "$dir/state.json"
	run -3 "$VM" alive --dir "$dir"
	says reboot
	run -0 my qemu-start
	says "ready in"
}

@test "a full disk: the start says so and leaves no QEMU" {
	unshare -rm true || skip "no user namespaces here"
	mkdir -p "$dir"
	run -2 unshare -rm sh -c "
		mount -t tmpfs -o size=16k tmpfs $dir
		head -c 1M /dev/zero >$dir/filler 2>/dev/null
		$(mk_line VM_NAME="$name" qemu-start) </dev/null 3>&-"
	says "No space left on device"
	gone
}
