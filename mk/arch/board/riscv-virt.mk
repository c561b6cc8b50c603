# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# QEMU's virt for every RISC-V: the facts that do not depend on the CPU.

BPF_TARGET       := bpfel
BPF_ARCH         := riscv

QEMU_PACKAGE     := qemu-system-misc
QEMU_MACHINE     := virt
QEMU_VIRTIO      := pci
# QEMU 7.2 loses the timer interrupt that was due when the state was saved, and under Linux 7.2
# no program in the guest can trigger it again: the clock may stop in a restored guest.
QEMU_SNAPSHOT     = $(if $(linux-5-or-6),,0)
CONSOLE          := ttyS0

LINUX_ARCH       := riscv
LINUX_DEFCONFIG  := defconfig
LINUX_IMAGE      := arch/riscv/boot/Image
LINUX_BOARD      := riscv-virt
