# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# i386 (32-bit x86): all facts of this architecture.

ARCH_ALIASES     := i486 i586 i686
DEBIAN_ARCH      := i386
TRIPLE           := i686-linux-gnu
CROSS_PACKAGES   := gcc-i686-linux-gnu libc6-dev-i386-cross

BITS             := 32
BPF_TARGET       := bpfel
BPF_ARCH         := x86
OBJDUMP_FLAGS    := -m i386
# BPF_UPROBE reads three registers, as the kernel passes arguments; programs pass them on the stack.
UPROBE_CFLAGS    := -DUPROBE_REGPARM=3

# Debian's last kernels for it; trixie has only programs.
KERNEL_SUITES    := bullseye bookworm
KERNEL_FLAVOUR   := 686-pae
KERNEL_FORMAT    := vmlinuz
# Debian's kernels for it have no BTF from which a header could be made.
VMLINUX_ARCH     := amd64
ROOTFS_SUITE     := bookworm

QEMU_SYSTEM      := qemu-system-i386
QEMU_PACKAGE     := qemu-system-x86
QEMU_KVM_HOSTS   := x86_64
QEMU_MACHINE     := q35
QEMU_CPU_tcg     := max
QEMU_CPU_kvm     := host
QEMU_VIRTIO      := pci
CONSOLE          := ttyS0
# At boot the kernel counts ticks of the i8254 in a time that it measures by a loop.  On a
# host under load an emulated machine counts too few, and the kernel panics ("IO-APIC +
# timer doesn't work").
QEMU_BOOT_ARGS   := no_timer_check

LINUX_ARCH       := x86
LINUX_DEFCONFIG  := i386_defconfig
LINUX_IMAGE      := arch/x86/boot/bzImage
