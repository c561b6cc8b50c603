# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# mipsel (32-bit MIPS, little-endian): all facts of this architecture.

ARCH_ALIASES     := mips32el mips32le mipsle
DEBIAN_ARCH      := mipsel
TRIPLE           := mipsel-linux-gnu
CROSS_PACKAGES   := gcc-mipsel-linux-gnu libc6-dev-mipsel-cross

BITS             := 32
BPF_TARGET       := bpfel
BPF_ARCH         := mips
OBJDUMP_FLAGS    := -m mips:isa32r2 -EL

# Debian's last kernel for it.
KERNEL_SUITES    := bookworm
KERNEL_FLAVOUR   := 4kc-malta
KERNEL_FORMAT    := vmlinuz
# Debian's kernels for it have no BTF from which a header could be made.
VMLINUX_ARCH     := arm64
VMLINUX_REGS     := mips
ROOTFS_SUITE     := bookworm

QEMU_SYSTEM      := qemu-system-mipsel
QEMU_CPU_tcg     := 24Kf
include mk/arch/board/malta.mk
