# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# riscv32 (RV32IMAFDC): all facts of this architecture.
# Debian has neither a port nor a C library for it: kernel, C library and root are built here, by the
# compiler for 64 bits.

ARCH_ALIASES     := rv32
TRIPLE           := riscv32-linux-musl
CROSS_PACKAGES   := gcc-riscv64-linux-gnu linux-libc-dev-riscv64-cross
MUSL_CFLAGS      := -march=rv32gc -mabi=ilp32d
MUSL_EMULATION   := elf32lriscv

BITS             := 32
OBJDUMP_FLAGS    := -m riscv:rv32

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
VMLINUX_ARCH     := riscv64

QEMU_SYSTEM      := qemu-system-riscv32
QEMU_CPU_tcg     := rv32
# The QEMU of Debian 12 comes without firmware for 32 bits.
QEMU_FIRMWARE    := opensbi usr/lib/riscv32-linux-gnu/opensbi/generic/fw_dynamic.bin

LINUX_TRIPLE     := riscv64-linux-gnu
include mk/arch/board/riscv-virt.mk
