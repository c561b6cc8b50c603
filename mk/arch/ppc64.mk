# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# ppc64 (64-bit POWER, big-endian): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

ARCH_ALIASES     := powerpc64 ppc64be
TRIPLE           := powerpc64-linux-gnu
CROSS_PACKAGES   := gcc-powerpc64-linux-gnu libc6-dev-ppc64-cross

BITS             := 64
BPF_TARGET       := bpfeb
BPF_ARCH         := powerpc
OBJDUMP_FLAGS    := -m powerpc:common64 -EB

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x

QEMU_SYSTEM      := qemu-system-ppc64
QEMU_PACKAGE     := qemu-system-ppc
QEMU_USER        := qemu-ppc64
QEMU_KVM_HOSTS   := ppc64 ppc64le
# TCG cannot emulate the mitigations that the machine has by default.
QEMU_MACHINE     := pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken
QEMU_CPU_tcg     := power9
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
CONSOLE          := hvc0
# Local callers enter a function behind its first 8 bytes, which set the TOC pointer for callers
# with another TOC (ELFv2 ABI, 2.3.2.1, which the kernel uses in this byte order, too).
GDB_ENTRY        := 8

LINUX_ARCH       := powerpc
LINUX_DEFCONFIG  := ppc64_guest_defconfig
LINUX_IMAGE      := vmlinux
