# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# parisc64 (64-bit PA-RISC kernel, big-endian): all facts of this architecture.
# Linux has no 64-bit programs for it: they, and the root, are those of parisc.

ARCH_ALIASES     := hppa64
TRIPLE           := hppa-linux-gnu
CROSS_PACKAGES   := gcc-hppa-linux-gnu libc6-dev-hppa-cross

BITS             := 64
BPF_TARGET       := bpfeb
BPF_ARCH         := parisc64
OBJDUMP_FLAGS    := -m hppa2.0w -EB
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
QEMU_MACHINE     := C3700
QEMU_CPU_tcg     := hppa64
QEMU_VIRTIO      := pci
# As parisc's (docs/findings.md).
QEMU_SNAPSHOT    := 0
CONSOLE          := ttyS0

LINUX_ARCH       := parisc64
LINUX_TRIPLE     := hppa64-linux-gnu
LINUX_DEFCONFIG  := generic-64bit_defconfig
LINUX_IMAGE      := vmlinux
