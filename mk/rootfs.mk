# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The guest's root: a read-only image that any number of VMs share, and the
# keys that let this checkout, and nobody else, in.

# What a change of makes another set of packages; part of the image's name.
rootfs-more     := $(strip $(ROOTFS_PACKAGES) $(if $(SHARE),$(filter sshfs,$(SHARE_TYPE))))
rootfs-lists    := extras/rootfs/packages $(if $(filter 1,$(ROOTFS_DEV)),extras/rootfs/packages.dev)
rootfs-packages := $(strip $(shell sed -n 's/ *\(\#.*\)*$$//; /./p' $(rootfs-lists)) $(rootfs-more))
rootfs-base     := $(B)/rootfs/$(subst $(space),+,$(strip $(ROOTFS_SUITE) $(if $(filter 1,$(ROOTFS_DEV)),dev) $(rootfs-more)))
ROOTFS_IMAGE    := $(rootfs-base).erofs

$(rootfs-base)/etc/debian_version: $(rootfs-lists) extras/rootfs/exclude | scripts/rootfs-debian
	$(call step,ROOTFS,Debian $(ROOTFS_SUITE) for $(ARCH): $(rootfs-packages),$(ARCH)-rootfs) \
		scripts/rootfs-debian $(ROOTFS_SUITE) $(DEBIAN_ARCH) \
		$(subst $(space),$(comma),$(strip $(rootfs-packages))) \
		extras/rootfs/exclude $(APT) $(rootfs-base)
	$(Q)touch $@

# The guest's half of saved state.
$(B)/rootfs/agent: extras/agent/agent.c | $(have-cc)
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -Os -Wall -Wextra -Werror -static -s -o $@ $<

$(ROOTFS_IMAGE): $(rootfs-base)/etc/debian_version $(B)/rootfs/agent $(O)/keys/known_hosts \
		scripts/rootfs-image $(wildcard extras/rootfs/*)
	$(call step,EROFS,$@,$(ARCH)-rootfs-image) \
		scripts/rootfs-image $(rootfs-base) extras/rootfs $(O)/keys $(B)/rootfs/agent $@

# Made on this machine, never committed, the same for every VM of this checkout.
$(O)/keys/known_hosts: scripts/make-keys
	$(call msg,KEYS,$(@D))
	$(Q)scripts/make-keys $(@D)

.PHONY: rootfs
rootfs: $(ROOTFS_IMAGE) ## make the guest's root image
