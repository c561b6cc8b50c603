# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# This machine's tools: installed by setup, shown by doctor.  What is needed and
# why stands in extras/packages, one list a role.

# What the goals beside it will use; all there is when setup stands alone, or beside
# check: the tests see what a build says that lacks a tool.
setup-goals := $(filter-out setup doctor,$(goals))
goals-roles := $(if $(filter src,$(KERNEL))$(filter source,$(ROOTFS)),linux) \
	$(if $(filter check% bench,$(setup-goals)),test) \
	$(if $(filter qemu-start-gdb qemu-connect,$(setup-goals)),gdb) \
	$(if $(SHARE),$(filter nfs sshfs,$(SHARE_TYPE)))
SETUP_ROLES := build vm $(if $(filter check,$(or $(setup-goals),check)),linux gdb nfs sshfs test,$(goals-roles))

# The lists name facts of the architecture and choices of the user.
setup-env = env QEMU_USER='$(QEMU_USER)' QEMU_PACKAGE='$(QEMU_PACKAGE)' QEMU_SOURCE='$(QEMU_SOURCE)' QEMU='$(QEMU)' CLANG='$(CLANG)' \
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
