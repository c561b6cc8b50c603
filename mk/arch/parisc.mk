# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# parisc (32-bit PA-RISC, big-endian): all facts of this architecture.

include mk/arch/board/hppa.mk

ARCH_ALIASES     := hppa parisc32

BITS             := 32
BPF_ARCH         := parisc
OBJDUMP_FLAGS    := -m hppa1.0 -EB

QEMU_MACHINE     := B160L
QEMU_CPU_tcg     := hppa
# Two devices share each of the four interrupts of the bus, and Linux calls the driver of one of them alone
# (drivers/parisc/dino.c): the others are asked, too.
QEMU_BOOT_ARGS   := irqpoll

LINUX_ARCH       := parisc
LINUX_DEFCONFIG  := generic-32bit_defconfig
