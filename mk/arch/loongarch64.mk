# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# loongarch64: all that the testbench knows about this architecture.

ARCH_ALIASES     := loong64 loongarch
DEBIAN_ARCH      := loong64
TRIPLE           := loongarch64-linux-gnu
CROSS_PACKAGES   := gcc-loongarch64-linux-gnu libc6-dev-loong64-cross

BITS             := 64
BPF_TARGET       := bpfel
BPF_ARCH         := loongarch
OBJDUMP_FLAGS    := -m loongarch64

KERNEL_SUITES    := sid
KERNEL_FLAVOUR   := loong64
# Debian packs it for EFI (zboot), which QEMU cannot unpack before 10; what is inside it can.
KERNEL_FORMAT    := vmlinux
ROOTFS_SUITE     := sid

# Its kernel describes no types; x86_64's header has no user_pt_regs in the way.
VMLINUX_ARCH     := amd64

QEMU_SYSTEM      := qemu-system-loongarch64
QEMU_PACKAGE     := qemu-system-misc
QEMU_KVM_HOSTS   := loongarch64
QEMU_MACHINE     := virt
QEMU_CPU_tcg     := la464
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
CONSOLE          := ttyS0
