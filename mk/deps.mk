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

# Where no package has a C library for the architecture (MUSL_CFLAGS), and the user names no other compiler,
# musl is built by the kernel's compiler.  A wrapper of that compiler then is CC.
MUSL     := $(if $(and $(MUSL_CFLAGS),$(filter $(musl-cross),$(CROSS_COMPILE))),$(BUILD)/musl)
# The prefix of binutils, which are there before anything is built.
BINUTILS := $(if $(MUSL),$(LINUX_TRIPLE)-,$(CROSS_COMPILE))

# libbpf assumes that shared mappings need no more than a page's alignment.
libbpf-env := KERNEL_BITS=$(BITS) \
	LIBBPF_CFLAGS='$(LIBBPF_CFLAGS)$(if $(SHMLBA), -I$(abspath extras/libbpf) -DSHM_ALIGN=$(SHMLBA))'
dep-env    := env ALLOCA_CUTOFF=$(ALLOCA_CUTOFF) LINUX_ARCH=$(LINUX_ARCH) $(libbpf-env)
$(call stamp,$(DEPS)/libbpf.from,$(libbpf-env))
$(DEPS)/libbpf.built: $(DEPS)/libbpf.from $(if $(SHMLBA),$(wildcard extras/libbpf/*.h extras/libbpf/*/*.h))

# --- the compiler ------------------------------------------------------------------

# COMPILER is a prerequisite of everything that CC compiles: another CC compiles it again.
# A new CC is asked for its machine, because CROSS_COMPILE in the environment may be meant
# for another project.
COMPILER   := $(BUILD)/compiler
missing-cc := $(if $(MUSL),$(call tool,$(LINUX_TRIPLE)-gcc,$(firstword $(CROSS_PACKAGES))),\
	$(call tool,$(CC),$(if $(CROSS_COMPILE),$(firstword $(CROSS_PACKAGES)),gcc)))
cc-machine = $(shell $(CC) -dumpmachine 2>/dev/null)
machine-arch = $(call arch-name,$(firstword $(subst -, ,$1)))
cc-arch    = $(call machine-arch,$(cc-machine))

ifneq ($(MUSL),)
musl-env := MUSL_CFLAGS='$(MUSL_CFLAGS)' MUSL_EMULATION='$(MUSL_EMULATION)' MUSL_LDFLAGS='$(MUSL_LDFLAGS)' \
	MUSL_BUILTINS='$(MUSL_BUILTINS)'
llvm-src := $(O)/src/llvm-toolchain-19
$(eval $(call source,musl,$(MUSL_VERSION)))
$(eval $(call source,$(notdir $(llvm-src)),$(COMPILER_RT_VERSION),,compiler-rt/lib/builtins))
$(call stamp,$(MUSL).from,$(LINUX_TRIPLE) $(musl-env))
$(MUSL).built: $(MUSL).from $(O)/src/musl/.unpacked $(llvm-src)/.unpacked scripts/build-dep mk/library.mk \
		| $(missing-cc) $(call tool,$(CLANG))
	+$(call step,MUSL,the C library for $(ARCH),$(ARCH)-musl) \
		env $(musl-env) BUILTINS_CC='$(CLANG)' DEPS=$(abspath $(llvm-src)) scripts/build-dep musl \
		$(abspath $(O)/src/musl $(BUILD)/build/musl $(MUSL)) '$(TRIPLE)' '$(LINUX_TRIPLE)-gcc'
	$(Q)touch $@
$(COMPILER): $(MUSL).built
endif

$(call stamp,$(COMPILER),$(CC) $(TRIPLE),$(if $(MUSL),,compiler-fits))
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
