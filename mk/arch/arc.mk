# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# arc (ARC HS3x/HS4x, ARCv2): all that the testbench knows about this architecture.
# Debian has a compiler for it and nothing else: kernel and root are built here.

ARCH_ALIASES     := arcv2 archs arc32
TRIPLE           := arc-linux-gnu
CROSS_PACKAGES   := gcc-arc-linux-gnu libc6-dev-arc-cross

BITS             := 32
BPF_TARGET       := bpfel
BPF_ARCH         := arc
OBJDUMP_FLAGS    := -m HS
# Two pages of 8 KB: the kernel still thinks of caches that alias (arch/arc/mm/mmap.c).
SHMLBA           := 16384

QEMU_SYSTEM      := qemu-system-arc
QEMU_SOURCE      := docs/arc.md says where it comes from
QEMU_MACHINE     := virt
QEMU_CPU_tcg     := archs
# The timers of the machine's device tree tick at 50 MHz.
QEMU_OPTIONS     := -global cpu.freq_hz=50000000
QEMU_VIRTIO      := device
# Its timer misses a time that is over before it was set, and then comes 86 seconds late
# (2^32 ticks): a busy host and a kernel that asks for microseconds make that happen.
QEMU_BOOT_ARGS   := highres=off nohz=off
# It ignores -initrd: the initramfs is put there, and the kernel told.
QEMU_INITRD_ADDR := 0x88000000
# Its memory is no object that a state could be saved of, nor are its devices all.
QEMU_SNAPSHOT    := 0
# What the device tree says; Linux takes it for granted, whatever -m and mem= are.
QEMU_MEM         := 1024
# Its poweroff halts the CPU, and no more.
QEMU_POWEROFF    := 0
CONSOLE          := ttyS0,115200n8
# Debian's gdb-multiarch does not know ARC.
GDB_NAME         := arc-linux-gnu-gdb
GDB_SOURCE       := toolchains for ARC do

LINUX_ARCH       := arc
LINUX_DEFCONFIG  := haps_hs_defconfig
LINUX_IMAGE      := vmlinux
# The first that knows ARC.
LINUX_LIBDW      := 0.189
