# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# KERNEL=<suite>, <suite>-backports, <suite>/<flavour>: the kernel package of a Debian suite.

# VMs are named after it, too: no slash, and not the name of another suite's VM_NAME=backports.
KERNEL_NAME := $(subst /,_,$(subst -backports,_backports,$(KERNEL)))

# "cloud" may be a package of this name, of cloud-KERNEL_FLAVOUR, or of KERNEL_FLAVOUR-cloud.
kernel-flavour := $(KERNEL:$(kernel-suite)%=%)
kernel-flavour := $(kernel-flavour:/%=%)
kernel-flavours := $(or $(foreach name,$(kernel-flavour),\
	$(name) $(name)-$(KERNEL_FLAVOUR) $(KERNEL_FLAVOUR)-$(name)),$(KERNEL_FLAVOUR))

# A change of scripts/kernel-debian does not fetch the kernel again; `rm -r` the directory does.
$(K)/release: | scripts/kernel-debian scripts/kernel-package extras/kernel/modules.exclude
	$(call step,KERNEL,Debian $(KERNEL) for $(ARCH): package and modules,$(ARCH)-kernel-$(KERNEL_NAME)) \
		scripts/kernel-debian $(kernel-suite) $(DEBIAN_ARCH) '$(kernel-flavours)' \
		extras/kernel/modules.exclude $(APT) $(K)
