# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# SHARE=dir is /mnt/share in the guest.  It is mounted over SSH when the VM is up,
# so that a VM's saved state never holds a mounted share; QEMU could not save one.

share-asked := $(filter-out file,$(origin SHARE))
ifeq ($(and $(SHARE),$(filter sshfs,$(SHARE_TYPE)),$(filter source,$(ROOTFS))),source)
$(error SHARE_TYPE=sshfs: ROOTFS=source has no sshfs. Take 9p or nfs)
endif
ifneq ($(SHARE),)
ifeq ($(wildcard $(SHARE)/.),)
$(error SHARE=$(SHARE): there is no such directory)
endif
# wildcard has made a home directory of "~".
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
# What root's QEMU does in it, it does as its owner.
ifeq ($(USER_ID),0)
qemu-user := $(patsubst 0:%,root,$(shell stat -c %u:%g '$(SHARE)'))
endif
endif

endif
