# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Malta, the board of every MIPS: the facts that do not depend on the CPU.

QEMU_PACKAGE     := qemu-system-mips
QEMU_MACHINE     := malta
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
LINUX_BOARD      := malta
