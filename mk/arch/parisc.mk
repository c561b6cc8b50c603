# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# parisc (32-bit PA-RISC, big-endian): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

ARCH_ALIASES     := hppa parisc32
TRIPLE           := hppa-linux-gnu
CROSS_PACKAGES   := gcc-hppa-linux-gnu libc6-dev-hppa-cross

BITS             := 32
BPF_TARGET       := bpfeb
BPF_ARCH         := parisc
OBJDUMP_FLAGS    := -m hppa1.0 -EB
# The caches are indexed by virtual addresses (asm/shmparam.h).
SHMLBA           := 4194304
# gcc 12 makes wrong calls beyond the first 240 kB of a file, unless functions have sections (docs/findings.md).
LIBBPF_CFLAGS    := -ffunction-sections

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x

QEMU_SYSTEM      := qemu-system-hppa
QEMU_PACKAGE     := qemu-system-misc
QEMU_USER        := qemu-hppa
QEMU_MACHINE     := B160L
QEMU_CPU_tcg     := hppa
QEMU_VIRTIO      := pci
# Two devices share each of the four interrupts of the bus, and Linux calls the driver of one of them alone
# (drivers/parisc/dino.c): the others are asked, too.
QEMU_BOOT_ARGS   := irqpoll
# QEMU 10.0 crashes when it saves a state (docs/findings.md).
QEMU_SNAPSHOT    := 0
CONSOLE          := ttyS0

LINUX_ARCH       := parisc
LINUX_DEFCONFIG  := generic-32bit_defconfig
LINUX_IMAGE      := vmlinux
