# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=<path>.deb or <path>.rpm: the kernel package of any distribution, with KERNEL_MODULES,
# the packages of its modules, if they are apart.

# wildcard has made a home directory of "~".
override KERNEL := $(wildcard $(KERNEL))
$(call check-path,KERNEL)
KERNEL_NAME := package-$(call path-name,$(KERNEL))

kernel-packages := $(abspath $(KERNEL)) $(foreach file,$(KERNEL_MODULES),$(or \
	$(abspath $(wildcard $(filter %.deb %.rpm,$(file)))),\
	$(error KERNEL_MODULES: $(file) is no .deb or .rpm that is there. \
	KERNEL=$(KERNEL) is a package: give the packages of its modules)))
rpm-tool := $(if $(filter %.rpm,$(kernel-packages)),$(call tool,rpm))

# Content of other times, size or inode is other content, whichever of both is older.
$(call stamp,$(K).from,$(foreach file,$(kernel-packages),$(file) $(call file-id,$(file))))
$(K)/release: $(K).from scripts/kernel-package extras/kernel/modules.exclude | $(rpm-tool)
	$(call step,KERNEL,$(notdir $(kernel-packages)),$(ARCH)-$(KERNEL_NAME)) \
		scripts/kernel-package --arch '$(ARCH) $(ARCH_ALIASES)' \
		extras/kernel/modules.exclude $(K) $(kernel-packages)
