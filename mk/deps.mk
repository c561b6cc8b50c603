# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# zlib, libelf and libbpf for the guest, static and shared, from source.  They
# are built here because Debian's static libelf does not link, and because an
# architecture may have no Debian port.

# Pinned by suite and, in config.mk, by upstream version; a security fix of
# Debian's gets in.
DEPS_SUITE := trixie

DEPS := $(B)/deps
CC   := $(CROSS_COMPILE)gcc
have-cc := $(call tool,$(CC),$(if $(CROSS_COMPILE),$(firstword $(CROSS_PACKAGES)),gcc))

$(eval $(call source,zlib,$(ZLIB_VERSION)))
$(eval $(call source,elfutils,$(ELFUTILS_VERSION)))
$(eval $(call source,libbpf,$(LIBBPF_VERSION)))

# Where shared mappings must be aligned to more than a page, libbpf has to be told.
dep-env := env LIBBPF_CFLAGS='$(if $(SHMLBA),-I$(abspath extras/libbpf) -DSHM_ALIGN=$(SHMLBA))'
$(if $(SHMLBA),$(DEPS)/libbpf.built: extras/libbpf/sys/mman.h)

# What a library is built by, beside its source.
build-dep := scripts/build-dep mk/library.mk
$(DEPS)/elfutils.built: extras/elfutils/config.h

# $(call dep,NAME,NEEDS): a rule that builds NAME, after NEEDS.
define dep
$(DEPS)/$1.built: $(O)/src/$1/.unpacked $(build-dep) $(patsubst %,$(DEPS)/%.built,$2)
	+$$(call step,DEP,$1 for $(ARCH),$(ARCH)-$1) \
		$(dep-env) scripts/build-dep $1 $(abspath $(O)/src/$1 $(B)/build/$1 $(DEPS)) '$(TRIPLE)' '$(CC)'
	$(Q)touch $$@
endef

$(eval $(call dep,zlib))
$(eval $(call dep,elfutils,zlib))
$(eval $(call dep,libbpf,elfutils))

.PHONY: build-deps
build-deps: $(DEPS)/libbpf.built ## build zlib, libelf and libbpf for ARCH
