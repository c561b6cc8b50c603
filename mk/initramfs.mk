# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The initramfs: it loads the modules that the root needs, and mounts the root.

# Without these modules there is no root, and no way into the guest.
VM_MODULES := virtio_blk erofs overlay virtio_net

# Modules that the initramfs loads, with their dependencies, before it mounts the root: the
# transports, disks and file systems; and the network, because loading it from the initramfs
# is quicker than from the root.  Modules that are built into a kernel, or that it lacks, are
# left out.
INITRAMFS_MODULES := virtio_$(QEMU_VIRTIO) $(VM_MODULES) virtio_rng virtio_console \
	$(if $(ROOTFS_GIVEN),$(if $(ROOTFS_CPIO),,ext4 squashfs))

$(BUILD)/initramfs/%: guest/initramfs/%.c $(COMPILER) | $(missing-cc)
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -Os -Wall -Wextra -Werror -static -s -o $@ $<

initramfs-from := $(BUILD)/initramfs/$(KERNEL_NAME)$(addprefix -,$(ROOTFS_NAME)).from
$(call stamp,$(initramfs-from),$(INITRAMFS_MODULES) \
	$(if $(ROOTFS_CPIO),$(ROOTFS_GIVEN) $(call file-id,$(ROOTFS_GIVEN))))

$(K)/initramfs.cpio: $(K)/release $(BUILD)/initramfs/init scripts/initramfs $(if $(ROOTFS_GIVEN),,$(initramfs-from))
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs $(if $(ROOTFS_GIVEN),,--needs '$(VM_MODULES)') \
		$(K) $(BUILD)/initramfs/init $@ $(INITRAMFS_MODULES)

# In the initramfs, the user's archive follows the testbench's init and the modules.
ifeq ($(ROOTFS_GIVEN),)
INITRAMFS := $(K)/initramfs.cpio
else
INITRAMFS := $(K)/initramfs-$(ROOTFS_NAME).cpio
$(INITRAMFS): $(K)/release $(BUILD)/initramfs/init scripts/initramfs $(initramfs-from)
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs $(if $(ROOTFS_CPIO),--before $(ROOTFS_GIVEN)) \
		$(K) $(BUILD)/initramfs/init $@ $(INITRAMFS_MODULES)
endif

# The shortest boot: a kernel with an init that only prints a line.  It proves KVM, and
# `make bench` compares with it.
$(BUILD)/initramfs/hello.cpio: $(BUILD)/initramfs/hello scripts/initramfs
	$(call msg,CPIO,$@)
	$(Q)scripts/initramfs /nowhere $< $@
