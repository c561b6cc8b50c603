# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The architecture: its name, and the facts of its file in mk/arch.

# $(call arch-name,NAME): the testbench's name of the architecture that other projects
# call NAME.  Only an alias costs a process.
arch-name = $(or $(filter $1,$(ARCHS)),$(shell MAKE='$(MAKE)' scripts/facts | \
	awk '$$2 ~ /^ARCH_ALIASES=/ { sub(/.*=/, "", $$2); for (i = 2; i <= NF; i++) if ($$i == "$1") print $$1 }'))

# MAKE_HOST is the triplet that make itself was built for.
HOST_ARCH := $(call arch-name,$(firstword $(subst -, ,$(MAKE_HOST))))

ifeq ($(ARCH),)
$(error mk/arch has no file for this machine's architecture, $(firstword $(subst -, ,$(MAKE_HOST))). \
	Name the architecture to test: ARCH=<one of $(ARCHS)>)
endif
ifeq ($(filter $(ARCH),$(ARCHS)),)
arch := $(call arch-name,$(ARCH))
$(if $(arch),,$(call not-one-of,ARCH,$(ARCHS)))
override ARCH := $(arch)
endif

# Facts that a file may leave out: a variable of the environment that has such a name is none.
optional-facts := \
	ALLOCA_CUTOFF DEBIAN_ARCH GDB_ARCH GDB_ENTRY GDB_NAME GDB_OFFSET GDB_SOURCE GDB_TLB GDB_UNWINDER \
	GDB_WINDOWS KERNEL_FLAVOUR KERNEL_FORMAT KERNEL_FORMAT_NEEDS KERNEL_SUITES LIBBPF_CFLAGS \
	LINUX_ARCH_ARGS LINUX_BOARD LINUX_LIBDW LINUX_LIBGCC LINUX_TRIPLE MUSL_BUILTINS MUSL_CFLAGS \
	MUSL_EMULATION MUSL_LDFLAGS QEMU_BOOT_ARGS QEMU_BUS QEMU_CPU_kvm QEMU_FIRMWARE QEMU_INITRD_ADDR \
	QEMU_KVM_HOSTS QEMU_MEM QEMU_OPTIONS QEMU_PACKAGE QEMU_POWEROFF QEMU_SLOT QEMU_SNAPSHOT \
	QEMU_SOURCE QEMU_USER QEMU_VERSION ROOTFS_SUITE SHMLBA UPROBE_CFLAGS VMLINUX_ARCH VMLINUX_REGS
$(foreach fact,$(optional-facts),$(eval undefine $(fact)))

include mk/arch/$(ARCH).mk

# The directories of everything that is built for the architecture, and for this machine.
BUILD := $(O)/$(ARCH)
HOST  := $(O)/host
