# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# loongarch64: all facts of this architecture.

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
KERNEL_FORMAT    := vmlinuz
ROOTFS_SUITE     := sid

# Debian's kernel has no BTF.  x86_64's header has no user_pt_regs, which would conflict.
VMLINUX_ARCH     := amd64

QEMU_SYSTEM      := qemu-system-loongarch64
QEMU_PACKAGE     := qemu-system-misc
# The first that was tried after 7.2, whose virt takes neither this firmware nor less than 1 GiB.
QEMU_VERSION     := 10.0
QEMU_KVM_HOSTS   := loongarch64
QEMU_MACHINE     := virt
# The kernel finds its PCI bus only by ACPI (it has no driver for the bus in the device
# tree), and ACPI needs firmware, which is not in QEMU's package.
QEMU_FIRMWARE    := qemu-efi-loongarch64 usr/share/qemu-efi-loongarch64/QEMU_EFI.fd
QEMU_CPU_tcg     := la464
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
# In a guest that QEMU 10 has restored, the clock does not advance.
QEMU_SNAPSHOT    := 0
CONSOLE          := ttyS0

# The name of its defconfig depends on the version; this is whatever the tree takes for it.
LINUX_ARCH       := loongarch
LINUX_DEFCONFIG  := defconfig
LINUX_IMAGE      := arch/loongarch/boot/vmlinux.efi
