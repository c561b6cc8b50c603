# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The architecture: its name, and the facts of its file in mk/arch.

# $(call arch-name,NAME): the testbench's name of the architecture that other projects
# call NAME.  Only an alias costs a process.
arch-name = $(or $(filter $1,$(ARCHS)),$(shell MAKE='$(MAKE)' scripts/facts | \
	awk '$$2 ~ /^ARCH_ALIASES=/ { sub(/.*=/, "", $$2); for (i = 2; i <= NF; i++) if ($$i == "$1") print $$1 }'))

# MAKE_HOST is the triplet that make itself was built for.
HOST_ARCH := $(call arch-name,$(firstword $(subst -, ,$(MAKE_HOST))))

ifeq ($(ARCH),)
$(error mk/arch has no file for this machine's architecture, $(firstword $(subst -, ,$(MAKE_HOST))). \
	Name the architecture to test: ARCH=<one of $(ARCHS)>)
endif
ifeq ($(filter $(ARCH),$(ARCHS)),)
arch := $(call arch-name,$(ARCH))
$(if $(arch),,$(call not-one-of,ARCH,$(ARCHS)))
override ARCH := $(arch)
endif

include mk/arch/$(ARCH).mk

# The directories of everything that is built for the architecture, and for this machine.
BUILD := $(O)/$(ARCH)
HOST  := $(O)/host
