# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# parisc64 (64-bit PA-RISC kernel, big-endian): all facts of this architecture.
# Its programs and its root are those of parisc.

include mk/arch/board/hppa.mk

ARCH_ALIASES     := hppa64

BITS             := 64
BPF_ARCH         := parisc64
OBJDUMP_FLAGS    := -m hppa2.0w -EB

QEMU_MACHINE     := C3700
QEMU_CPU_tcg     := hppa64
# QEMU 10.0 gives gdb the registers of the 32-bit CPU; the kernel's addresses are below 4 GiB.
GDB_ARCH         := hppa1.0

LINUX_ARCH       := parisc64
LINUX_TRIPLE     := hppa64-linux-gnu
LINUX_DEFCONFIG  := generic-64bit_defconfig
LINUX_LIBGCC     := 1
