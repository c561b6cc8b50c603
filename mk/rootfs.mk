# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The guest's root, and the SSH keys with which this checkout logs in to it.
#
# ROOTFS=debian and source give the files; scripts/rootfs-image makes them a read-only image,
# which any number of VMs share.

# --- which root -----------------------------------------------------------------

# ROOTFS_GIVEN: the user's image, if any; ROOTFS_NAME: its part in the names of files made from
# it; ROOTFS_CPIO: not empty if it is an archive.  Values from the environment are overridden.
ROOTFS_GIVEN :=
ROOTFS_NAME  :=
ROOTFS_CPIO  :=
ifeq ($(filter debian source,$(ROOTFS)),)
ifneq ($(wildcard $(ROOTFS)),)
# wildcard expands "~".
ROOTFS_GIVEN := $(abspath $(wildcard $(ROOTFS)))
ROOTFS_NAME  := $(call path-name,$(ROOTFS_GIVEN))
ROOTFS_CPIO  := $(if $(findstring .cpio,$(notdir $(ROOTFS_GIVEN))),cpio)
else ifneq ($(findstring /,$(ROOTFS)),)
$(error ROOTFS=$(ROOTFS): there is no such file. Give an image (.cpio, .ext2, .ext4, .erofs), debian or source)
else
$(call not-one-of,ROOTFS,$(if $(DEBIAN_ARCH),debian) source <path>)
endif
else ifeq ($(ROOTFS)$(DEBIAN_ARCH),debian)
$(error ROOTFS=debian: Debian has no port to $(ARCH). Known: source <path>)
endif

# The kernel's test_progs needs more memory in its VM, and programs.
runs-progs     := $(filter test-progs kselftest,$(goals))
progs-packages := bash coreutils e2fsprogs ethtool fsverity iptables keyutils openssl util-linux

# native-<app> builds in a guest with compilers, and shares with it the directory of the app, or
# the whole checkout if the app is in it.
NATIVE := $(patsubst native-%,%,$(filter native-%,$(goals)))
ifneq ($(NATIVE),)
override ROOTFS_DEV := 1
ifneq ($(TARGET),vm)
$(error native-<app> builds in a VM, from a directory that this machine shares with it: \
	TARGET=$(TARGET) cannot be meant)
endif
endif
ifneq ($(ROOTFS_PACKAGES)$(filter 1,$(ROOTFS_DEV)),)
ifneq ($(ROOTFS),debian)
$(error ROOTFS_PACKAGES and ROOTFS_DEV add Debian packages, which ROOTFS=$(ROOTFS) cannot have)
endif
endif
native-halves = $(foreach app,$(NATIVE),$(wildcard $(foreach dir,$(APPS_DIR) apps,$(dir)/$(app).bpf.[cS])))
native-dir    = $(realpath $(or $(dir $(firstword $(native-halves))),$(firstword $(APPS_DIR)),.))
native-share  = $(if $(filter $(CURDIR)/%,$(native-dir)/),$(CURDIR),$(native-dir))

# --- files of Debian's packages ------------------------------------------------

# Everything that changes the set of packages is part of the image's name.
rootfs-more     := $(strip $(ROOTFS_PACKAGES) $(if $(SHARE),$(filter sshfs,$(SHARE_TYPE))))
rootfs-lists    := extras/rootfs/packages $(if $(filter 1,$(ROOTFS_DEV)),extras/rootfs/packages.dev)
rootfs-packages := $(strip $(shell sed -n 's/ *\(\#.*\)*$$//; /./p' $(rootfs-lists)) $(rootfs-more))
rootfs-words    := $(strip $(ROOTFS_SUITE) $(if $(filter 1,$(ROOTFS_DEV)),dev) $(rootfs-more))
debian-base     := $(BUILD)/rootfs/$(subst $(space),+,$(rootfs-words))
debian-made     := $(debian-base)/etc/debian_version

$(debian-made): $(rootfs-lists) extras/rootfs/exclude | scripts/rootfs-debian
	$(call step,ROOTFS,Debian $(ROOTFS_SUITE) for $(ARCH): $(rootfs-packages),$(ARCH)-rootfs) \
		scripts/rootfs-debian $(call suites-for,$(ROOTFS_SUITE)) $(DEBIAN_ARCH) \
		$(subst $(space),$(comma),$(strip $(rootfs-packages))) \
		extras/rootfs/exclude $(APT) $(debian-base)
	$(Q)touch $@

# --- programs built here, static -------------------------------------------------

# From the newest suite whose source every mirror has.
$(eval $(call source,busybox,$(BUSYBOX_VERSION)))
$(eval $(call source,dropbear,$(DROPBEAR_VERSION)))
$(eval $(call source,rsync,$(RSYNC_VERSION)))
$(eval $(call source,popt,$(POPT_VERSION),bookworm))
$(eval $(call source,iproute2,$(IPROUTE2_VERSION),bookworm))

# bpftool comes from the kernel's tree: the user's, or Debian's, which must be unpacked.
bpftool-tree := $(or $(if $(filter src,$(KERNEL)),$(KERNEL_SRC)),$(DEBIAN_LINUX))

source-base := $(BUILD)/rootfs/source
source-made := $(patsubst %,$(BUILD)/rootfs/%.built,busybox dropbear rsync iproute2 bpftool)
program-src  = $(if $(filter bpftool,$*),$(bpftool-tree),$(O)/src/$*)

$(source-made): $(BUILD)/rootfs/%.built: $(COMPILER) scripts/build-dep | $(missing-cc)
	+$(call step,PROGRAM,$* for $(ARCH),$(ARCH)-$*) $(dep-env) DEPS=$(abspath $(DEPS)) \
		scripts/build-dep $* $(abspath $(program-src) $(BUILD)/build/$* $(source-base)) '$(TRIPLE)' '$(CC)'
	$(Q)touch $@

$(filter-out %/bpftool.built,$(source-made)): $(BUILD)/rootfs/%.built: $(O)/src/%/.unpacked
$(BUILD)/rootfs/rsync.built: $(DEPS)/zlib.built $(DEPS)/popt.built

$(call stamp,$(BUILD)/rootfs/bpftool.from,$(abspath $(bpftool-tree)) $(libbpf-env))
$(BUILD)/rootfs/bpftool.built: $(DEPS)/elfutils.built $(BUILD)/rootfs/bpftool.from \
	$(if $(filter $(DEBIAN_LINUX),$(bpftool-tree)),$(DEBIAN_LINUX)/.unpacked)

# --- the image --------------------------------------------------------------------

# Rules that run a program of the guest on this machine take it from rootfs-base.
ifneq ($(or $(filter source,$(ROOTFS)),$(if $(DEBIAN_ARCH),,source)),)
rootfs-base := $(source-base)
rootfs-made := $(source-made)
else
rootfs-base := $(debian-base)
rootfs-made := $(debian-made)
endif

ifeq ($(ROOTFS_GIVEN),)
ROOTFS_IMAGE := $(rootfs-base).erofs

# The program in the guest that prepares it for being saved.
$(BUILD)/rootfs/agent: guest/agent.c $(COMPILER) | $(missing-cc)
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -Os -Wall -Wextra -Werror -static -s -o $@ $<

$(ROOTFS_IMAGE): $(rootfs-made) $(BUILD)/rootfs/agent $(O)/keys/known_hosts \
		scripts/rootfs-image guest/rootfs/init guest/rootfs/setup extras/rootfs/applets
	$(call step,EROFS,$@,$(ARCH)-rootfs-image) \
		scripts/rootfs-image $(rootfs-base) $(O)/keys $(BUILD)/rootfs/agent $@
else
ROOTFS_IMAGE := $(ROOTFS_GIVEN)
endif

# The keys are made on this machine, are never committed, and serve all VMs of the checkout.
$(O)/keys/known_hosts: scripts/make-keys
	$(call msg,KEYS,$(@D))
	$(Q)scripts/make-keys $(@D)

.PHONY: rootfs keys
rootfs: $(ROOTFS_IMAGE) ## make the guest's root image
keys: $(O)/keys/known_hosts ## make the SSH keys of this checkout, for a root image of your own
	@ls $(<D)
