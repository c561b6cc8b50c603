# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=src: which tree that is.  A tree named once, by KERNEL_SRC or by
# LINUX_SUITE, is meant until another one is named: it is kept in a file.

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
