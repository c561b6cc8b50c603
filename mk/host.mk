# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# This machine's tools: installed by setup, shown by doctor.  What is needed and
# why stands in extras/packages, one list a role.

# What the goals beside it will use; all there is when setup stands alone.  The
# tests want the kernel's tools, too: they see what a build says that lacks them.
setup-goals := $(filter-out setup doctor,$(goals))
SETUP_ROLES := build vm $(if $(setup-goals),$(if $(filter src,$(KERNEL))$(filter source,$(ROOTFS))$(filter check,$(setup-goals)),linux),linux) $(if $(setup-goals),$(if $(filter check% bench,$(setup-goals)),test),test)

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
