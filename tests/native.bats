#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Apps built in the guest. `make check-native` runs this, `make check` does not: the image
# with the compilers is a download of 160 MB, and clang takes its time under TCG.
load vm

# as in vm.bash, for the VM of ROOTFS_DEV=1
setup() {
	name=native$BATS_TEST_NUMBER
	dir=$OUT/$ARCH/vm/$KERNEL.dev-$name
	share=$BATS_TEST_TMPDIR/share
}

teardown() {
	[ ! -e "$dir/state.json" ] || "$VM" stop --dir "$dir"
	gone "$ARCH-$KERNEL.dev-$name"
}

# tiny DIR: makes an app that uses libbpf only, exits with its argument, and builds quickly
tiny() {
	mkdir -p "$1/include" "$1/apps"
	cat >"$1/apps/tiny.bpf.c" <<-EOT
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		int answer = 6;
		SEC("socket") int prog(void *ctx) { return answer; }
		char LICENSE[] SEC("license") = "GPL";
	EOT
	cat >"$1/apps/tiny.c" <<-EOT
		#include <bpf/bpf.h>
		#include "tiny.h"
		#include "tiny.skel.h"
		int main(int argc, char **argv)
		{
			struct tiny_bpf *skel = tiny_bpf__open_and_load();
			char packet[64] = {};
			LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

			if (!skel || bpf_prog_test_run_opts(bpf_program__fd(skel->progs.prog), &opts))
				return 99;
			printf("the answer is %d, given %d arguments\n", opts.retval * TIMES, arguments(argc));
			return argc > 1 ? atoi(argv[1]) : 0;
		}
	EOT
	printf '#define TIMES 7\nint arguments(int argc);\n' >"$1/include/tiny.h"
	echo 'int arguments(int argc) { return argc - 1; }' >"$1/include/arguments.c"
	printf 'tiny_SRCS := ../include/arguments.c\ntiny_INCLUDES := ../include\n' >"$1/apps/tiny.mk"
}

@test "native-minimal: built and run in a VM of its own; nothing is written to the share" {
	touch "$BATS_TEST_TMPDIR/before"
	run -0 my native-minimal
	says "$TESTBENCH is /mnt/share in the guest, by 9p" "BTF      vmlinux.h" "BPF      minimal.bpf.o" \
		"SKEL     minimal.skel.h" "CC       minimal" "PASS: "
	[ -z "$(find apps extras -newer "$BATS_TEST_TMPDIR/before")" ]
	# a second run builds nothing
	run -0 my native-minimal
	says "RUN      native/apps/minimal" "PASS: "
	[[ $output != *"  BPF "* && $output != *"  CC "* && $output != *LOAD* ]]
	# the guest's compiler has made it
	run -0 my ROOTFS_DEV=1 qemu-ssh ARGS='strings -a native/apps/minimal | grep ^GCC:; gcc --version | head -n 1'
	says "$(sed -n 's/.*) //p' <<<"${lines[-1]}")"
	run -0 my ROOTFS_DEV=1 qemu-status
	says "$ARCH-$KERNEL.dev-$name"
}

@test "an app of APPS_DIR: arguments, its status, a change, an error, further sources" {
	tiny "$share"
	run -2 my APPS_DIR="$share/apps" native-tiny
	says "$share/include/arguments.c is not in it" "SHARE="
	export APPS_DIR=$share/apps SHARE=$share
	run -2 my native-tiny ARGS='3 x'
	says "CC       tiny" "the answer is 42, given 2 arguments" "Error 3"
	sed -i 's/TIMES 7/TIMES 8/' "$share/include/tiny.h"
	run -0 my native-tiny
	says "CC       tiny" "the answer is 48, given 0 arguments"
	[[ $output != *"  BPF "* ]]
	echo nonsense >>"$share/apps/tiny.bpf.c"
	run -2 my native-tiny
	says "tiny.bpf.c:6:1: error: " "error: cannot build tiny in the guest"
	[ "$(cd "$share" && find . -type f | sort | xargs)" = \
		"./apps/tiny.bpf.c ./apps/tiny.c ./apps/tiny.mk ./include/arguments.c ./include/tiny.h" ]
	# a goal that needs another directory than the shared one is refused; others work
	unset SHARE
	run -2 my native-minimal
	says "error: the VM shares another directory: $share" "make ROOTFS_DEV=1 qemu-stop qemu-start"
	run -0 my ROOTFS_DEV=1 qemu-ssh ARGS='ls /mnt/share'
	says include
}

@test "a kernel without BTF: the guest gets the vmlinux.h of this machine" {
	my ROOTFS_DEV=1 qemu-start
	my ROOTFS_DEV=1 qemu-ssh ARGS='mount -t tmpfs none /sys/kernel/btf'
	run -0 my native-minimal
	says "LOAD     vmlinux.h" "BPF      minimal.bpf.o" "PASS: "
}
