#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The life of a VM: start, status, runs, console, stop.
load vm

@test "vm: what cannot be printed is an error, and a directory that was removed is none" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	run -1 bash -c '"$VM" status >/dev/full'
	says "vm: cannot write all of the output: No space left on device"
	run -0 bash -c '"$VM" status | true; exit "${PIPESTATUS[0]}"'
	run -0 bash -c 'cd "$1" && rmdir "$1" && "$(realpath "$2")" status --below out' - "$BATS_TEST_TMPDIR/gone" "$(realpath "$VM")"
}

@test "start, run, status, log, stop" {
	run -0 my qemu-start
	says "$ARCH-$KERNEL_NAME-$name ready in" "ssh port"
	run -0 my run-minimal
	says "LOAD     minimal" "PASS: "
	run -0 my run-minimal
	[[ $output != *LOAD* ]]
	run -0 my qemu-status
	says "$ARCH-$KERNEL_NAME-$name" running
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

@test "a VM whose directory was removed while it runs is shown as lost, and stopped" {
	my qemu-start
	rm -r "$dir"
	run -0 my qemu-status
	[[ $output =~ $ARCH-$KERNEL_NAME-$name\ +lost ]]
	run -0 my qemu-stop
	says "a QEMU that was left behind"
	gone
}

@test "a copy of a VM's directory is not that VM: it is neither shown nor stopped by the copy" {
	my qemu-start
	cp -al "$dir" "$dir-copy"
	run -3 "$VM" alive --dir "$dir-copy"
	run -0 "$VM" stop --dir "$dir-copy"
	says "not running"
	rm -r "$dir-copy"
	"$VM" alive --dir "$dir"
	run -0 my qemu-ssh ARGS='echo still there'
	says "still there"
}

@test "two starts at once make one VM" {
	my SNAPSHOT=0 qemu-start >"$BATS_TEST_TMPDIR/1" 2>&1 &
	first=$!
	my SNAPSHOT=0 qemu-start >"$BATS_TEST_TMPDIR/2" 2>&1 &
	second=$!
	wait $first
	wait $second
	[ "$(running | wc -l)" -eq 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/[12] | grep -c 'ready in')" -eq 1 ]
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

@test "vm, built with sanitizers, starts, shows and stops a VM" {
	VM=$OUT/host/tests/vm-sanitized
	run -0 my VM="$VM" qemu-start
	says "ready in"
	run -0 my VM="$VM" qemu-status
	says running
	[[ $output != *Sanitizer* ]]
	run -0 my VM="$VM" qemu-stop
	says stopped
}

@test "the console shows the guest's output; after leaving it the VM runs on" {
	my qemu-start
	(eventually 20 grep -q hello-console "$BATS_TEST_TMPDIR/out") |
		"$VM" console --dir "$dir" --for 1 >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	job=$!
	eventually 10 test -s "$BATS_TEST_TMPDIR/out"
	my qemu-ssh ARGS='echo hello-console >/dev/console'
	wait $job
	grep hello-console "$BATS_TEST_TMPDIR/out"
	"$VM" alive --dir "$dir"
}

@test "a splat of the kernel while a test of the target runs is that test's failure, with its trace" {
	local file=$BATS_TEST_TMPDIR/splat.bats

	# (bats would take @test for one of this file.)

	sed 's/^test/@test/' >"$file" <<-'EOF'
		load "$TESTBENCH/tests/apps/app"
		test "provokes it" {
			# A kernel with LKDTM has a real one.
			target 'echo WARNING >/sys/kernel/debug/provoke-crash/DIRECT 2>/dev/null ||
				printf "<4>WARNING: CPU: 0 PID: 1 at kernel/bpf/core.c:1 nothing+0x1/0x2\n" >/dev/kmsg'
		}
		test "is calm" { target true; }
	EOF
	my qemu-start
	run -1 env -u TARGET_AGAIN TARGET_DIR="$dir" scripts/run-test "$BATS_TEST_TMPDIR" "$file"
	says "1..3" "ok 1 provokes it" "ok 2 is calm" "not ok 3 the kernel prints no splat meanwhile: WARNING: " "# | WARNING: "
	# what was printed before is nothing of this run's, and a known one is no failure
	echo 'splat ^WARNING:  # WARN()
known nothing\+0x1|lkdtm # made for the test' >"$BATS_TEST_TMPDIR/splats"
	run -0 env -u TARGET_AGAIN TARGET_DIR="$dir" SPLATS="$BATS_TEST_TMPDIR/splats" scripts/run-test "$BATS_TEST_TMPDIR" "$file"
	says "# known: WARNING: " "(made for the test)" "ok 3 the kernel prints no splat meanwhile"
	diff <(echo "$output" | sort) <(sort "$BATS_TEST_TMPDIR/splat.tap")
}

@test "a kernel given by its path, with its modules" {
	kernel=$OUT/$ARCH/kernel/$KERNEL_NAME
	[ -e "$kernel/vmlinuz" ] || skip "KERNEL is a path already"
	dir=$OUT/$ARCH/vm/image-$(path_name "$kernel/image")-$name
	run -0 mk VM_NAME="$name" KERNEL="$kernel/image" \
		KERNEL_MODULES="$(echo "$kernel"/lib/modules/*)" run-minimal
	says "PASS: "
	mk VM_NAME="$name" KERNEL="$kernel/image" qemu-stop
}

@test "a kernel given as an .rpm, of which a VM boots" {
	local root=$BATS_TEST_TMPDIR/root rpm=$BATS_TEST_TMPDIR/mine.rpm release module

	kernel=$OUT/$ARCH/kernel/$KERNEL_NAME
	[ -e "$kernel/vmlinuz" ] || skip "KERNEL is no package of Debian"
	release=$(cat "$kernel/release")
	mkdir -p "$root/boot" "$root/lib/modules/$release"
	cp -l "$kernel/vmlinuz" "$root/boot/vmlinuz-$release"
	cp -l "$kernel/config" "$root/boot/config-$release"
	cp -l "$kernel/lib/modules/$release"/modules.builtin* "$root/lib/modules/$release/"
	# the transport is another one on each architecture
	for module in virtio_pci virtio_blk virtio_net virtio_rng virtio_console erofs overlay; do
		modprobe -d "$kernel" -S "$release" --show-depends "$module" 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | sort -u | while read -r module; do
		module=${module#"$kernel/"}
		mkdir -p "$root/${module%/*}"
		cp -l "$kernel/$module" "$root/$module"
	done
	kernel_package "$rpm" "$ARCH" "$root"
	dir=$OUT/$ARCH/vm/package-$(path_name "$rpm")-$name
	run -0 mk VM_NAME="$name" KERNEL="$rpm" SNAPSHOT=0 run-minimal
	says "PASS: "
	run -0 mk VM_NAME="$name" KERNEL="$rpm" SNAPSHOT=0 qemu-ssh ARGS='uname -r'
	says "$release"
	mk VM_NAME="$name" KERNEL="$rpm" qemu-stop
	rm -r "$OUT/$ARCH/kernel/package-$(path_name "$rpm")"*
}

@test "with everything fetched, no network is needed" {
	unshare -rn true || skip "no user namespaces here"
	run -0 unshare -rn sh -c "
		ip link set lo up
		$(mk_line VM_NAME="$name" run-minimal qemu-stop -j1) </dev/null 3>&-"
	says "PASS: "
}

@test "FG=1: the whole console in this terminal; Ctrl-A X ends the VM" {
	(eventually 60 grep -q 'testbench: ready' "$BATS_TEST_TMPDIR/out"; printf '\001x'
		eventually 60 grep -q ' stopped' "$BATS_TEST_TMPDIR/out") |
		timeout 1000 script -qfec "$(mk_line VM_NAME="$name" FG=1 BOOT_ARGS=loglevel=6 qemu-start)" \
			"$BATS_TEST_TMPDIR/out" >/dev/null 2>&1 3>&-
	output=$(cat "$BATS_TEST_TMPDIR/out")
	says "Ctrl-A X ends it" "Linux version" "ebpf-testbench: ready" stopped
	gone
}

@test "VMs of one name in two clones are independent, however long the paths are" {
	# in OUT, so that fetched and built files can be linked
	long=$OUT/$name.clone
	clone=$long/$(printf '%0120d' 0)
	git clone -q "$TESTBENCH" "$clone"
	mkdir -p "$clone/output/$ARCH"
	for part in host src "$ARCH/kernel" "$ARCH/rootfs" "$ARCH/initramfs"; do
		cp -al "$OUT/$part" "$clone/output/$part"
	done
	my qemu-start
	theirs() {
		mk -C "$clone" O=output VM_NAME="$name" "$@"
	}
	theirs qemu-start
	[ "$(running | wc -l)" -eq 2 ]
	theirs qemu-ssh ARGS='touch /tmp/there'
	run -0 my qemu-ssh ARGS='ls /tmp'
	[[ $output != *there* ]]
	theirs qemu-stop
	rm -rf "$long"
	"$VM" alive --dir "$dir"
}

@test "a VM that a test has ended, or made hang, is started again for the next test" {
	printf '#!/bin/sh\necho 1..1; echo ok 1 - alone\n' >"$BATS_TEST_TMPDIR/alone"
	chmod +x "$BATS_TEST_TMPDIR/alone"
	my qemu-start
	first=$(pid)
	export TARGET_DIR=$dir
	TARGET_AGAIN=$(mk_line VM_NAME="$name" qemu-start qemu-load-hello)
	export TARGET_AGAIN
	run -0 scripts/run-test "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/alone"
	[ "$output" = $'1..1\nok 1 - alone' ]
	[ "$(pid)" = "$first" ]

	run my qemu-ssh ARGS='echo c >/proc/sysrq-trigger'
	eventually 60 gone
	run -0 scripts/run-test "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/alone"
	says "# the VM has ended; for $BATS_TEST_TMPDIR/alone it is started again" "ok 1 - alone"
	second=$(pid)
	[ "$second" != "$first" ]

	# a guest that has halted, as one that hangs
	my qemu-ssh ARGS='(sleep 0.2; halt -f) </dev/null >/dev/null 2>&1 &'
	eventually 60 grep -q 'System halted' "$dir/console.log"
	run -0 scripts/run-test "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/alone"
	says "; for $BATS_TEST_TMPDIR/alone it is started again" "ok 1 - alone"
	[ "$(pid)" != "$second" ]
}
