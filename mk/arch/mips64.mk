# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# mips64 (64-bit MIPS, big-endian): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

ARCH_ALIASES     := mips64eb
TRIPLE           := mips64-linux-gnuabi64
CROSS_PACKAGES   := gcc-mips64-linux-gnuabi64 libc6-dev-mips64-cross

BITS             := 64
BPF_TARGET       := bpfeb
BPF_ARCH         := mips
OBJDUMP_FLAGS    := -m mips:isa64r2 -EB

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x
VMLINUX_REGS     := mips64el

QEMU_SYSTEM      := qemu-system-mips64
QEMU_USER        := qemu-mips64
QEMU_KVM_HOSTS   := mips64
QEMU_CPU_tcg     := MIPS64R2-generic
QEMU_CPU_kvm     := host
include mk/arch/board/malta.mk
