# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Downloads: Debian packages and Debian source packages, by a private apt that needs no
# root and leaves the system's alone.  A file is fetched once.

APT := $(O)/apt
# A shell need not expand the "~" in "DOWNLOADS=~/...".
override DOWNLOADS := $(DOWNLOADS:~/%=$(HOME)/%)
export DOWNLOADS MIRROR KEYRING STRICT FETCH_TIMEOUT

# $(call suites-for,SUITE): SUITE, and the suites to search for packages that it lacks:
# newer suites first, because programs built here may need their libc.
suites-for = $(subst $(space),$(comma),$1 $(filter-out $1,sid trixie bookworm))

# $(call source,NAME,VERSION[,SUITE[,PART]]): rules that unpack the source NAME into $(O)/src/NAME,
# from Debian's SUITE (DEPS_SUITE) or from DEPS_SRC, or the directory PART of it alone; again when
# VERSION, which is upstream's, or DEPS_SRC changes, or a file of NAME in DEPS_SRC.
# DEPS_SRC must have the libraries of the apps, and may have others.
own-source = $(and $(DEPS_SRC),$(or $(filter zlib elfutils libbpf,$1),$(wildcard $(DEPS_SRC)/$1)))
define source
sources += $(O)/src/$1/.unpacked
$(call stamp,$(O)/src/$1.from,$2 $(if $(own-source),$(abspath $(DEPS_SRC))))
$(if $(own-source),$(call stamp-tree,$(O)/src/$1.changed,$(DEPS_SRC)/$1))
$(O)/src/$1/.unpacked: $(O)/src/$1.from $(if $(own-source),$(O)/src/$1.changed)
$(O)/src/$1/.unpacked: scripts/fetch-source | $(wildcard $(DEPS_SRC)/$1)
	$$(call step,FETCH,$1 $(if $(own-source),from $(DEPS_SRC),$2),fetch-$1) \
		scripts/fetch-source $(if $(own-source),-d '$(DEPS_SRC)')$(if $4, -p $4) \
		$1 $2 $(call suites-for,$(or $3,$(DEPS_SUITE))) $(APT) $(O)/src
endef

.PHONY: versions
versions: ## print the version of every source, package and tool in use, for a bug report
	@scripts/versions $(O)/src $(K) $(VMLINUX_H) $(debian-base).version make $(QEMU) $(CLANG) \
		$(if $(foreign-bpf),$(BPFTOOL),$(or $(wildcard $(firstword $(gen-skeleton))),$(BPFTOOL))) $(CC)
