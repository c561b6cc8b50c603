#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Directories of this machine in the guest.
load vm

# shared ARG...: my, with a shared directory of this test; in OUT, since /tmp may be a file system
# that NFS cannot export
shared() {
	share=$dir.share
	mkdir -p "$share"
	my SHARE="$share" "$@"
}

# both_ways TYPE [OWNER]: each end reads the files of the other, also after a stop and a reset; the
# guest's root can make no setuid file and no device
both_ways() {
	local start

	share=$dir.share
	mkdir -p "$share"
	[ $# -eq 1 ] || chown "$2" "$share"
	head -c 300000 /dev/urandom >"$share/from-here"
	sum=$(md5sum <"$share/from-here")
	for start in "qemu-start" "qemu-stop qemu-start" qemu-reset; do
		# shellcheck disable=SC2086 # goals
		run -0 shared SHARE_TYPE="$1" $start
		says "is /mnt/share in the guest, by $1"
		run -0 shared SHARE_TYPE="$1" qemu-ssh ARGS='md5sum </mnt/share/from-here; head -c 300000 /dev/urandom >/mnt/share/from-there; md5sum </mnt/share/from-there'
		says "$sum" "$(md5sum <"$share/from-there")"
	done
	run shared SHARE_TYPE="$1" qemu-ssh ARGS='cd /mnt/share && cp /bin/busybox su && chmod 4755 su; chmod 2755 su; mknod -m 666 disk b 8 0'
	[ -e "$share/su" ]
	[ -z "$(find "$share" -perm /6000 -o -type b)" ]
	[ $# -eq 1 ] || [ "$(stat -c %u "$share/su")" = "$2" ]
	refused
	shared SHARE_TYPE="$1" qemu-stop
	# the server ends with the VM
	eventually 10 no_server
	rm -r "$share"
}

# refused: only the guest reaches the server of the share; redefined for each type
refused() {
	:
}

# no_server: no server of this test's share runs
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

@test "9p: QEMU of root becomes nobody, or the owner of the directory" {
	[ "$(id -u)" = 0 ] || skip "QEMU is this user's"
	my qemu-start
	[ "$(stat -c %u "/proc/$(pid)/task")" = 65534 ]
	my qemu-stop
	both_ways 9p 12345
}

# The server runs as root in a network of its own; its socket belongs to root.
refused_nfs() {
	local server

	server=$(<"$dir/nfs/pid")
	[ "$(readlink "/proc/$server/ns/net")" != "$(readlink /proc/self/ns/net)" ]
	run ! setpriv --reuid 12345 --regid 12345 --clear-groups socat -u OPEN:/dev/null "UNIX-CONNECT:$dir/nfs/sock"
	says "Permission denied"
	# the attempts of another VM, and of another user of this machine
	run ! shared SHARE_TYPE=nfs qemu-ssh ARGS='mkdir -p /tmp/x; mount -i -t nfs4 -o addr=10.0.2.2,port=2049,vers=4.1,retrans=0,soft 10.0.2.2:/share /tmp/x'
	says "refused"
	run ! bash -c ': </dev/tcp/127.0.0.1/2049'
}

@test "NFS: only the guest reaches the server, and is not root there" {
	[ "$(id -u)" = 0 ] || skip "the server, nfs-ganesha, runs as root only"
	refused() { refused_nfs; }
	both_ways nfs 12345
	mkdir "$share"
	echo secret >"$share/0600"
	chmod 600 "$share/0600"
	run -0 shared SHARE_TYPE=nfs qemu-start
	says "$share is root's"
	run shared SHARE_TYPE=nfs qemu-ssh ARGS='cd /mnt/share && ls && cat 0600; touch new'
	says "0600" "denied"
	[[ $output != *secret* ]]
	[ ! -e "$share/new" ]
	rm -r "$share"
}

@test "sshfs" {
	if [ "$(id -u)" = 0 ]; then
		run -2 shared SHARE_TYPE=sshfs qemu-start
		says "the guest would be root on this machine"
		my qemu-stop
		both_ways sshfs 65534
	else
		both_ways sshfs
	fi
}

@test "errors: no such directory, no such type, another directory than the VM's" {
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
