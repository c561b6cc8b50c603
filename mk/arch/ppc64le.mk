# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# ppc64le (64-bit POWER, little-endian): all facts of this architecture.

ARCH_ALIASES     := ppc64el powerpc64le
DEBIAN_ARCH      := ppc64el
TRIPLE           := powerpc64le-linux-gnu
CROSS_PACKAGES   := gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross

BITS             := 64
BPF_TARGET       := bpfel
BPF_ARCH         := powerpc
OBJDUMP_FLAGS    := -m powerpc:common64 -EL

KERNEL_SUITES    := bookworm trixie sid
KERNEL_FLAVOUR   := powerpc64le
# Debian's package has an ELF vmlinux, as vmlinux-<release>.
KERNEL_FORMAT    := vmlinuz
ROOTFS_SUITE     := trixie

QEMU_SYSTEM      := qemu-system-ppc64
QEMU_PACKAGE     := qemu-system-ppc
QEMU_KVM_HOSTS   := ppc64le
# TCG cannot emulate the mitigations that the machine has by default.
QEMU_MACHINE     := pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken
QEMU_CPU_tcg     := power9
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
# In a restored guest with Linux 7.2 the clock may stop.
QEMU_SNAPSHOT     = $(if $(filter sid,$(KERNEL)),0)
CONSOLE          := hvc0
# Local callers enter a function behind its first 8 bytes, which set the TOC pointer for callers
# with another TOC (ELFv2 ABI, 2.3.2.1).
GDB_ENTRY        := 8

LINUX_ARCH       := powerpc
LINUX_DEFCONFIG  := ppc64le_guest_defconfig
LINUX_IMAGE      := vmlinux
