# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# QEMU's virt for every 32-bit ARM: the facts that do not depend on the byte order.

BITS             := 32
BPF_ARCH         := arm
# Linux puts uprobes on ARM code only, and a uretprobe returns to ARM code only; Debian's
# compiler makes Thumb code.
UPROBE_CFLAGS    := -marm

QEMU_SYSTEM      := qemu-system-arm
QEMU_PACKAGE     := qemu-system-arm
# highmem=off puts the PCI bus where a kernel without LPAE can reach it.
QEMU_MACHINE     := virt,highmem=off
QEMU_CPU_tcg     := cortex-a15
QEMU_VIRTIO      := pci
CONSOLE          := ttyAMA0
# Linux flushes its TLB page by page from the modules to the end of vmalloc()'s mappings when it frees a
# BPF program (docs/findings.md), and each page is slow in QEMU.  A larger vmalloc area begins
# lower: the memory above its begin is high memory.  The initrd, 128 MiB above the start, must be below.
QEMU_BOOT_ARGS   := vmalloc=820M

LINUX_ARCH       := arm
# The board that virt resembles; multi_v7_defconfig has all boards.
LINUX_DEFCONFIG  := vexpress_defconfig
LINUX_IMAGE      := arch/arm/boot/zImage
LINUX_BOARD      := arm-virt
