# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# zlib, libelf and libbpf for the guest, static and shared, from source.  They
# are built here because Debian's static libelf does not link, and because an
# architecture may have no Debian port.

# Pinned by suite and, in vars.mk, by upstream version: Debian's security fixes of that
# version are taken.
DEPS_SUITE := trixie

DEPS := $(BUILD)/deps
CC   := $(CROSS_COMPILE)gcc

# libbpf assumes that shared mappings need no more than a page's alignment.
dep-env := env PREFER_APPLETS=$(PREFER_APPLETS) \
	LIBBPF_CFLAGS='$(if $(SHMLBA),-I$(abspath extras/libbpf) -DSHM_ALIGN=$(SHMLBA))'
$(if $(SHMLBA),$(DEPS)/libbpf.built: $(wildcard extras/libbpf/*.h extras/libbpf/*/*.h))

# --- the compiler ------------------------------------------------------------------

# COMPILER is a prerequisite of everything that CC compiles: another CC compiles it again.
# A new CC is asked for its machine, because CROSS_COMPILE in the environment may be meant
# for another project.
COMPILER   := $(BUILD)/compiler
missing-cc := $(call tool,$(CC),$(if $(CROSS_COMPILE),$(firstword $(CROSS_PACKAGES)),gcc))
cc-machine = $(shell $(CC) -dumpmachine 2>/dev/null)
machine-arch = $(call arch-name,$(firstword $(subst -, ,$1)))
cc-arch    = $(call machine-arch,$(cc-machine))

$(call stamp,$(COMPILER),$(CC) $(TRIPLE),compiler-fits)
.PHONY: compiler-fits
compiler-fits: | $(missing-cc)
	$(if $(filter-out $(ARCH) $(call machine-arch,$(TRIPLE)),$(cc-arch)),$(compiler-error),@:)
missing-cc := $(or $(missing-cc),$(COMPILER))

define compiler-error
	@printf 'error: %s compiles for %s, and ARCH is %s\n  %s\n  %s\n' '$(CC)' '$(cc-arch)' '$(ARCH)' \
		'Its -dumpmachine is $(cc-machine). CROSS_COMPILE=$(CROSS_COMPILE) ($(origin CROSS_COMPILE)) set it.' \
		'Unset CROSS_COMPILE, or set ARCH to the architecture of the compiler: ARCH=$(cc-arch)' >&2; exit 1
endef

# --- sources --------------------------------------------------------------------------

$(eval $(call source,zlib,$(ZLIB_VERSION)))
$(eval $(call source,elfutils,$(ELFUTILS_VERSION)))
$(eval $(call source,libbpf,$(LIBBPF_VERSION)))

# --- builds ---------------------------------------------------------------------------

# (rsync, for ROOTFS=source, needs popt.)
$(patsubst %,$(DEPS)/%.built,zlib elfutils libbpf popt): $(DEPS)/%.built: \
		$(O)/src/%/.unpacked $(COMPILER) scripts/build-dep mk/library.mk
	+$(call step,DEP,$* for $(ARCH),$(ARCH)-$*) $(dep-env) \
		scripts/build-dep $* $(abspath $(O)/src/$* $(BUILD)/build/$* $(DEPS)) '$(TRIPLE)' '$(CC)'
	$(Q)touch $@

$(DEPS)/elfutils.built: $(DEPS)/zlib.built extras/elfutils/config.h
$(DEPS)/libbpf.built: $(DEPS)/elfutils.built

.PHONY: build-deps
build-deps: $(DEPS)/libbpf.built ## build zlib, libelf and libbpf for ARCH
