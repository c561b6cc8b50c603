# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# ppc64le (64-bit POWER, little-endian): all facts of this architecture.

include mk/arch/board/pseries.mk

ARCH_ALIASES     := ppc64el powerpc64le
DEBIAN_ARCH      := ppc64el
TRIPLE           := powerpc64le-linux-gnu
CROSS_PACKAGES   := gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross

BPF_TARGET       := bpfel
OBJDUMP_FLAGS    := -m powerpc:common64 -EL

KERNEL_SUITES    := bookworm trixie sid
KERNEL_FLAVOUR   := powerpc64le
# Debian's package has an ELF vmlinux, as vmlinux-<release>.
KERNEL_FORMAT    := vmlinuz
ROOTFS_SUITE     := trixie

QEMU_KVM_HOSTS   := ppc64le

LINUX_DEFCONFIG  := ppc64le_guest_defconfig
