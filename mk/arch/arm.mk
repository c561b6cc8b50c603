# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# arm (32-bit, hard-float ABI): all facts of this architecture.

ARCH_ALIASES     := armhf armv7 armv7l armv7hl
DEBIAN_ARCH      := armhf
TRIPLE           := arm-linux-gnueabihf
CROSS_PACKAGES   := gcc-arm-linux-gnueabihf libc6-dev-armhf-cross

BPF_TARGET       := bpfel
OBJDUMP_FLAGS    := -m arm

KERNEL_SUITES    := bullseye bookworm trixie sid
KERNEL_FLAVOUR   := armmp
KERNEL_FORMAT    := vmlinuz
# Debian's kernels for it have no BTF from which a header could be made.
VMLINUX_ARCH     := arm64
ROOTFS_SUITE     := trixie

QEMU_KVM_HOSTS   := arm64
QEMU_CPU_kvm     := host
include mk/arch/board/arm-virt.mk
