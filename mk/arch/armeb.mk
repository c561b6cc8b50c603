# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# armeb (32-bit ARM, big-endian data: BE8, hard-float ABI): all facts of this architecture.
# Debian has neither a port nor a C library for it: kernel, C library and root are built here, by the
# compiler for little endian.

ARCH_ALIASES     := armv7b armbe
TRIPLE           := armeb-linux-musleabihf
CROSS_PACKAGES   := gcc-arm-linux-gnueabihf linux-libc-dev-armhf-cross
MUSL_CFLAGS      := -mbig-endian
MUSL_EMULATION   := armelfb_linux_eabi
# Code stays little-endian.
MUSL_LDFLAGS     := --be8
MUSL_BUILTINS    := arm/aeabi_*div*

BPF_TARGET       := bpfeb
# (Objects of the JIT's code have no ELF header that tells BE8.)
OBJDUMP_FLAGS    := -m arm

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x
VMLINUX_REGS     := arm

QEMU_USER        := qemu-armeb

LINUX_TRIPLE     := arm-linux-gnueabihf
LINUX_ARCH_ARGS  := OBJCOPY=$(abspath scripts/objcopy-be8)
include mk/arch/board/arm-virt.mk
# The JIT's code is for little endian alone (docs/findings.md), and the kernel crashes in it: it is on in its own
# tests and in the JIT lab, not for apps.
QEMU_BOOT_ARGS   += testbench.jit=0
# QEMU's gdb stub has the registers in little endian, and gdb-multiarch reads them in the kernel's byte order.
GDB_NAME         := armeb-linux-gdb
GDB_SOURCE       := a gdb that reads registers of QEMU, which are in little endian, is not known
