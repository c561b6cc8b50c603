# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=<path>: a kernel image of the user's.

# wildcard expands "~".
override KERNEL := $(wildcard $(KERNEL))
KERNEL_NAME := image-$(call path-name,$(KERNEL))

ifneq ($(KERNEL_MODULES),)
$(call check-path,KERNEL_MODULES)
ifeq ($(wildcard $(KERNEL_MODULES)/modules.dep),)
modules-near := $(patsubst %/modules.dep,%,$(firstword $(wildcard $(KERNEL_MODULES)/*/modules.dep \
	$(KERNEL_MODULES)/lib/modules/*/modules.dep $(abspath $(KERNEL_MODULES)/..)/modules.dep)))
did-you-mean := $(if $(modules-near),$(comma) did you mean $(modules-near)?,.)
$(error KERNEL_MODULES=$(KERNEL_MODULES) has no modules.dep$(did-you-mean) \
	Give the directory lib/modules/<release> of the kernel, after depmod)
endif
endif

# The stamp has the inode, size and times of the image: another image is used even if it is older.
$(call stamp,$(K).from,$(abspath $(KERNEL) $(KERNEL_MODULES)) $(call file-id,$(KERNEL)))
$(if $(KERNEL_MODULES),$(call stamp-tree,$(K).modules,$(KERNEL_MODULES)))
$(K)/release: $(K).from scripts/kernel-image $(if $(KERNEL_MODULES),$(K).modules)
	$(call step,KERNEL,$(KERNEL),$(ARCH)-$(KERNEL_NAME)) \
		scripts/kernel-image '$(KERNEL)' '$(KERNEL_MODULES)' $(K)

# The image is a link, whose time is that of the file it leads to.
$(K)/image: $(K)/release ;

K_MODULES := $(and $(KERNEL_MODULES),$(K)/modules.erofs)
