# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# arm (32-bit, hard-float ABI): all facts of this architecture.

ARCH_ALIASES     := armhf armv7 armv7l armv7hl
DEBIAN_ARCH      := armhf
TRIPLE           := arm-linux-gnueabihf
CROSS_PACKAGES   := gcc-arm-linux-gnueabihf libc6-dev-armhf-cross

BITS             := 32
BPF_TARGET       := bpfel
BPF_ARCH         := arm
OBJDUMP_FLAGS    := -m arm
# Linux puts uprobes on ARM code only, and a uretprobe returns to ARM code only; Debian's
# compiler makes Thumb code.
UPROBE_CFLAGS    := -marm

KERNEL_SUITES    := bullseye bookworm trixie sid
KERNEL_FLAVOUR   := armmp
KERNEL_FORMAT    := vmlinuz
# Debian's kernels for it have no BTF from which a header could be made.
VMLINUX_ARCH     := arm64
ROOTFS_SUITE     := trixie

QEMU_SYSTEM      := qemu-system-arm
QEMU_PACKAGE     := qemu-system-arm
QEMU_KVM_HOSTS   := arm64
# highmem=off puts the PCI bus where a kernel without LPAE can reach it.
QEMU_MACHINE     := virt,highmem=off
QEMU_CPU_tcg     := cortex-a15
QEMU_CPU_kvm     := host
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
