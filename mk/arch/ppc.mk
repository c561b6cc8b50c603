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
# The devices of ppce500 are beyond 4 GiB, which a kernel reaches with CONFIG_PHYS_64BIT alone; those of
# mpc8544ds are below.  Of the boards whose code fits them, MVME2500 is the smallest: no ISA bus.
QEMU_MACHINE     := mpc8544ds,dt_compatible=artesyn$(comma)$(comma)MVME2500
# It has the floating-point unit that Debian's compiler uses; other e500s have not.
QEMU_CPU_tcg     := e500mc
QEMU_VIRTIO      := pci
# The device tree has interrupts for four slots, 0x11 to 0x14, and the VM has more devices.
QEMU_SLOT        := 0x11
# Linux has the last MiB below 4 GiB for writes of PCI devices to the interrupt controller, and QEMU (7.2)
# takes a BAR that ends there for one that is not set (pci_bar_address()): messages are lost.
QEMU_BOOT_ARGS   := pci=nomsi
# The board has no switch for the power that QEMU knows.
QEMU_POWEROFF    := 0
# A restored guest (QEMU 7.2) uses the whole CPU and does not answer.
QEMU_SNAPSHOT    := 0
CONSOLE          := ttyS0

LINUX_ARCH       := powerpc
LINUX_DEFCONFIG  := corenet32_smp_defconfig
LINUX_IMAGE      := vmlinux
