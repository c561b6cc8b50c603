# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The kernel that a VM boots.  KERNEL chooses its source, a file of mk/kernel, which sets
#   KERNEL_NAME  part of the names of the kernel's directory and of its VMs
#   K_MODULES    $(K)/modules.erofs, or nothing if the kernel has no modules
# and has rules for these files of the kernel's directory K:
#   release      the kernel's release (uname -r): the stamp of the rule that makes the others
#   image        the file that QEMU boots
#   lib/modules  modules for the root, after depmod, if K_MODULES is set
#   config       the kernel's configuration, if it is known

K = $(BUILD)/kernel/$(KERNEL_NAME)

# Debian's kernels by name: SUITE, SUITE-backports, and with a flavour of it, SUITE/FLAVOUR.
# This is no path: a file of that name is ./SUITE/FLAVOUR.
kernel-suites := $(KERNEL_SUITES) $(addsuffix -backports,$(filter-out sid,$(KERNEL_SUITES)))
kernel-suite  := $(filter $(kernel-suites),$(firstword $(subst /, ,$(filter-out /%,$(KERNEL)))))

# Not empty if it is Linux 5 or 6, as far as that is known before it is here.
linux-5-or-6 = $(strip $(if $(and $(filter src,$(KERNEL)),$(KERNEL_SRC)),\
	$(filter 5 6,$(word 6,$(file <$(KERNEL_SRC)/Makefile))),\
	$(filter-out trixie_backports%,$(filter bullseye% bookworm% trixie%,$(KERNEL_NAME:src-%=%)))))

# Debian's source of Linux: for KERNEL=src, and for bpftool of ROOTFS=source.
DEBIAN_LINUX = $(O)/src/linux-$(LINUX_SUITE)

kernel-source := $(or $(filter src,$(KERNEL)),$(if $(kernel-suite),debian),\
	$(if $(wildcard $(KERNEL)),$(if $(filter %.deb %.rpm,$(KERNEL)),package,image)))
ifneq ($(kernel-source),)
include mk/kernel/$(kernel-source).mk
else ifneq ($(findstring /,$(KERNEL)),)
$(error KERNEL=$(KERNEL): there is no such file. Give a kernel image, a package of one (.deb, .rpm)$(if \
	$(KERNEL_SUITES),$(comma) src$(comma) or a Debian suite: $(KERNEL_SUITES), or src))
else
$(call not-one-of,KERNEL,$(if $(KERNEL_SUITES),$(KERNEL_SUITES) <suite>-backports <suite>/<flavour>) src <path>)
endif

# A package's image is packed; QEMU is given what is inside where it can enter that.
ifneq ($(filter debian package,$(kernel-source)),)
K_MODULES := $(K)/modules.erofs
$(K)/image: $(K)/release scripts/extract-vmlinux
	@if [ '$(KERNEL_FORMAT)' = vmlinux ] && grep -qs '^$(KERNEL_FORMAT_NEEDS:%=%=y)' $(K)/config; then \
		V='$(V)' scripts/step EXTRACT $@ '$(O)/log/$(ARCH)-extract-$(KERNEL_NAME).log' \
		scripts/extract-vmlinux $(K)/vmlinuz $@; \
	else ln -sf vmlinuz $@ && touch $@; fi
endif

# The same modules make the same image on each machine: it is a part of the name of a saved state.
no-uuid := 00000000-0000-0000-0000-000000000000
$(K)/modules.erofs: $(K)/release
	$(call step,EROFS,$@,$(ARCH)-modules-$(KERNEL_NAME)) \
		sh -c 'mkfs.erofs --quiet --all-root -T0 -U $(no-uuid) $@.tmp $(K)/lib/modules && mv $@.tmp $@'

$(DEBIAN_LINUX)/.unpacked: | scripts/linux-source
	$(call step,FETCH,the Linux source of Debian $(LINUX_SUITE),fetch-linux-$(LINUX_SUITE)) \
		scripts/linux-source $(LINUX_SUITE) $(APT) $(@D)

# --- vmlinux.h ---------------------------------------------------------------------

# The apps' header describes the newest kernel of the stable suite, and comes from a package that
# contains only this header.  CO-RE adapts the apps to other kernels.  An architecture whose
# kernel has no BTF uses the header of a related one (VMLINUX_ARCH): programs that such a kernel
# can run need only common types, and the registers.
vmlinux-regs := $(wildcard extras/vmlinux/$(or $(VMLINUX_REGS),$(ARCH)).h)
# A kernel that Debian does not have is built here, and has BTF unless it is a tiny one.
header-arch  := $(if $(DEBIAN_ARCH)$(filter 1,$(KERNEL_TINY)),$(or $(VMLINUX_ARCH),$(DEBIAN_ARCH)))
ifeq ($(DEBIAN_ARCH),)
header-from  := $(BUILD)/vmlinux.h.from
$(call stamp,$(header-from),$(or $(header-arch),$(K)))
endif

ifneq ($(header-arch),)
$(BUILD)/vmlinux.h: $(vmlinux-regs) $(header-from) | scripts/vmlinux-h
	$(call step,VMLINUX,$@,$(ARCH)-vmlinux.h) \
		scripts/vmlinux-h $(call suites-for,$(DEPS_SUITE)) $(header-arch) $(APT) $@ $(vmlinux-regs)

else
# A kernel build that changes no type does not rebuild the apps.
$(BUILD)/vmlinux.h: $(K)/vmlinux.h $(header-from) $(vmlinux-regs) scripts/vmlinux-regs
	$(Q)$(if $(vmlinux-regs),scripts/vmlinux-regs,cat) $< $(vmlinux-regs) >$@.tmp
	$(Q)if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi
endif

# The types of KERNEL itself, from its BTF.
$(K)/vmlinux.btf: $(K)/image scripts/extract-vmlinux
	$(call step,EXTRACT,$@,$(ARCH)-btf-$(KERNEL_NAME)) scripts/extract-vmlinux --btf $< $@

$(K)/vmlinux.h: $(K)/vmlinux.btf
	$(call msg,BTF,$@)
	$(Q)$(BPFTOOL) btf dump file $< format c >$@.tmp && mv $@.tmp $@

# kernel-config: ## configure the kernel, which tells the options that it does not take (KERNEL=src)
.PHONY: kernel-config
ifneq ($(kernel-source),src)
kernel-config:
	$(call needs-src,Others come with their configuration.)
endif

.PHONY: kernel vmlinux.h
kernel: $(K)/image $(K)/initramfs.cpio $(K_MODULES) ## fetch KERNEL for ARCH, its modules and initramfs
vmlinux.h: $(K)/vmlinux.h ## make the vmlinux.h of KERNEL; VMLINUX_H=<it> builds the apps with it
	@echo '  $<'
