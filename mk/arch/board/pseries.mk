# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# pseries, QEMU's machine of 64-bit POWER: the facts that do not depend on the byte order.

BITS             := 64
BPF_ARCH         := powerpc

QEMU_SYSTEM      := qemu-system-ppc64
QEMU_PACKAGE     := qemu-system-ppc
# TCG cannot emulate the mitigations that the machine has by default.
QEMU_MACHINE     := pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken
QEMU_CPU_tcg     := power9
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
# In a restored guest with Linux 7.2 the clock may stop.
QEMU_SNAPSHOT     = $(if $(linux-5-or-6),,0)
CONSOLE          := hvc0
# Local callers enter a function behind its first 8 bytes, which set the TOC pointer for callers
# with another TOC (ELFv2 ABI, 2.3.2.1, which the kernel uses in both byte orders).
GDB_ENTRY        := 8

LINUX_ARCH       := powerpc
LINUX_IMAGE      := vmlinux
LINUX_BOARD      := pseries
