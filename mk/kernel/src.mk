# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=src: a kernel built here, from KERNEL_SRC or from Debian's source.

# --- the tree -----------------------------------------------------------------------

# A tree named once, by KERNEL_SRC or LINUX_SUITE, is used until another tree is named: a file
# keeps its name.
ifeq ($(LINUX_ARCH),)
$(error KERNEL=src is not supported for ARCH=$(ARCH): \
	mk/arch/$(ARCH).mk has no LINUX_ARCH, LINUX_DEFCONFIG and LINUX_IMAGE)
endif

linux-last := $(O)/$(ARCH)/linux/last.mk
ifeq ($(KERNEL_SRC)$(filter-out file,$(origin LINUX_SUITE)),)
-include $(linux-last)
endif

ifeq ($(KERNEL_SRC),)
ifeq ($(filter $(LINUX_SUITE),bookworm trixie sid),)
$(call not-one-of,LINUX_SUITE,bookworm trixie sid)
endif
KERNEL_NAME := src-$(LINUX_SUITE)
else
ifeq ($(wildcard $(KERNEL_SRC)/.),)
$(error KERNEL_SRC=$(KERNEL_SRC): there is no such directory. \
	Give a Linux tree, or LINUX_SUITE=trixie for Debian's source)
else ifeq ($(and $(wildcard $(KERNEL_SRC)/Kconfig),$(wildcard $(KERNEL_SRC)/scripts/kconfig/merge_config.sh)),)
$(error KERNEL_SRC=$(KERNEL_SRC) is no Linux tree: it has no Kconfig or no scripts/kconfig. \
	Give the top directory of a tree)
else ifeq ($(wildcard $(KERNEL_SRC)/arch/$(LINUX_ARCH)/Kconfig),)
$(error KERNEL_SRC=$(KERNEL_SRC) knows no $(ARCH): it has no arch/$(LINUX_ARCH). Give a newer tree)
endif
# wildcard expands "~".
override KERNEL_SRC := $(abspath $(wildcard $(KERNEL_SRC)/.))
KERNEL_NAME := src-$(call path-name,$(KERNEL_SRC))
endif

$(foreach file,$(KCONFIG),$(if $(wildcard $(file)),,$(error KCONFIG: there is no file $(file))))

# A small kernel has files of its own: it shares no object with the usual one.
kernel-tiny := $(if $(filter 1,$(KERNEL_TINY)),_tiny)
KERNEL_NAME := $(KERNEL_NAME)$(kernel-tiny)

LINUX_SRC := $(or $(KERNEL_SRC),$(DEBIAN_LINUX))
LINUX_OBJ := $(BUILD)/linux/$(KERNEL_NAME:src-%=%)
# kbuild's variables choose the directories whose code is counted: no makefile of the tree is changed.
ifeq ($(KERNEL_COVERAGE),1)
linux-gcov := GCOV_PROFILE=$$(GCOV_IN_$$(obj:arch/$$(SRCARCH)/net=jit)) GCOV_IN_jit=y GCOV_IN_kernel/bpf=y
endif
linux-libgcc := $(if $(filter 1,$(LINUX_LIBGCC)),$(LINUX_OBJ)/libgcc.a)
linux-arch-args := $(LINUX_ARCH_ARGS) $(addprefix LIBGCC=,$(abspath $(linux-libgcc)))
# LINUX_ARGS stays as the user gave it: a make that this one starts reads it, too.
export KBUILD_ARGS := $(strip $(linux-arch-args) $(linux-gcov) $(LINUX_ARGS))
export CCACHE_DIR ?= $(abspath $(O)/ccache)
# Without it, ccache preprocesses each file to look it up, which took a third of a first build's
# time.  (scripts/linux-cc has what it cannot do so.)
export CCACHE_DEPEND ?= 1

linux-unpacked := $(if $(KERNEL_SRC),,$(LINUX_SRC)/.unpacked)

# This machine's libdw may be too old to know the architecture.
ifneq ($(LINUX_LIBDW),)
export LIBDW := $(abspath $(HOST)/libdw)
$(LIBDW): | scripts/linux-libdw
	$(call step,FETCH,libdw $(LINUX_LIBDW) or newer unless it is here,libdw) \
		scripts/linux-libdw $(LINUX_LIBDW) $(APT) $@
$(LINUX_OBJ)/checked: | $(LIBDW)
endif

# --- configuration ------------------------------------------------------------------

# A tree that was once configured for the selftests keeps their options.
ifeq ($(origin KERNEL_SELFTESTS),file)
ifneq ($(filter test-maps test-progs kselftest,$(goals))$(findstring selftests.config,$(file <$(LINUX_OBJ)/words)),)
KERNEL_SELFTESTS := 1
endif
endif

# KERNEL_SANITIZE is a list, with commas or blanks.
sanitizers := $(subst $(comma), ,$(KERNEL_SANITIZE))
$(foreach name,$(sanitizers),$(if $(wildcard extras/linux/sanitize-$(name).config),,$(call \
	not-one-of,KERNEL_SANITIZE,\
	$(patsubst extras/linux/sanitize-%.config,%,$(wildcard extras/linux/sanitize-*.config)))))

# Later fragments override earlier ones.  The tree has a fragment for its BPF selftests.
linux-fragments := extras/linux/small.config \
	$(if $(filter 1,$(KERNEL_SELFTESTS)), \
		$(LINUX_SRC)/tools/testing/selftests/bpf/config extras/linux/selftests.config) \
	extras/linux/ebpf.config extras/linux/vm.config \
	$(LINUX_BOARD:%=extras/linux/%.config) $(wildcard extras/linux/$(ARCH).config) \
	$(if $(filter 1,$(KERNEL_DEBUG)),extras/linux/debug.config) \
	$(if $(filter 1,$(KERNEL_TINY)),extras/linux/tiny.config $(wildcard extras/linux/tiny-$(ARCH).config)) \
	$(if $(filter 1,$(KERNEL_COVERAGE)),extras/linux/coverage.config) \
	$(sanitizers:%=extras/linux/sanitize-%.config) $(KCONFIG)

linux-cross     := $(or $(LINUX_TRIPLE:%=%-),$(CROSS_COMPILE))
linux-defconfig := $(if $(filter 1,$(KERNEL_TINY)),allnoconfig,$(LINUX_DEFCONFIG))

# If these words change, the kernel is configured again.
linux-words := $(abspath $(LINUX_SRC)) $(linux-defconfig) $(linux-cross)gcc $(KBUILD_ARGS) $(linux-fragments)
$(call stamp,$(LINUX_OBJ)/words,$(linux-words))
$(LINUX_OBJ)/checked: $(LINUX_OBJ)/words scripts/linux-check | $(linux-unpacked)
	@scripts/linux-check $(LINUX_SRC) $(@D) $(LINUX_ARCH) '$(linux-cross)' && touch $@

$(LINUX_OBJ)/configured: $(LINUX_OBJ)/checked $(filter-out $(LINUX_SRC)/%,$(linux-fragments)) \
		scripts/linux-config scripts/linux-make | $(linux-unpacked)
	+$(call step,KCONFIG,$(LINUX_OBJ)/.config,$(ARCH)-kconfig-$(KERNEL_NAME)) \
		scripts/linux-config $(LINUX_SRC) $(LINUX_OBJ) $(LINUX_ARCH) '$(linux-cross)' \
		'$(linux-defconfig)' $(linux-fragments)
	$(Q)touch $@

# pahole makes no BTF of a kernel whose DWARF has complex numbers, as libgcc's has.
ifneq ($(linux-libgcc),)
$(linux-libgcc): $(LINUX_OBJ)/checked
	$(Q)$(linux-cross)strip --strip-debug -o $@ "$$($(linux-cross)gcc -print-libgcc-file-name)"
$(K)/release: $(linux-libgcc)
endif

kernel-config: $(LINUX_OBJ)/configured
	@echo '  $(LINUX_OBJ)/.config'

# --- build --------------------------------------------------------------------------

# What bisect checks out is not remembered.
remember-tree := $(if $(filter $(abspath $(BUILD))/bisect/%,$(KERNEL_SRC)),,$(if $(KERNEL_SRC),\
	override KERNEL_SRC := $(KERNEL_SRC),LINUX_SUITE := $(LINUX_SUITE)))

# Kbuild runs only if a file of the tree has changed: comparing the files' times takes a tenth of
# Kbuild's time.
$(K)/release: $(LINUX_OBJ)/configured FORCE
	+@scripts/linux-build --unchanged $(LINUX_SRC) $(LINUX_OBJ) $@ || V='$(V)' scripts/step \
		LINUX '$(KERNEL_NAME:src-%=%) for $(ARCH)' '$(O)/log/$(ARCH)-$(KERNEL_NAME).log' \
		scripts/linux-build $(LINUX_SRC) $(LINUX_OBJ) $(LINUX_ARCH) '$(linux-cross)' $(LINUX_IMAGE) $(K)
	@$(if $(remember-tree),echo '$(remember-tree)' >$(linux-last))

$(K)/image: $(K)/release
	$(Q)touch $@

# vmlinux is a link to the file with DWARF in LINUX_OBJ, where gdb finds the kernel's scripts.
$(K)/vmlinux: $(K)/release ;

K_MODULES := $(K)/modules.erofs
