# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=<suite>: the kernel package of a Debian suite.

KERNEL_NAME := $(KERNEL)

# A change of scripts/kernel-debian does not fetch the kernel again; `rm -r` the directory does.
$(K)/release: | scripts/kernel-debian extras/kernel/modules.exclude
	$(call step,KERNEL,Debian $(KERNEL) for $(ARCH): package and modules,$(ARCH)-kernel-$(KERNEL)) \
		scripts/kernel-debian $(KERNEL) $(DEBIAN_ARCH) $(KERNEL_FLAVOUR) \
		extras/kernel/modules.exclude $(APT) $(K)

$(K)/image: $(K)/release scripts/extract-vmlinux
ifeq ($(KERNEL_FORMAT),vmlinux)
	$(call step,EXTRACT,$@,$(ARCH)-extract-$(KERNEL)) scripts/extract-vmlinux $(K)/vmlinuz $@
else
	$(Q)ln -sf vmlinuz $@
endif

K_MODULES := $(K)/modules.erofs
