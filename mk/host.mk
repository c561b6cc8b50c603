# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# This machine's tools: setup installs them, doctor shows them.  extras/packages says which
# tools are needed and why, in one list for each role.

# --- the user who runs make ------------------------------------------------------

# The user id and the capabilities of make's own process.
process-status := $(subst CapEff: ,CapEff:,$(subst Uid: ,Uid:,$(strip $(file </proc/self/status))))
USER_ID   := $(patsubst Uid:%,%,$(filter Uid:%,$(process-status)))
# (root of a user namespace can change only to the users that are mapped into it.)
USER_CAPS := $(patsubst CapEff:%,%,$(filter CapEff:%,$(process-status)))
USER_CAPS := $(USER_CAPS)-$(subst $(space),.,$(strip $(file </proc/self/uid_map)))

ifneq ($(filter-out help config archs doctor setup,$(or $(goals),all)),)
ifneq ($(TMPDIR),)
$(if $(word 2,$(TMPDIR)),$(error TMPDIR=$(TMPDIR) has a blank in it. Name another directory, or unset TMPDIR))
$(if $(wildcard $(TMPDIR)/.),,$(error TMPDIR=$(TMPDIR): there is no such directory. Create it, or unset TMPDIR))
endif

# ssh does not run for a user without an entry in /etc/passwd.
ifneq ($(filter-out $(build-goals) clean% qemu-st%,$(or $(goals),all)),)
ifeq ($(or $(findstring :$(USER_ID):,$(file </etc/passwd)),$(shell getent passwd $(USER_ID))),)
$(error the uid $(USER_ID) has no entry in /etc/passwd, and ssh, which reaches the VM, does not run for such a user. \
	Add an entry as root: echo me:x:$(USER_ID):$(USER_ID)::/tmp:/bin/sh >>/etc/passwd)
endif
endif

# Files that root has made cannot be replaced by another user.
ifneq ($(USER_ID),0)
not-ours := $(firstword $(shell for dir in $(O) $(O)/host $(O)/$(ARCH); do \
	[ ! -e $$dir ] || [ -w $$dir ] || echo $$dir; done))
$(if $(not-ours),$(error you may not write to $(not-ours): most likely root made it. \
	Become its owner (sudo chown -R $(USER_ID) $(O)), or name another directory by O=))
endif
endif

# --- tools --------------------------------------------------------------------

# SETUP_ROLES: the roles that the goals beside setup need; all roles if setup is the only goal,
# or beside check, whose tests use every role.
setup-goals := $(filter-out setup doctor,$(goals))
goals-roles := $(if $(filter %.rpm,$(KERNEL) $(KERNEL_MODULES)),rpm) \
	$(if $(filter src,$(KERNEL))$(filter source,$(ROOTFS)),linux) \
	$(if $(filter check% bench,$(setup-goals)),test) \
	$(if $(filter qemu-start-gdb qemu-connect,$(setup-goals)),gdb) \
	$(if $(filter-out local,$(ENGINE)),engine) \
	$(if $(SHARE),$(filter nfs sshfs,$(SHARE_TYPE)))
SETUP_ROLES := build vm $(if $(filter check,$(or $(setup-goals),check)),\
	linux gdb nfs sshfs rpm ci engine test,$(goals-roles))

# The values of @NAME@ in the lists of extras/packages.
setup-env = env QEMU_USER='$(QEMU_USER)' QEMU_PACKAGE='$(QEMU_PACKAGE)' QEMU_SOURCE='$(QEMU_SOURCE)' QEMU='$(QEMU)' \
	QEMU_MACHINE=$(call quote,$(QEMU_MACHINE)) QEMU_VERSION='$(QEMU_VERSION)' \
	LLVM_VERSION='$(LLVM_VERSION)' CLANG='$(CLANG)' \
	CROSS_PACKAGES='$(if $(filter-out $(HOST_ARCH),$(ARCH)),$(CROSS_PACKAGES))' \
	CROSS_COMPILE='$(BINUTILS)' LINUX_TRIPLE='$(LINUX_TRIPLE)' \
	LLVM_STRIP='$(LLVM_STRIP)' LLVM_OBJDUMP='$(LLVM_OBJDUMP)' BPFTOOL='$(BPFTOOL)' DEPS_SRC='$(DEPS_SRC)' V='$(V)'

.PHONY: setup doctor archs
archs: ## show every architecture: its kernels, and whether its QEMU and compiler are installed
	@scripts/archs $(O) $(HOST_ARCH)

setup: ## install the packages that this machine lacks (with sudo unless root)
	@$(setup-env) scripts/setup $(SETUP_ROLES)

doctor: ## show every tool that the testbench can use, and what does not work without it
	@$(setup-env) scripts/doctor
