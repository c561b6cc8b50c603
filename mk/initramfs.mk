# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The initramfs: it loads the modules that the root needs, and mounts the root.

# Loaded by the initramfs, with what they depend on, before there is a root:
# the transports and disks, the file systems, and already the network, since
# loading it there is quicker than from the root.  Those that are built into a
# kernel, or that it does not have, are left out.
INITRAMFS_MODULES := virtio_$(QEMU_VIRTIO) virtio_blk erofs overlay virtio_net virtio_rng \
	virtio_console $(if $(ROOTFS_GIVEN),$(if $(ROOTFS_CPIO),,ext4 squashfs))

$(BUILD)/initramfs/%: guest/initramfs/%.c $(COMPILER) | $(missing-cc)
	$(call msg,HOSTCC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -Os -Wall -Wextra -Werror -static -s -o $@ $<

initramfs-from := $(BUILD)/initramfs/$(KERNEL_NAME)$(addprefix -,$(ROOTFS_NAME)).from
$(call stamp,$(initramfs-from),$(INITRAMFS_MODULES) $(if $(ROOTFS_CPIO),$(ROOTFS_GIVEN) $(call file-id,$(ROOTFS_GIVEN))))

$(K)/initramfs.cpio: $(K)/release $(BUILD)/initramfs/init scripts/initramfs $(if $(ROOTFS_GIVEN),,$(initramfs-from))
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs $(K) $(BUILD)/initramfs/init $@ $(INITRAMFS_MODULES)

# An archive of the user's comes behind our init and the modules.
ifeq ($(ROOTFS_GIVEN),)
INITRAMFS := $(K)/initramfs.cpio
else
INITRAMFS := $(K)/initramfs-$(ROOTFS_NAME).cpio
$(INITRAMFS): $(K)/release $(BUILD)/initramfs/init scripts/initramfs $(initramfs-from)
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs $(if $(ROOTFS_CPIO),--before $(ROOTFS_GIVEN)) $(K) $(BUILD)/initramfs/init $@ $(INITRAMFS_MODULES)
endif

# The floor under every boot: a kernel and an init that only says hello.  It
# proves KVM, and `make bench` measures against it.
$(BUILD)/initramfs/hello.cpio: $(BUILD)/initramfs/hello scripts/initramfs
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs /nowhere $< $@
