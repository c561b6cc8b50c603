# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# arc (ARC HS3x/HS4x, ARCv2): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

ARCH_ALIASES     := arcv2 archs arc32
TRIPLE           := arc-linux-gnu
CROSS_PACKAGES   := gcc-arc-linux-gnu libc6-dev-arc-cross

BITS             := 32
BPF_TARGET       := bpfel
BPF_ARCH         := arc
OBJDUMP_FLAGS    := -m HS
# Two pages of 8 KB: the kernel still allows for aliasing caches (arch/arc/mm/mmap.c).
SHMLBA           := 16384

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
VMLINUX_ARCH     := arm64

QEMU_SYSTEM      := qemu-system-arc
QEMU_SOURCE      := docs/arc.md says where it comes from
QEMU_MACHINE     := virt
QEMU_CPU_tcg     := archs
# The timers of the machine's device tree tick at 50 MHz.
QEMU_OPTIONS     := -global cpu.freq_hz=50000000
QEMU_VIRTIO      := device
# The timer misses an event whose time has passed when it is set, and fires 86 seconds late
# (2^32 ticks).  That happens on a busy host if the kernel sets events microseconds ahead.
QEMU_BOOT_ARGS   := highres=off nohz=off
# QEMU ignores -initrd: the initramfs is loaded at this address, and the kernel gets the address.
QEMU_INITRD_ADDR := 0x88000000
# QEMU cannot save the machine's memory and some of its devices.
QEMU_SNAPSHOT    := 0
# The size in the device tree, which Linux uses whatever -m and mem= are.
QEMU_MEM         := 1024
# Poweroff only halts the CPU: QEMU goes on.
QEMU_POWEROFF    := 0
CONSOLE          := ttyS0,115200n8
# Debian's gdb-multiarch does not know ARC.
GDB_NAME         := arc-linux-gnu-gdb
GDB_SOURCE       := toolchains for ARC do

LINUX_ARCH       := arc
LINUX_DEFCONFIG  := haps_hs_defconfig
LINUX_IMAGE      := vmlinux
# The first version that knows ARC.
LINUX_LIBDW      := 0.189
