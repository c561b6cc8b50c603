# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# arm (32-bit, hard-float ABI): all that the testbench knows about this architecture.

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
# Its own kernels have no BTF, so there is no header of their types.
VMLINUX_ARCH     := arm64
ROOTFS_SUITE     := trixie

QEMU_SYSTEM      := qemu-system-arm
QEMU_PACKAGE     := qemu-system-arm
QEMU_KVM_HOSTS   := arm64
# Without highmem the PCI bus is where a kernel without LPAE can reach it.
QEMU_MACHINE     := virt,highmem=off
QEMU_CPU_tcg     := cortex-a15
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
CONSOLE          := ttyAMA0

LINUX_ARCH       := arm
# The board that virt is a likeness of; multi_v7_defconfig has all boards there are.
LINUX_DEFCONFIG  := vexpress_defconfig
LINUX_IMAGE      := arch/arm/boot/zImage
