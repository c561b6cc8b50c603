# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The kernel that a VM boots: its image, its modules, its initramfs, and the
# vmlinux.h of its types.  Everything of one kernel is in one directory.

K := $(B)/kernel/$(KERNEL_NAME)

# Loaded by the initramfs, with what they depend on, before there is a root:
# the transports and disks, the file systems, and already the network, since
# loading it there is quicker than from the root.  Those that are built into a
# kernel, or that it does not have, are left out.
INITRAMFS_MODULES := virtio_$(QEMU_VIRTIO) virtio_blk erofs overlay virtio_net virtio_rng \
	virtio_console $(if $(ROOTFS_GIVEN),$(if $(ROOTFS_CPIO),,ext4 squashfs))

ifneq ($(filter $(KERNEL),$(KERNEL_SUITES)),)

# What is fetched stays when the script that fetched it changes: `rm -r` it.
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

else ifeq ($(KERNEL),src)

# mk/linux.mk builds it.
K_MODULES := $(K)/modules.erofs

else

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

endif

$(K)/modules.erofs: $(K)/release
	$(call step,EROFS,$@,$(ARCH)-modules-$(KERNEL_NAME)) \
		mkfs.erofs --quiet --all-root -T0 $@.tmp $(K)/lib/modules
	$(Q)mv $@.tmp $@

# --- the initramfs: loads modules, mounts the root ----------------------------

$(B)/initramfs/%: extras/initramfs/%.c $(COMPILER) | $(have-cc)
	$(call msg,HOSTCC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -Os -Wall -Wextra -Werror -static -s -o $@ $<

initramfs-from := $(B)/initramfs/$(KERNEL_NAME)$(addprefix -,$(ROOTFS_NAME)).from
$(call stamp,$(initramfs-from),$(INITRAMFS_MODULES) $(if $(ROOTFS_CPIO),$(ROOTFS_GIVEN) $(call file-id,$(ROOTFS_GIVEN))))

$(K)/initramfs.cpio: $(K)/release $(B)/initramfs/init scripts/initramfs $(if $(ROOTFS_GIVEN),,$(initramfs-from))
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs $(K) $(B)/initramfs/init $@ $(INITRAMFS_MODULES)

# An archive of the user's comes behind our init and the modules.
ifeq ($(ROOTFS_GIVEN),)
INITRAMFS := $(K)/initramfs.cpio
else
INITRAMFS := $(K)/initramfs-$(ROOTFS_NAME).cpio
$(INITRAMFS): $(K)/release $(B)/initramfs/init scripts/initramfs $(initramfs-from)
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs $(if $(ROOTFS_CPIO),--before $(ROOTFS_GIVEN)) $(K) $(B)/initramfs/init $@ $(INITRAMFS_MODULES)
endif

# The floor under every boot: a kernel and an init that only says hello.  It
# proves KVM, and `make bench` measures against it.
$(B)/initramfs/hello.cpio: $(B)/initramfs/hello scripts/initramfs
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs /nowhere $< $@

# --- vmlinux.h ---------------------------------------------------------------------

# For the apps: of the newest kernel of the stable suite, from a package that
# is nothing but this header.  CO-RE makes it right for every other kernel.  An
# architecture whose kernel has no BTF takes a relative's: what such kernels can
# run needs no more of it than types that all have in common, and the registers.
vmlinux-regs := $(wildcard extras/vmlinux/$(ARCH).h)

ifneq ($(or $(VMLINUX_ARCH),$(DEBIAN_ARCH)),)
$(B)/vmlinux.h: $(vmlinux-regs) | scripts/vmlinux-h
	$(call step,VMLINUX,$@,$(ARCH)-vmlinux.h) \
		scripts/vmlinux-h $(call suites-for,$(DEPS_SUITE)) $(or $(VMLINUX_ARCH),$(DEBIAN_ARCH)) $(APT) $@ $(vmlinux-regs)

else
# Where Debian has no kernel: of the one that is used.  A build that changes no type
# does not build the apps anew.
$(call stamp,$(B)/vmlinux.h.from,$(K))
$(B)/vmlinux.h: $(K)/vmlinux.h $(B)/vmlinux.h.from $(vmlinux-regs) scripts/vmlinux-regs
	$(Q)$(if $(vmlinux-regs),scripts/vmlinux-regs,cat) $< $(vmlinux-regs) >$@.tmp
	$(Q)if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi
endif

# Of this very kernel, from its BTF.
$(K)/vmlinux.btf: $(K)/image scripts/extract-vmlinux
	$(call step,EXTRACT,$@,$(ARCH)-btf-$(KERNEL_NAME)) scripts/extract-vmlinux --btf $< $@

$(K)/vmlinux.h: $(K)/vmlinux.btf
	$(call msg,BTF,$@)
	$(Q)$(BPFTOOL) btf dump file $< format c >$@.tmp && mv $@.tmp $@

.PHONY: kernel vmlinux.h
kernel: $(K)/image $(K)/initramfs.cpio $(K_MODULES) ## fetch KERNEL for ARCH, its modules and initramfs
vmlinux.h: $(K)/vmlinux.h ## make the vmlinux.h of KERNEL; VMLINUX_H=<it> builds the apps with it
	@echo '  $<'
