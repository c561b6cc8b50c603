#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The VM on a TAP device, in a network namespace of the test: this machine's network is not changed.
load vm

# needs: skips without TUN devices or user namespaces
needs() {
	[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
	unshare -rn true || skip "no user namespaces here"
}

# inside SCRIPT: runs it as root of a network namespace that has a loopback device only;
# there, mk is make as above, and my is make for this test's VM
inside() {
	unshare -rn bash -euc 'ip link set lo up
		name=$1
		shift
		make=("$@")
		mk() { "${make[@]}" "$@"; }
		my() { mk VM_NAME="$name" USE_TAP=1 "$@"; }
		'"$1" inside "$name" "${MK[@]}" </dev/null 3>&-
}

@test "traffic in both directions; XDP in the guest counts the packets of this machine" {
	needs
	run -0 inside '
		my tap
		my tap		# the device may exist already
		my qemu-start
		my qemu-load-hello
		my qemu-ssh ARGS="ip -4 addr show; ping -c 3 -W 5 10.42.0.1"
		my run-hello ARGS="-i eth0 -n 25 -t 60" &
		for ((i = 0; i < 600; i++)); do
			kill -0 $! || break
			echo x >/dev/udp/10.42.0.100/9999
			sleep 0.05
		done 2>/dev/null
		wait $!
		my qemu-stop
		my tap-down
		ip -o link | wc -l'
	says "TAP      tap1 is 10.42.0.1" "inet 10.42.0.100/24" "3 packets received" \
		"detached from eth0: 25 packets received" "PASS: "
	[ "${lines[-1]}" = 1 ]
}

@test "a VM on a TAP device is restored, too, and used by a make without USE_TAP" {
	needs
	run -0 inside '
		my tap
		my qemu-start
		my qemu-stop
		my qemu-start
		my run-minimal
		mk VM_NAME="$name" run-minimal
		my qemu-reset run-minimal
		my qemu-stop'
	[ "$(grep -c 'ready in .*restored' <<<"$output")" -ge 2 ]
	[[ $output != *mux_client* ]]
	[ "$(grep -c '^PASS: ' <<<"$output")" -eq 3 ]
}

@test "qemu-setup gives a guest without an address one, over its console" {
	needs
	run -0 inside '
		my tap
		my qemu-start
		my qemu-ssh ARGS="(sleep 1; ip addr flush dev eth0) >/dev/null 2>&1 &"
		for ((i = 0; i < 600; i++)); do
			timeout 2 bash -c ": </dev/tcp/10.42.0.100/22" || break
			sleep 0.1
		done
		[ $i -lt 600 ]
		my qemu-setup
		my qemu-ssh ARGS="ip -4 addr show"
		my qemu-stop'
	says "inet 10.42.0.100/24"
}

@test "no TAP device, a used one, no rights: each error names the remedy" {
	needs
	run -0 inside '
		! my qemu-start
		my tap TAP_NAME=tap7 TAP_IP_HOST=10.42.0.1
		my qemu-start TAP_NAME=tap7
		! my VM_NAME="$name-b" TAP_NAME=tap7 qemu-start
		my qemu-stop
		! my tap TAP_NAME=lo'
	says "error: this machine has no TAP device tap1" "sudo make tap" \
		"a VM has a TAP device for itself" "lo exists already, and is not a TAP device"
	unshare -U true || skip "no user namespaces here"
	run -1 unshare -U scripts/tap up tap1 10.42.0.1 nobody
	says "only root may" "sudo make tap"
}
