# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# SHARE=dir is /mnt/share in the guest.  It is mounted over SSH when the VM is up, because QEMU
# cannot save the state of a VM with a mounted share.

share-asked := $(filter-out file,$(origin SHARE))
ifeq ($(and $(SHARE),$(filter sshfs,$(SHARE_TYPE)),$(filter source,$(ROOTFS))),source)
$(error SHARE_TYPE=sshfs: ROOTFS=source has no sshfs. Use SHARE_TYPE=9p or nfs)
endif
ifneq ($(SHARE),)
ifeq ($(wildcard $(SHARE)/.),)
$(error SHARE=$(SHARE): there is no such directory)
endif
# wildcard expands "~".
override SHARE := $(abspath $(wildcard $(SHARE)/.))
endif

share-mount := :
qemu-share  :=

ifneq ($(SHARE),)

share-mount = VM='$(VM)' GIVEN='$(if $(filter 1,$(ROOTFS_DEV)),ROOTFS_DEV=1 )' \
	scripts/share $(VM_DIR) $(SHARE_TYPE) '$(SHARE)' $(if $(share-asked)$(NATIVE),,any)

ifeq ($(SHARE_TYPE),9p)
# vm makes a link in the VM's directory, so that one saved state serves all directories.
vm-share   = --share '$(SHARE)'
qemu-share = -fsdev local,id=share,path=share,security_model=none,multidevs=remap \
	$(call virtio,9p,4),fsdev=share,mount_tag=share
# A QEMU started by root runs as the owner of the directory.
ifeq ($(USER_ID),0)
qemu-user := $(patsubst 0:%,root,$(shell stat -c %u:%g '$(SHARE)'))
endif
endif

endif
