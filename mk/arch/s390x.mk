# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# s390x (IBM Z), big-endian: all facts of this architecture.

ARCH_ALIASES     := s390 z
DEBIAN_ARCH      := s390x
TRIPLE           := s390x-linux-gnu
CROSS_PACKAGES   := gcc-s390x-linux-gnu libc6-dev-s390x-cross

BITS             := 64
BPF_TARGET       := bpfeb
BPF_ARCH         := s390
OBJDUMP_FLAGS    := -m s390:64-bit

KERNEL_SUITES    := bookworm trixie sid
KERNEL_FLAVOUR   := s390x
KERNEL_FORMAT    := vmlinuz
ROOTFS_SUITE     := trixie

QEMU_SYSTEM      := qemu-system-s390x
QEMU_PACKAGE     := qemu-system-misc
# QEMU's user emulation runs the guest's bpftool for skeletons: bpftool reads only objects of its
# own byte order.
QEMU_USER        := qemu-s390x
QEMU_KVM_HOSTS   := s390x
QEMU_MACHINE     := s390-ccw-virtio
# QEMU 7.2 emulates the vector checksum instruction wrongly: all inbound TCP has a bad
# checksum.  Without the vector facility the kernel does not use it.
QEMU_CPU_tcg     := max,vx=off
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := ccw
# Only the VT220 console: the line-mode console would print every line again.
CONSOLE          := ttysclp0

LINUX_ARCH       := s390
LINUX_DEFCONFIG  := defconfig
# The ELF vmlinux does not boot by itself: the kernel's start is in boot/.
LINUX_IMAGE      := arch/s390/boot/bzImage
# Since 6.10 the kernel runs at the top of its address space, not at the address it is linked for.
GDB_OFFSET        = $(if $(filter bookworm src-bookworm%,$(KERNEL_NAME)),,0x3ffe0000000)
