#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Root file systems that are not Debian's: built from source, or the user's.
load lib

# end ROOTFS: stops its VM
end() { mk VM_NAME=root ROOTFS="$1" qemu-stop; }

teardown() {
	for root in source "$BATS_TEST_TMPDIR"/own.*; do
		if [ -f "$root" ] || [ "$root" = source ]; then
			end "$root" >/dev/null
		fi
	done
}

# there ROOTFS LINE: runs it in the VM of that root
there() { mk VM_NAME=root ROOTFS="$1" ARGS="$2" qemu-ssh; }

# somebody DIR: makes a root that has nothing of the testbench but a public key
somebody() {
	local programs=$OUT/$ARCH/rootfs/source/usr

	mkdir -p "$1"/bin "$1"/sbin "$1"/lib "$1"/proc "$1"/sys "$1"/dev "$1"/tmp "$1"/etc/dropbear "$1"/root/.ssh
	cp "$programs/bin/busybox" "$programs/bin/rsync" "$programs/sbin/dropbear" "$1/bin/"
	for applet in sh mount mkdir ls cat grep ifconfig route poweroff sleep timeout uname; do
		ln -s busybox "$1/bin/$applet"
	done
	echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
	echo /bin/sh >"$1/etc/shells"
	cp "$OUT/keys/id_ed25519.pub" "$1/root/.ssh/authorized_keys"
	chmod 700 "$1/root" "$1/root/.ssh"
	cat >"$1/init" <<'END'
#!/bin/sh
export PATH=/bin:/sbin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
exec </dev/console >/dev/console 2>&1
echo somebody >/proc/sys/kernel/hostname
ifconfig lo 127.0.0.1 up
ifconfig eth0 10.0.2.15 up
route add default gw 10.0.2.2
dropbear -R
echo "somebody login: "
while :; do sleep 1000; done
END
	chmod +x "$1/init"
	ln -s ../init "$1/sbin/init"
}

# works ROOTFS: an app passes in its VM, and qemu-setup works
works() {
	run -0 mk VM_NAME=root ROOTFS="$1" qemu-start qemu-setup
	[[ $output != *"is not saved"* ]]
	run -0 mk VM_NAME=root ROOTFS="$1" run-minimal
	says "PASS"
	run -0 there "$1" 'cat /proc/sys/kernel/hostname; grep -c tracefs /proc/mounts'
	says somebody
}

@test "ROOTFS=source: an app passes, and the root has the tools" {
	run -0 mk VM_NAME=root ROOTFS=source run-minimal
	says "PASS"
	run -0 there source 'bpftool version && bpftool prog && rsync --version && ip -V && tc -V && cat /sys/module/overlay/refcnt /proc/modules'
	says "bpftool v" "rsync  version" "ip utility, iproute2" "tc utility, iproute2"
	# all programs are static
	[ -z "$(find "$OUT/$ARCH/rootfs/source" -name '*.so*')" ]
}

@test "ROOTFS=source: the next start is restored, too" {
	[ "$(mk ROOTFS=source config | sed -n 's/^SNAPSHOT=//p')" = 1 ] || skip "QEMU of $ARCH saves no state"
	mk VM_NAME=root ROOTFS=source qemu-start qemu-stop
	run -0 mk VM_NAME=root ROOTFS=source qemu-start
	says restored
}

@test "ROOTFS=<a cpio archive>: it is the initramfs, and ready at its login prompt" {
	mk ROOTFS=source rootfs
	somebody "$BATS_TEST_TMPDIR/root"
	(cd "$BATS_TEST_TMPDIR/root" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$BATS_TEST_TMPDIR/own.cpio.gz"
	works "$BATS_TEST_TMPDIR/own.cpio.gz"
}

@test "ROOTFS=<an ext2 image>: it is a disk, and never written to" {
	mk ROOTFS=source rootfs
	somebody "$BATS_TEST_TMPDIR/root"
	/sbin/mke2fs -q -t ext2 -d "$BATS_TEST_TMPDIR/root" -E root_owner=0:0 "$BATS_TEST_TMPDIR/own.ext2" 32m
	before=$(sha256sum <"$BATS_TEST_TMPDIR/own.ext2")
	works "$BATS_TEST_TMPDIR/own.ext2"
	run -0 there "$BATS_TEST_TMPDIR/own.ext2" 'echo new >/etc/new && cat /etc/new'
	mk VM_NAME=root ROOTFS="$BATS_TEST_TMPDIR/own.ext2" qemu-stop
	[ "$(sha256sum <"$BATS_TEST_TMPDIR/own.ext2")" = "$before" ]
}

@test "a ROOTFS that is not a root is an error" {
	run -2 mk ROOTFS=/nowhere/root.cpio qemu-start
	says "there is no such file" "debian or source"
	run -2 mk ROOTFS=surce qemu-start
	says "did you mean source?"
}

@test "Buildroot's post-build script installs the keys of this checkout; the tree has none" {
	export BR2_EXTERNAL_EBPF_TESTBENCH_PATH=$TESTBENCH/extras/buildroot
	TESTBENCH_KEYS=$OUT/keys run -0 extras/buildroot/board/post-build.sh "$BATS_TEST_TMPDIR/target"
	cmp "$OUT/keys/id_ed25519.pub" "$BATS_TEST_TMPDIR/target/root/.ssh/authorized_keys"
	cmp "$OUT/keys/dropbear_host_key" "$BATS_TEST_TMPDIR/target/etc/dropbear/dropbear_ed25519_host_key"
	[ -x "$BATS_TEST_TMPDIR/target/usr/lib/testbench/setup" ]
	TESTBENCH_KEYS=/nowhere run -1 extras/buildroot/board/post-build.sh "$BATS_TEST_TMPDIR/target"
	says "there is no /nowhere/id_ed25519.pub" "make keys"
	run -1 git grep -lE 'BEGIN [A-Z]+ PRIVATE|^ssh-(rsa|ed25519) ' extras/buildroot
}
