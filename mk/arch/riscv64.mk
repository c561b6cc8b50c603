# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# riscv64: all facts of this architecture.

ARCH_ALIASES     := riscv
DEBIAN_ARCH      := riscv64
TRIPLE           := riscv64-linux-gnu
CROSS_PACKAGES   := gcc-riscv64-linux-gnu libc6-dev-riscv64-cross

BITS             := 64
OBJDUMP_FLAGS    := -m riscv:rv64

KERNEL_SUITES    := trixie sid
KERNEL_FLAVOUR   := riscv64
KERNEL_FORMAT    := vmlinuz
ROOTFS_SUITE     := trixie

QEMU_SYSTEM      := qemu-system-riscv64
QEMU_KVM_HOSTS   := riscv64
QEMU_CPU_tcg     := rv64
QEMU_CPU_kvm     := host
include mk/arch/board/riscv-virt.mk
