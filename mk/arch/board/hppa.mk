# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# PA-RISC's machines, as QEMU has them: the facts that do not depend on the size of the kernel's words.
# Linux has 32-bit programs alone, and Debian only a compiler for them: kernel and root are built here.

TRIPLE           := hppa-linux-gnu
CROSS_PACKAGES   := gcc-hppa-linux-gnu libc6-dev-hppa-cross

BPF_TARGET       := bpfeb
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
QEMU_VIRTIO      := pci
# QEMU 10.0 crashes when it saves a state (docs/findings.md).
QEMU_SNAPSHOT    := 0
CONSOLE          := ttyS0
# A disk request of more segments than one scatter list has, 128, fails: the architecture chains no lists, and the
# driver takes what the device allows, which is 254 (docs/findings.md).
QEMU_OPTIONS     := -global virtio-blk-device.seg-max-adjust=off

# The kernel fills the TLB.
GDB_TLB          := 1

LINUX_IMAGE      := vmlinux
