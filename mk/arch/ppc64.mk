# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# ppc64 (64-bit POWER, big-endian): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

include mk/arch/board/pseries.mk

ARCH_ALIASES     := powerpc64 ppc64be
TRIPLE           := powerpc64-linux-gnu
CROSS_PACKAGES   := gcc-powerpc64-linux-gnu libc6-dev-ppc64-cross

BPF_TARGET       := bpfeb
OBJDUMP_FLAGS    := -m powerpc:common64 -EB

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x

QEMU_USER        := qemu-ppc64
QEMU_KVM_HOSTS   := ppc64 ppc64le

LINUX_DEFCONFIG  := ppc64_guest_defconfig
