# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# This machine's tools: installed by setup, shown by doctor.  What is needed and
# why stands in extras/packages, one list a role.

# --- the user who runs make ------------------------------------------------------

# Who runs make, and with which capabilities, as make's own process knows it.
process-status := $(subst CapEff: ,CapEff:,$(subst Uid: ,Uid:,$(strip $(file </proc/self/status))))
USER_ID   := $(patsubst Uid:%,%,$(filter Uid:%,$(process-status)))
# (root of a user namespace may become none but those that are mapped into it.)
USER_CAPS := $(patsubst CapEff:%,%,$(filter CapEff:%,$(process-status)))-$(subst $(space),.,$(strip $(file </proc/self/uid_map)))

ifneq ($(filter-out help config archs doctor setup,$(or $(goals),all)),)
ifneq ($(TMPDIR),)
$(if $(wildcard $(TMPDIR)/.),,$(error TMPDIR=$(TMPDIR): there is no such directory. Make it, or unset TMPDIR))
endif

# ssh asks who it runs for.
ifneq ($(filter-out $(build-goals) clean% qemu-st%,$(or $(goals),all)),)
ifeq ($(or $(findstring :$(USER_ID):,$(file </etc/passwd)),$(shell getent passwd $(USER_ID))),)
$(error the uid $(USER_ID) has no entry in /etc/passwd, and ssh, by which all gets into a VM, runs for no such user. \
	Add one as root: echo me:x:$(USER_ID):$(USER_ID)::/tmp:/bin/sh >>/etc/passwd)
endif
endif

# What root has made stays root's.
ifneq ($(USER_ID),0)
not-ours := $(firstword $(shell for dir in $(O) $(O)/host $(O)/$(ARCH); do [ ! -e $$dir ] || [ -w $$dir ] || echo $$dir; done))
$(if $(not-ours),$(error you may not write to $(not-ours): most likely root made it. \
	Take it over (sudo chown -R $(USER_ID) $(O)), or name another directory by O=))
endif
endif

# --- tools --------------------------------------------------------------------

# What the goals beside it will use; all there is when setup stands alone, or beside
# check: the tests see what a build says that lacks a tool.
setup-goals := $(filter-out setup doctor,$(goals))
goals-roles := $(if $(filter src,$(KERNEL))$(filter source,$(ROOTFS)),linux) \
	$(if $(filter check% bench,$(setup-goals)),test) \
	$(if $(filter qemu-start-gdb qemu-connect,$(setup-goals)),gdb) \
	$(if $(SHARE),$(filter nfs sshfs,$(SHARE_TYPE)))
SETUP_ROLES := build vm $(if $(filter check,$(or $(setup-goals),check)),linux gdb nfs sshfs test,$(goals-roles))

# The lists name facts of the architecture and choices of the user.
setup-env = env QEMU_USER='$(QEMU_USER)' QEMU_PACKAGE='$(QEMU_PACKAGE)' QEMU_SOURCE='$(QEMU_SOURCE)' QEMU='$(QEMU)' \
	LLVM_VERSION='$(LLVM_VERSION)' CLANG='$(CLANG)' \
	CROSS_PACKAGES='$(if $(filter-out $(HOST_ARCH),$(ARCH)),$(CROSS_PACKAGES))' \
	CROSS_COMPILE='$(CROSS_COMPILE)' LLVM_STRIP='$(LLVM_STRIP)' LLVM_OBJDUMP='$(LLVM_OBJDUMP)' \
	BPFTOOL='$(BPFTOOL)' DEPS_SRC='$(DEPS_SRC)' V='$(V)'

.PHONY: setup doctor archs
archs: ## show every architecture: its kernels, and whether QEMU and a compiler are here
	@scripts/archs $(O) $(HOST_ARCH)

setup: ## install what is missing on this machine (with sudo unless root)
	@$(setup-env) scripts/setup $(SETUP_ROLES)

doctor: ## show every tool the testbench can use, and what is lost without it
	@$(setup-env) scripts/doctor
