# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The guest's root, and the keys that let this checkout, and nobody else, in.
#
# ROOTFS=debian and source make files of different origin; scripts/rootfs-image
# makes the same read-only image of both, which any number of VMs share.

# --- files of Debian's packages ------------------------------------------------

# What a change of makes another set of packages; part of the image's name.
rootfs-more     := $(strip $(ROOTFS_PACKAGES) $(if $(SHARE),$(filter sshfs,$(SHARE_TYPE))))
rootfs-lists    := extras/rootfs/packages $(if $(filter 1,$(ROOTFS_DEV)),extras/rootfs/packages.dev)
rootfs-packages := $(strip $(shell sed -n 's/ *\(\#.*\)*$$//; /./p' $(rootfs-lists)) $(rootfs-more))
debian-base     := $(B)/rootfs/$(subst $(space),+,$(strip $(ROOTFS_SUITE) $(if $(filter 1,$(ROOTFS_DEV)),dev) $(rootfs-more)))
debian-made     := $(debian-base)/etc/debian_version

$(debian-made): $(rootfs-lists) extras/rootfs/exclude | scripts/rootfs-debian
	$(call step,ROOTFS,Debian $(ROOTFS_SUITE) for $(ARCH): $(rootfs-packages),$(ARCH)-rootfs) \
		scripts/rootfs-debian $(call suites-for,$(ROOTFS_SUITE)) $(DEBIAN_ARCH) \
		$(subst $(space),$(comma),$(strip $(rootfs-packages))) \
		extras/rootfs/exclude $(APT) $(debian-base)
	$(Q)touch $@

# --- programs built here, static -------------------------------------------------

# Of the newest suite whose source every mirror has.
$(eval $(call source,busybox,$(BUSYBOX_VERSION)))
$(eval $(call source,dropbear,$(DROPBEAR_VERSION)))
$(eval $(call source,rsync,$(RSYNC_VERSION)))
$(eval $(call source,popt,$(POPT_VERSION),bookworm))
$(eval $(call source,iproute2,$(IPROUTE2_VERSION),bookworm))
$(eval $(call dep,popt))

$(eval $(call source-from,busybox,$(BUSYBOX_VERSION)))
$(eval $(call source-from,dropbear,$(DROPBEAR_VERSION)))
$(eval $(call source-from,rsync,$(RSYNC_VERSION)))
$(eval $(call source-from,popt,$(POPT_VERSION)))
$(eval $(call source-from,iproute2,$(IPROUTE2_VERSION)))

source-base := $(B)/rootfs/source
source-made := $(patsubst %,$(B)/rootfs/%.built,busybox dropbear rsync iproute2 bpftool)

# $(call program,NAME,SOURCE,NEEDS): a rule that builds NAME from the directory SOURCE.
define program
$(B)/rootfs/$1.built: $(COMPILER) scripts/build-dep $(patsubst %,$(DEPS)/%.built,$3) | $(have-cc)
	+$$(call step,PROGRAM,$1 for $(ARCH),$(ARCH)-$1) $(dep-env) DEPS=$(abspath $(DEPS)) \
		scripts/build-dep $1 $(abspath $2 $(B)/build/$1 $(source-base)) '$(TRIPLE)' '$(CC)'
	$(Q)touch $$@
endef

$(eval $(call program,busybox,$(O)/src/busybox))
$(eval $(call program,dropbear,$(O)/src/dropbear))
$(eval $(call program,rsync,$(O)/src/rsync,zlib popt))
$(eval $(call program,iproute2,$(O)/src/iproute2))
$(foreach name,busybox dropbear rsync iproute2,$(eval $(B)/rootfs/$(name).built: $(O)/src/$(name)/.unpacked))

# In the tree that the kernel is built from.  One of the user's needs no unpacking.
bpftool-tree := $(or $(if $(filter src,$(KERNEL)),$(KERNEL_SRC)),$(DEBIAN_LINUX))
$(eval $(call program,bpftool,$(bpftool-tree),elfutils))
$(call stamp,$(B)/rootfs/bpftool.from,$(abspath $(bpftool-tree)))
$(B)/rootfs/bpftool.built: $(B)/rootfs/bpftool.from $(if $(filter $(DEBIAN_LINUX),$(bpftool-tree)),$(DEBIAN_LINUX)/.unpacked)

# --- the image --------------------------------------------------------------------

# Those who need a program of the guest on this machine take it from rootfs-base.
ifneq ($(or $(filter source,$(ROOTFS)),$(if $(DEBIAN_ARCH),,source)),)
rootfs-base := $(source-base)
rootfs-made := $(source-made)
else
rootfs-base := $(debian-base)
rootfs-made := $(debian-made)
endif

ifeq ($(ROOTFS_GIVEN),)
ROOTFS_IMAGE := $(rootfs-base).erofs

# The guest's half of saved state.
$(B)/rootfs/agent: extras/agent/agent.c $(COMPILER) | $(have-cc)
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -Os -Wall -Wextra -Werror -static -s -o $@ $<

$(ROOTFS_IMAGE): $(rootfs-made) $(B)/rootfs/agent $(O)/keys/known_hosts \
		scripts/rootfs-image $(wildcard extras/rootfs/*)
	$(call step,EROFS,$@,$(ARCH)-rootfs-image) \
		scripts/rootfs-image $(rootfs-base) extras/rootfs $(O)/keys $(B)/rootfs/agent $@
else
# Somebody else's.
ROOTFS_IMAGE := $(ROOTFS_GIVEN)
endif

# Made on this machine, never committed, the same for every VM of this checkout.
$(O)/keys/known_hosts: scripts/make-keys
	$(call msg,KEYS,$(@D))
	$(Q)scripts/make-keys $(@D)

.PHONY: rootfs keys
rootfs: $(ROOTFS_IMAGE) ## make the guest's root image
keys: $(O)/keys/known_hosts ## make the keys of this checkout, for a root of your own
	@ls $(<D)
