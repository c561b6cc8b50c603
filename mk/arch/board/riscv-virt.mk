# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# QEMU's virt for every RISC-V: the facts that do not depend on the CPU.

BPF_TARGET       := bpfel
BPF_ARCH         := riscv

QEMU_PACKAGE     := qemu-system-misc
QEMU_MACHINE     := virt
QEMU_VIRTIO      := pci
CONSOLE          := ttyS0

LINUX_ARCH       := riscv
LINUX_DEFCONFIG  := defconfig
LINUX_IMAGE      := arch/riscv/boot/Image
LINUX_BOARD      := riscv-virt
