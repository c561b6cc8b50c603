#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# A directory of this machine in the guest.
# shellcheck disable=SC2154 # bats' run sets output
# shellcheck disable=SC2030,SC2031,SC2153 # each test is a process of its own; make sets KERNEL
load vm

# shared ARG...: make, for this test's VM, which shares a directory of the test's own;
# on the disk of OUT, since /tmp may be a file system that NFS cannot export
shared() {
	share=$dir.share
	mkdir -p "$share"
	my SHARE="$share" "$@"
}

# both_ways TYPE: what one end writes, the other reads; after a stop and a reset, too
both_ways() {
	local start

	share=$dir.share
	mkdir -p "$share"
	head -c 300000 /dev/urandom >"$share/from-here"
	sum=$(md5sum <"$share/from-here")
	for start in "qemu-start" "qemu-stop qemu-start" qemu-reset; do
		# shellcheck disable=SC2086 # goals
		run -0 shared SHARE_TYPE="$1" $start
		says "is /mnt/share in the guest, by $1"
		run -0 shared SHARE_TYPE="$1" qemu-ssh ARGS='md5sum </mnt/share/from-here; head -c 300000 /dev/urandom >/mnt/share/from-there; md5sum </mnt/share/from-there'
		says "$sum" "$(md5sum <"$share/from-there")"
	done
	shared SHARE_TYPE="$1" qemu-stop
	# what served it ends with the VM
	eventually 10 no_server
	rm -r "$share"
}

# no_server: nothing of this test's share runs
no_server() {
	local pids

	pids=$(pgrep -f -- "[ :/]$(basename "$dir")/nfs/|passive .*$share" || [ $? -eq 1 ])
	[ -z "$pids" ]
}

@test "9p" {
	both_ways 9p
	grep -q restored <<<"$(shared qemu-start)"
	rm -r "$share"
}

@test "NFS" {
	[ "$(id -u)" = 0 ] || skip "the server, nfs-ganesha, runs as root only"
	both_ways nfs
}

@test "sshfs" {
	both_ways sshfs
}

@test "mistakes: no such directory, no such type, another directory than the VM's" {
	run -2 my SHARE=/nowhere qemu-start
	says "SHARE=/nowhere: there is no such directory"
	run -2 my SHARE=/tmp SHARE_TYPE=9q qemu-start
	says "SHARE_TYPE=9q is not known, did you mean 9p?"
	mkdir "$BATS_TEST_TMPDIR/other"
	shared qemu-start
	run -2 my SHARE="$BATS_TEST_TMPDIR/other" qemu-start
	says "error: the VM shares another directory: $share" "make qemu-stop qemu-start"
	my qemu-stop
	my qemu-start
	run -2 shared qemu-start
	says "error: the VM was started without $share" "make qemu-stop qemu-start"
	rm -r "$share"
}
