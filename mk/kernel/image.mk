# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=<path>: a kernel image of the user's.

# wildcard has made a home directory of "~".
override KERNEL := $(wildcard $(KERNEL))
KERNEL_NAME := image-$(call path-name,$(KERNEL))

ifneq ($(KERNEL_MODULES),)
ifeq ($(wildcard $(KERNEL_MODULES)/modules.dep),)
modules-near := $(patsubst %/modules.dep,%,$(firstword $(wildcard $(KERNEL_MODULES)/*/modules.dep \
	$(KERNEL_MODULES)/lib/modules/*/modules.dep $(abspath $(KERNEL_MODULES)/..)/modules.dep)))
$(error KERNEL_MODULES=$(KERNEL_MODULES) has no modules.dep$(if $(modules-near),$(comma) did you mean $(modules-near)?,.) \
	Give the directory lib/modules/<release> of the kernel, after depmod)
endif
endif

# An image of the user's.  Its modules, if it has any, are KERNEL_MODULES.  Content of
# other times, size or inode is other content, whichever of both is older.
$(call stamp,$(K).from,$(abspath $(KERNEL) $(KERNEL_MODULES)) $(call file-id,$(KERNEL)))
$(if $(KERNEL_MODULES),$(call stamp-tree,$(K).modules,$(KERNEL_MODULES)))
$(K)/release: $(K).from scripts/kernel-image $(if $(KERNEL_MODULES),$(K).modules)
	$(call step,KERNEL,$(KERNEL),$(ARCH)-$(KERNEL_NAME)) \
		scripts/kernel-image '$(KERNEL)' '$(KERNEL_MODULES)' $(K)

# A link, as old as what it leads to.
$(K)/image: $(K)/release ;

K_MODULES := $(and $(KERNEL_MODULES),$(K)/modules.erofs)
