# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# x86_64: all facts of this architecture.  docs/architectures.md explains each variable, in the
# same order.

ARCH_ALIASES     := amd64 x86-64 x64
DEBIAN_ARCH      := amd64
TRIPLE           := x86_64-linux-gnu
CROSS_PACKAGES   := gcc-x86-64-linux-gnu libc6-dev-amd64-cross

BITS             := 64
BPF_TARGET       := bpfel
BPF_ARCH         := x86

KERNEL_SUITES    := bullseye bookworm trixie sid
KERNEL_FLAVOUR   := amd64
# QEMU enters an uncompressed vmlinux through its PVH note, so that the guest need not unpack its
# kernel, which takes one second of a boot under TCG.
KERNEL_FORMAT    := vmlinux
KERNEL_FORMAT_NEEDS := CONFIG_PVH
ROOTFS_SUITE     := trixie

# objdump's options for a file of bare machine code.
OBJDUMP_FLAGS    := -m i386:x86-64

QEMU_SYSTEM      := qemu-system-x86_64
QEMU_PACKAGE     := qemu-system-x86
QEMU_KVM_HOSTS   := x86_64
QEMU_MACHINE     := q35
QEMU_CPU_tcg     := max
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
CONSOLE          := ttyS0
# At boot the kernel counts ticks of the i8254 in a time that it measures by a loop.  On a
# host under load an emulated machine counts too few, and the kernel panics ("IO-APIC +
# timer doesn't work").
QEMU_BOOT_ARGS   := no_timer_check
# Debian's kernel has no frame pointers, but tables for the kernel's own unwinder (ORC).
GDB_UNWINDER     := extras/gdb/orc.py

LINUX_ARCH       := x86
LINUX_DEFCONFIG  := x86_64_defconfig
LINUX_IMAGE      := vmlinux
