# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# sparc64 (64-bit SPARC V9, big-endian): all facts of this architecture.
# Debian has only a compiler for it: kernel and root are built here.

ARCH_ALIASES     := sparcv9 sun4u
TRIPLE           := sparc64-linux-gnu
CROSS_PACKAGES   := gcc-sparc64-linux-gnu libc6-dev-sparc64-cross

BITS             := 64
BPF_TARGET       := bpfeb
BPF_ARCH         := sparc
OBJDUMP_FLAGS    := -m sparc:v9 -EB
# Two pages of 8 KB: the first-level cache is indexed by virtual addresses (asm/shmparam_64.h).
SHMLBA           := 16384

# For a kernel with KERNEL_TINY=1, which has no BTF from which a header could be made.
# Packet headers have bit fields: the related architecture has the same byte order.
VMLINUX_ARCH     := s390x

# In a static program of Debian 12's glibc, the stack's size is the number of arguments, and execvp() of a name
# without a "/" fails for want of it (docs/findings.md).
ALLOCA_CUTOFF    := 65536

QEMU_SYSTEM      := qemu-system-sparc64
QEMU_PACKAGE     := qemu-system-sparc
QEMU_USER        := qemu-sparc64
QEMU_MACHINE     := sun4u
QEMU_CPU_tcg     := TI-UltraSparc-IIi
QEMU_VIRTIO      := pci
# The first bus has no free slot, and this one four: all devices are functions of one.
QEMU_BUS         := pciB
QEMU_SLOT        := 1
# To save memory, QEMU 7.2 divides the host's page size by the machine's, which is larger: SIGFPE (docs/findings.md).
QEMU_SNAPSHOT    := 0
CONSOLE          := ttyS0

# The callers' frames are on the stack only after the CPU has needed their register windows.
GDB_WINDOWS      := 1

LINUX_ARCH       := sparc
LINUX_DEFCONFIG  := sparc64_defconfig
LINUX_IMAGE      := arch/sparc/boot/image
# Stable 6.12 gives FMODE_NONOTIFY a bit that sparc uses for O_TMPFILE, and a check of fs/fcntl.c stops the
# build (docs/findings.md).  No file is to be opened by fanotify here: the check is left out, as without -O.
LINUX_ARCH_ARGS  := CFLAGS_fcntl.o=-U__OPTIMIZE__
