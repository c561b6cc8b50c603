# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# What is downloaded: Debian packages and Debian source packages, by an apt of
# our own that needs no root and leaves the system's alone.  Fetched once.

APT := $(O)/apt
# A shell need not know the "~" of a word with "=".
override DOWNLOADS := $(DOWNLOADS:~/%=$(HOME)/%)
export DOWNLOADS MIRROR KEYRING STRICT FETCH_TIMEOUT

# $(call suites-for,SUITE): SUITE, and where to look for what it lacks: the newer one
# first, as programs built here may want as new a libc.
suites-for = $(subst $(space),$(comma),$1 $(filter-out $1,sid trixie bookworm))

# $(call source,NAME,VERSION,SUITE): a rule that unpacks a dependency's source into
# $(O)/src/NAME, from Debian's archive or from DEPS_SRC.  VERSION is upstream's, SUITE
# that of the dependencies unless it is given.
# DEPS_SRC must have the libraries of the apps, and may have others.
own-source = $(and $(DEPS_SRC),$(or $(filter zlib elfutils libbpf,$1),$(wildcard $(DEPS_SRC)/$1)))
define source
$(O)/src/$1/.unpacked: scripts/fetch-source | $(wildcard $(DEPS_SRC)/$1)
	$$(call step,FETCH,$1 $(if $(own-source),from $(DEPS_SRC),$2),fetch-$1) \
		scripts/fetch-source $(if $(own-source),-d '$(DEPS_SRC)') \
		$1 $2 $(call suites-for,$(or $3,$(DEPS_SUITE))) $(APT) $(O)/src
endef

.PHONY: versions
versions: ## print the version of everything that is used, as a report wants it
	@scripts/versions $(O)/src $(K) $(VMLINUX_H) $(debian-base).version make $(QEMU) $(CLANG) \
		$(if $(foreign-bpf),$(BPFTOOL),$(or $(wildcard $(firstword $(gen-skeleton))),$(BPFTOOL))) $(CC)
