# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# mips64el (64-bit MIPS, little-endian): all facts of this architecture.

ARCH_ALIASES     := mips64le
DEBIAN_ARCH      := mips64el
TRIPLE           := mips64el-linux-gnuabi64
CROSS_PACKAGES   := gcc-mips64el-linux-gnuabi64 libc6-dev-mips64el-cross

BITS             := 64
BPF_TARGET       := bpfel
BPF_ARCH         := mips
OBJDUMP_FLAGS    := -m mips:isa64r2 -EL

KERNEL_SUITES    := bookworm
KERNEL_FLAVOUR   := 5kc-malta
KERNEL_FORMAT    := vmlinuz
# Debian's kernels for it have no BTF from which a header could be made.
VMLINUX_ARCH     := arm64
ROOTFS_SUITE     := bookworm

QEMU_SYSTEM      := qemu-system-mips64el
QEMU_PACKAGE     := qemu-system-mips
QEMU_KVM_HOSTS   := mips64el
QEMU_MACHINE     := malta
QEMU_CPU_tcg     := MIPS64R2-generic
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
# Linux's arch/mips/pci/fixup-malta.c has interrupts for four slots, 0x12 to 0x15, and the VM has
# more devices: all are in one slot.  A bridge would have room, but QEMU 7.2 frees its windows
# while they are in use (pci_bridge_region_cleanup()), and crashed in 2 of 480 restores.
QEMU_SLOT        := 0x12
# PCI's interrupts are shared, so they must be level-triggered (ELCR2 of the PIIX4).  The board's
# firmware, YAMON, sets that; QEMU's replacement for it does not, and if two devices interrupted
# at the same time, one interrupt was lost for ever.
QEMU_BOOT_ARGS   := ports=4d1:0c
# The CPU's own timer may lose an event: QEMU (7.2 and 10.0) writes CP0_Compare without its lock,
# and the callback of the previous event may overwrite the time of the next, which is then a
# turn of CP0_Count late: 26 seconds.  The i8254 has no such fault.
QEMU_BOOT_ARGS   += noclock=MIPS
CONSOLE          := ttyS0

LINUX_ARCH       := mips
LINUX_DEFCONFIG  := malta_defconfig
LINUX_IMAGE      := vmlinux
