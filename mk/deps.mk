# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# zlib, libelf and libbpf for the guest, static and shared, from source.  They
# are built here because Debian's static libelf does not link, and because an
# architecture may have no Debian port.

# Pinned by suite and, in config.mk, by upstream version; a security fix of
# Debian's gets in.
DEPS_SUITE := trixie

DEPS := $(BUILD)/deps
CC   := $(CROSS_COMPILE)gcc

# Where shared mappings must be aligned to more than a page, libbpf has to be told.
dep-env := env LIBBPF_CFLAGS='$(if $(SHMLBA),-I$(abspath extras/libbpf) -DSHM_ALIGN=$(SHMLBA))'
$(if $(SHMLBA),$(DEPS)/libbpf.built: extras/libbpf/sys/mman.h)

# --- the compiler ------------------------------------------------------------------

# What it compiles has COMPILER as a prerequisite, and is made anew by another one.  That
# one is asked whom it compiles for: CROSS_COMPILE in the environment may be of another
# project.
COMPILER   := $(BUILD)/compiler
missing-cc    := $(call tool,$(CC),$(if $(CROSS_COMPILE),$(firstword $(CROSS_PACKAGES)),gcc))
cc-machine = $(shell $(CC) -dumpmachine 2>/dev/null)
cc-arch    = $(call arch-name,$(firstword $(subst -, ,$(cc-machine))))

$(call stamp,$(COMPILER),$(CC) $(TRIPLE),compiler-fits)
.PHONY: compiler-fits
compiler-fits: | $(missing-cc)
	$(if $(filter-out $(ARCH),$(cc-arch)),$(compiler-error),@:)
missing-cc    := $(or $(missing-cc),$(COMPILER))

define compiler-error
	@printf 'error: %s compiles for %s, and ARCH is %s\n  %s\n  %s\n' '$(CC)' '$(cc-arch)' '$(ARCH)' \
		'It says that it is of $(cc-machine); CROSS_COMPILE=$(CROSS_COMPILE) ($(origin CROSS_COMPILE)) chose it.' \
		'Unset CROSS_COMPILE, or say that the guest is of that architecture: ARCH=$(cc-arch)' >&2; exit 1
endef

# --- sources --------------------------------------------------------------------------

$(eval $(call source,zlib,$(ZLIB_VERSION)))
$(eval $(call source,elfutils,$(ELFUTILS_VERSION)))
$(eval $(call source,libbpf,$(LIBBPF_VERSION)))

# $(call source-from,NAME,VERSION): fetches NAME's source anew when it is to be another
# version, or from elsewhere, or a file of it in DEPS_SRC has changed.
define source-from
$(call stamp,$(O)/src/$1.from,$2 $(if $(own-source),$(abspath $(DEPS_SRC))))
$(if $(own-source),$(call stamp-tree,$(O)/src/$1.changed,$(DEPS_SRC)/$1))
$(O)/src/$1/.unpacked: $(O)/src/$1.from $(if $(own-source),$(O)/src/$1.changed)
endef
$(eval $(call source-from,zlib,$(ZLIB_VERSION)))
$(eval $(call source-from,elfutils,$(ELFUTILS_VERSION)))
$(eval $(call source-from,libbpf,$(LIBBPF_VERSION)))

# --- builds ---------------------------------------------------------------------------

# What a library is built by, beside its source.
build-dep := scripts/build-dep mk/library.mk
$(DEPS)/elfutils.built: extras/elfutils/config.h

# $(call dep,NAME,NEEDS): a rule that builds NAME, after NEEDS.
define dep
$(DEPS)/$1.built: $(O)/src/$1/.unpacked $(COMPILER) $(build-dep) $(patsubst %,$(DEPS)/%.built,$2)
	+$$(call step,DEP,$1 for $(ARCH),$(ARCH)-$1) \
		$(dep-env) scripts/build-dep $1 $(abspath $(O)/src/$1 $(BUILD)/build/$1 $(DEPS)) '$(TRIPLE)' '$(CC)'
	$(Q)touch $$@
endef

$(eval $(call dep,zlib))
$(eval $(call dep,elfutils,zlib))
$(eval $(call dep,libbpf,elfutils))

.PHONY: build-deps
build-deps: $(DEPS)/libbpf.built ## build zlib, libelf and libbpf for ARCH
