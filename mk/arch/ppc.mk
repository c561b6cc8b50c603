# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# ppc (32-bit PowerPC, big-endian): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

ARCH_ALIASES     := powerpc ppc32
TRIPLE           := powerpc-linux-gnu
CROSS_PACKAGES   := gcc-powerpc-linux-gnu libc6-dev-powerpc-cross

BITS             := 32
BPF_TARGET       := bpfeb
BPF_ARCH         := powerpc
OBJDUMP_FLAGS    := -m powerpc:common -EB

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x

QEMU_SYSTEM      := qemu-system-ppc
QEMU_PACKAGE     := qemu-system-ppc
QEMU_USER        := qemu-ppc
QEMU_MACHINE     := ppce500
# It has the floating-point unit that Debian's compiler uses; other e500s have not.
QEMU_CPU_tcg     := e500mc
QEMU_VIRTIO      := pci
# QEMU saves the time base and the decrementer of pseries alone (vmstate_ppc_timebase): a restored guest has no clock.
QEMU_SNAPSHOT    := 0
CONSOLE          := ttyS0

LINUX_ARCH       := powerpc
LINUX_DEFCONFIG  := corenet32_smp_defconfig
LINUX_IMAGE      := vmlinux
