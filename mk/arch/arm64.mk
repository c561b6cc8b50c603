# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# arm64: all facts of this architecture.

ARCH_ALIASES     := aarch64
DEBIAN_ARCH      := arm64
TRIPLE           := aarch64-linux-gnu
CROSS_PACKAGES   := gcc-aarch64-linux-gnu libc6-dev-arm64-cross

BITS             := 64
BPF_TARGET       := bpfel
BPF_ARCH         := arm64
OBJDUMP_FLAGS    := -m aarch64

KERNEL_SUITES    := bullseye bookworm trixie sid
KERNEL_FLAVOUR   := arm64
KERNEL_FORMAT    := vmlinuz
ROOTFS_SUITE     := trixie

QEMU_SYSTEM      := qemu-system-aarch64
QEMU_PACKAGE     := qemu-system-arm
QEMU_KVM_HOSTS   := arm64
QEMU_MACHINE     := virt
# Emulating the architecture's own cipher for pointer authentication takes half of a boot.
QEMU_CPU_tcg     := max,pauth-impdef=on
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
CONSOLE          := ttyAMA0

LINUX_ARCH       := arm64
# virt.config disables all boards but virtual ones.
LINUX_DEFCONFIG  := defconfig virt.config
LINUX_IMAGE      := arch/arm64/boot/Image
