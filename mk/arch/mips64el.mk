# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# mips64el (64-bit MIPS, little-endian): all facts of this architecture.

ARCH_ALIASES     := mips64le
DEBIAN_ARCH      := mips64el
TRIPLE           := mips64el-linux-gnuabi64
CROSS_PACKAGES   := gcc-mips64el-linux-gnuabi64 libc6-dev-mips64el-cross

BITS             := 64
BPF_TARGET       := bpfel
BPF_ARCH         := mips
OBJDUMP_FLAGS    := -m mips:isa64r2 -EL

KERNEL_SUITES    := bookworm
KERNEL_FLAVOUR   := 5kc-malta
KERNEL_FORMAT    := vmlinuz
# Debian's kernels for it have no BTF from which a header could be made.
VMLINUX_ARCH     := arm64
ROOTFS_SUITE     := bookworm

QEMU_SYSTEM      := qemu-system-mips64el
QEMU_KVM_HOSTS   := mips64el
QEMU_CPU_tcg     := MIPS64R2-generic
QEMU_CPU_kvm     := host
include mk/arch/board/malta.mk
