#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Making images: interruption, full disk, bad input.
load lib

# An output directory of this test, with links to the costly parts of the real one.
setup() {
	out=$BATS_TEST_TMPDIR/out
	mkdir -p "$out/$ARCH"
	ln -s "$OUT/apt" "$OUT/keys" "$out/"
}

@test "Ctrl-C in the middle of an image build leaves nothing half-made" {
	mk_job "$BATS_TEST_TMPDIR/log" O="$out" rootfs
	eventually 60 bash -c "compgen -G '$out/$ARCH/rootfs/*.part/root.tar' || compgen -G '$out/$ARCH/rootfs/*.part'"
	interrupt
	cat "$BATS_TEST_TMPDIR/log"
	[ ! -e "$out/$ARCH/rootfs/$ROOTFS_NAME" ]
	eventually 20 bash -c "! compgen -G '$out/$ARCH/rootfs/*/etc'"
	eventually 20 bash -c "pgrep -g $job; [ \$? -eq 1 ]"
	# the umask of the build does not affect the guest
	(umask 077; mk O="$out" rootfs)
	for dir in / /usr /etc /usr/lib/testbench /mnt/share; do
		run -0 dump.erofs --path="$dir" "$out/$ARCH/rootfs/$ROOTFS_NAME"
		says "/rwxr-xr-x"
	done
}

@test "a full disk: the error says so, the former image stays" {
	unshare -rm true || skip "no user namespaces here"
	mkdir "$out/$ARCH/rootfs"
	cp -r "$OUT/$ARCH/rootfs/${ROOTFS_NAME%.erofs}" "$out/$ARCH/rootfs/" 2>/dev/null
	run -2 unshare -rm sh -c "
		mkdir $out/small && mount -t tmpfs -o size=8m tmpfs $out/small
		mkdir $out/small/$ARCH $out/small/$ARCH/rootfs
		for base in $out/$ARCH/rootfs/*/; do ln -s \$base $out/small/$ARCH/rootfs/; done
		ln -s $OUT/apt $OUT/keys $out/small/
		echo old >$out/small/$ARCH/rootfs/$ROOTFS_NAME
		touch -d 2000-01-01 $out/small/$ARCH/rootfs/$ROOTFS_NAME
		$(mk_line O="$out/small" rootfs) </dev/null 3>&-
		status=\$?
		cat $out/small/$ARCH/rootfs/$ROOTFS_NAME
		ls $out/small/$ARCH/rootfs
		exit \$status"
	says "No space left on device" "old"
	[[ $output != *$ROOTFS_NAME.tmp* ]]
}

@test "a kernel image without a kernel in it is refused" {
	head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/image"
	run -1 scripts/extract-vmlinux "$BATS_TEST_TMPDIR/image" "$BATS_TEST_TMPDIR/vmlinux"
	says "no kernel found in it"
	[ ! -e "$BATS_TEST_TMPDIR/vmlinux" ]
}

@test "two kernel images of one name are two kernels, whatever their times; a replaced image is noticed" {
	local image=$BATS_TEST_TMPDIR/a/image kernels=$out/$ARCH/kernel

	mkdir "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	for dir in a b c; do
		echo "$dir" >"$BATS_TEST_TMPDIR/$dir.old"
		touch -d 2000-01-01 "$BATS_TEST_TMPDIR/$dir.old"
	done
	for dir in a b; do
		mv "$BATS_TEST_TMPDIR/$dir.old" "$BATS_TEST_TMPDIR/$dir/image"
		mk O="$out" KERNEL="$BATS_TEST_TMPDIR/$dir/image" kernel
	done
	[ "$(cat "$kernels"/*/image | sort | xargs)" = "a b" ]
	run -0 mk O="$out" KERNEL="$image" kernel
	says "Nothing to be done"
	mv "$BATS_TEST_TMPDIR/c.old" "$image"
	run -0 mk O="$out" KERNEL="$image" kernel
	says "KERNEL   $image"
	[ "$(cat "$kernels"/*/image | sort | xargs)" = "b c" ]
	run -2 mk O="$out" KERNEL="$image" KERNEL_MODULES="$BATS_TEST_TMPDIR" kernel
	says "KERNEL_MODULES=$BATS_TEST_TMPDIR has no modules.dep" "lib/modules/<release>"
}

@test "a kernel's packages, .deb and .rpm, image and modules apart; what is wrong with one is said" {
	local dir=$BATS_TEST_TMPDIR release=6.1-mine modules builtin

	modules=$dir/modules/lib/modules/$release builtin=$modules/modules.builtin
	mkdir -p "$dir/image/boot" "$dir/modules/boot" "$modules/kernel/"{sound,fs}
	echo image >"$dir/image/boot/vmlinuz-$release"
	echo CONFIG_HZ=250 >"$dir/modules/boot/config-$release"
	printf 'kernel/%s.ko\n' virtio_net erofs overlay >"$builtin"
	touch "$modules/kernel/"{sound/loud,fs/small}.ko
	kernel_package "$dir/image.deb" "$ARCH" "$dir/image"
	kernel_package "$dir/modules.rpm" "$ARCH" "$dir/modules"
	kernel_package "$dir/other.rpm" sparc "$dir/image"
	echo nothing >"$dir/broken.deb"
	run -2 mk O="$out" KERNEL="$dir/broken.deb" kernel
	says "cannot read the package $dir/broken.deb" "not a Debian format archive"
	run -2 mk O="$out" KERNEL="$dir/other.rpm" kernel
	says "other.rpm is a package for sparc" "make ARCH=sparc"
	run -2 mk O="$out" KERNEL="$dir/modules.rpm" kernel
	says "modules.rpm has no kernel image" "It is modules 1-1 $ARCH"
	run -2 mk O="$out" KERNEL="$dir/image.deb" kernel
	says "image.deb has no modules for its kernel, $release" "KERNEL_MODULES="
	run -2 mk O="$out" KERNEL="$dir/image.deb" KERNEL_MODULES="$dir/modules" kernel
	says "$dir/modules is no .deb or .rpm that is there"
	run -2 mk O="$out" KERNEL="$dir/image.deb" KERNEL_MODULES="$dir/modules.rpm" kernel
	says "the kernel $release lacks what the VM boots with: virtio_blk"

	# A package that was replaced is another one.
	printf 'kernel/%s.ko\n' virtio_blk >>"$builtin"
	kernel_package "$dir/modules.rpm" "$ARCH" "$dir/modules"
	mk O="$out" KERNEL="$dir/image.deb" KERNEL_MODULES="$dir/modules.rpm" kernel
	run -0 mk O="$out" KERNEL="$dir/image.deb" KERNEL_MODULES="$dir/modules.rpm" kernel
	says "Nothing to be done"
	cd "$out/$ARCH/kernel/package-$(path_name "$dir/image.deb")"
	[ "$(cat image config release)" = "image
CONFIG_HZ=250
$release" ]
	[ -e "lib/modules/$release/kernel/fs/small.ko" ]
	[ ! -e "lib/modules/$release/kernel/sound" ]
	grep "image 1-1, image.deb" version
}

@test "the types of a kernel are found in a flat image, compressed or not, of either byte order" {
	local dir=$BATS_TEST_TMPDIR name

	# a header of BTF, one type, an int of 4 bytes, and its name
	printf '\x9f\xeb\1\0\x18\0\0\0\0\0\0\0\x10\0\0\0\x10\0\0\0\6\0\0\0\1\0\0\0\0\0\0\1\4\0\0\0\x20\0\0\1\0int2\0' >"$dir/little"
	printf '\xeb\x9f\1\0\0\0\0\x18\0\0\0\0\0\0\0\x10\0\0\0\x10\0\0\0\6\0\0\0\1\1\0\0\0\0\0\0\4\1\0\0\x20\0int2\0' >"$dir/big"
	for name in little big; do
		run -0 bpftool btf dump file "$dir/$name"
		says "INT 'int2' size=4"
		{ head -c 5000 /dev/zero; cat "$dir/$name"; head -c 5000 /dev/zero; } >"$dir/flat"
		for tool in cat gzip xz zstd; do
			{ head -c 3000 /dev/zero; $tool <"$dir/flat"; echo more; } >"$dir/image"
			scripts/extract-vmlinux --btf "$dir/image" "$dir/btf"
			cmp "$dir/btf" "$dir/$name"
		done
	done
	head -c 5000 /dev/zero >"$dir/image"
	run -1 scripts/extract-vmlinux --btf "$dir/image" "$dir/none"
	says "no BTF found in it" "CONFIG_DEBUG_INFO_BTF"
	[ ! -e "$dir/none" ]
}

@test "keys that a full disk has cut are made again; others stay" {
	local dir=$BATS_TEST_TMPDIR/keys file

	scripts/make-keys "$dir"
	cp -r "$dir" "$dir.first"
	scripts/make-keys "$dir"
	diff -r "$dir" "$dir.first"
	for file in id_ed25519.pub dropbear_host_key; do
		: >"$dir/$file"
		scripts/make-keys "$dir"
		[ -s "$dir/$file" ]
	done
	ssh-keygen -y -f "$dir/id_ed25519" | grep -qF "$(cut -d' ' -f 1,2 "$dir/id_ed25519.pub")"
}

@test "only its owner can read the private key, and no key is in git" {
	[ "$(stat -c %a "$OUT/keys/id_ed25519")" = 600 ]
	run -1 git grep -lE 'BEGIN (OPENSSH|RSA|EC) PRIVATE'
	[ -z "$(git ls-files output)" ]
}
