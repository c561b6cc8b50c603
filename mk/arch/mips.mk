# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# mips (32-bit MIPS, big-endian): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

ARCH_ALIASES     := mips32 mipseb
TRIPLE           := mips-linux-gnu
CROSS_PACKAGES   := gcc-mips-linux-gnu libc6-dev-mips-cross

BITS             := 32
BPF_TARGET       := bpfeb
BPF_ARCH         := mips
OBJDUMP_FLAGS    := -m mips:isa32r2 -EB

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x

QEMU_SYSTEM      := qemu-system-mips
QEMU_USER        := qemu-mips
QEMU_CPU_tcg     := 24Kf
include mk/arch/board/malta.mk
