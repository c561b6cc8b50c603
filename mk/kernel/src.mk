# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=src: a kernel built here, from KERNEL_SRC or from Debian's source.

# --- the tree -----------------------------------------------------------------------

# A tree named once, by KERNEL_SRC or by LINUX_SUITE, is used until another one is named:
# its name is kept in a file.
ifeq ($(LINUX_ARCH),)
$(error KERNEL=src is not tried yet for ARCH=$(ARCH): mk/arch/$(ARCH).mk has no LINUX_ARCH, LINUX_DEFCONFIG and LINUX_IMAGE)
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
$(error KERNEL_SRC=$(KERNEL_SRC): there is no such directory. Give a Linux tree, or LINUX_SUITE=trixie for Debian's source)
else ifeq ($(and $(wildcard $(KERNEL_SRC)/Kconfig),$(wildcard $(KERNEL_SRC)/scripts/kconfig/merge_config.sh)),)
$(error KERNEL_SRC=$(KERNEL_SRC) is no Linux tree: it has no Kconfig or no scripts/kconfig. Give the top directory of one)
else ifeq ($(wildcard $(KERNEL_SRC)/arch/$(LINUX_ARCH)/Kconfig),)
$(error KERNEL_SRC=$(KERNEL_SRC) knows no $(ARCH): it has no arch/$(LINUX_ARCH). Give a newer tree)
endif
# wildcard has made a home directory of "~".
override KERNEL_SRC := $(abspath $(wildcard $(KERNEL_SRC)/.))
KERNEL_NAME := src-$(call path-name,$(KERNEL_SRC))
endif

$(foreach file,$(KCONFIG),$(if $(wildcard $(file)),,$(error KCONFIG: there is no file $(file))))

LINUX_SRC := $(or $(KERNEL_SRC),$(DEBIAN_LINUX))
LINUX_OBJ := $(BUILD)/linux/$(KERNEL_NAME:src-%=%)
export LINUX_ARGS
export CCACHE_DIR ?= $(abspath $(O)/ccache)
# What ccache has not seen is then not preprocessed once more to look it up: that
# took a third of a first build's time.
export CCACHE_DEPEND ?= 1

linux-unpacked := $(if $(KERNEL_SRC),,$(LINUX_SRC)/.unpacked)

# An architecture that this machine's libdw may not know yet.
ifneq ($(LINUX_LIBDW),)
export LIBDW := $(abspath $(HOST)/libdw)
$(LIBDW): | scripts/linux-libdw
	$(call step,FETCH,libdw $(LINUX_LIBDW) or newer unless it is here,libdw) \
		scripts/linux-libdw $(LINUX_LIBDW) $(APT) $@
$(LINUX_OBJ)/checked: | $(LIBDW)
endif

# --- configuration ------------------------------------------------------------------

# A tree that was once configured for the selftests stays so.
ifeq ($(origin KERNEL_SELFTESTS),file)
ifneq ($(filter test-maps test-progs kselftest,$(goals))$(findstring selftests.config,$(file <$(LINUX_OBJ)/words)),)
KERNEL_SELFTESTS := 1
endif
endif

# The later ones win.  The tree's own says what its BPF selftests need.
linux-fragments := extras/linux/small.config \
	$(if $(filter 1,$(KERNEL_SELFTESTS)),$(LINUX_SRC)/tools/testing/selftests/bpf/config extras/linux/selftests.config) \
	extras/linux/ebpf.config extras/linux/vm.config $(wildcard extras/linux/$(ARCH).config) \
	$(if $(filter 1,$(KERNEL_DEBUG)),extras/linux/debug.config) $(KCONFIG)

# Other words than last time configure anew.
$(call stamp,$(LINUX_OBJ)/words,$(abspath $(LINUX_SRC)) $(LINUX_DEFCONFIG) $(CROSS_COMPILE)gcc $(LINUX_ARGS) $(linux-fragments))
$(LINUX_OBJ)/checked: $(LINUX_OBJ)/words scripts/linux-check | $(linux-unpacked)
	@scripts/linux-check $(LINUX_SRC) $(@D) $(LINUX_ARCH) '$(CROSS_COMPILE)' && touch $@

$(LINUX_OBJ)/configured: $(LINUX_OBJ)/checked $(filter-out $(LINUX_SRC)/%,$(linux-fragments)) \
		scripts/linux-config scripts/linux-make | $(linux-unpacked)
	+$(call step,KCONFIG,$(LINUX_OBJ)/.config,$(ARCH)-kconfig-$(KERNEL_NAME)) \
		scripts/linux-config $(LINUX_SRC) $(LINUX_OBJ) $(LINUX_ARCH) '$(CROSS_COMPILE)' \
		'$(LINUX_DEFCONFIG)' $(linux-fragments)
	$(Q)touch $@

# --- build --------------------------------------------------------------------------

# Kbuild is asked only if a file of the tree has changed: a look at the files
# takes a tenth of its time.
$(K)/release: $(LINUX_OBJ)/configured FORCE
	+@scripts/linux-build --unchanged $(LINUX_SRC) $(LINUX_OBJ) $@ || V='$(V)' scripts/step \
		LINUX '$(KERNEL_NAME:src-%=%) for $(ARCH)' '$(O)/log/$(ARCH)-$(KERNEL_NAME).log' \
		scripts/linux-build $(LINUX_SRC) $(LINUX_OBJ) $(LINUX_ARCH) '$(CROSS_COMPILE)' $(LINUX_IMAGE) $(K)
	@echo '$(if $(KERNEL_SRC),override KERNEL_SRC := $(KERNEL_SRC),LINUX_SUITE := $(LINUX_SUITE))' >$(linux-last)

$(K)/image: $(K)/release
	$(Q)touch $@

# A link to the one with DWARF, beside which gdb finds the kernel's own scripts.
$(K)/vmlinux: $(K)/release ;

K_MODULES := $(K)/modules.erofs
