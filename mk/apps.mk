# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The apps: <app>.bpf.c and <app>.c of apps/ and of APPS_DIR become a static
# program bin/<app>, and bin/<app>_shared that uses the shared libraries.

APP_DIRS := apps $(APPS_DIR)
APPS     := $(sort $(patsubst %.bpf.c,%,$(notdir $(wildcard $(APP_DIRS:%=%/*.bpf.c)))))
APP_COMMON := $(wildcard apps/common/*.c)

BPF_CFLAGS := -g -O2 -Wall -Werror -mcpu=$(BPF_CPU) -target $(BPF_TARGET) \
	-D__TARGET_ARCH_$(BPF_ARCH)
APP_CFLAGS := $(CFLAGS) -std=gnu11 -Wall -Wextra -Werror

bpf-includes = -I$1 -Iapps -I$(dir $(VMLINUX_H)) -I$(DEPS)/include -idirafter extras/bpf
app-includes = -I$1 -I$(B)/apps -Iapps -I$(DEPS)/include

# bpftool makes skeletons of objects of its own byte order only.  For another one
# the guest's own is run by QEMU's user emulation.
ifneq ($(filter $(BPF_TARGET),$(shell sed -n 's/^BPF_TARGET  *:= //p' mk/arch/$(HOST_ARCH).mk)),)
gen-skeleton := $(BPFTOOL)
skel-needs   :=
else
gen-skeleton := scripts/guest-run $(QEMU_USER) $(rootfs-base) $(TRIPLE) /usr/sbin/bpftool
skel-needs   := $(rootfs-base)/etc/debian_version scripts/guest-run $(call tool,$(QEMU_USER),qemu-user)
endif

# A compiler that is missing is named before anything is fetched or built.
app-tools := $(call tool,$(CLANG)) $(call tool,$(LLVM_STRIP),llvm-19) $(call tool,$(BPFTOOL),bpftool) \
	$(call tool,$(CC),$(if $(CROSS_COMPILE),$(CROSS_PACKAGES),gcc))
$(DEPS)/libbpf.built $(O)/src/zlib/.unpacked $(O)/src/elfutils/.unpacked $(O)/src/libbpf/.unpacked: | $(app-tools)

# What an app is built from and with, kept in a file: when it is not what it was
# last time, all of the app is built again.  $(call same,WORDS,WORDS) compares.
app-flags := $(CLANG) $(BPF_CFLAGS) $(CC) $(APP_CFLAGS) $(VMLINUX_H) $(gen-skeleton)
same = $(if $(strip $(filter-out $1,$2) $(filter-out $2,$1)),,same)

# $(call from-rule,NAME,DIR)
define from-rule
ifeq ($$(call same,$$(file <$(B)/apps/$1.from),$2 $$(app-flags)),)
$(B)/apps/$1.from: FORCE
else
-include $$(wildcard $(B)/apps/$1.d $(B)/apps/$1.dwarf.bpf.d)
endif
$(B)/apps/$1.from:
	@mkdir -p $$(@D) && echo '$2 $$(app-flags)' >$$@
endef

# --- the helper library ----------------------------------------------------------

app-common := $(APP_COMMON:apps/common/%.c=$(B)/apps/common/%.o)

$(foreach obj,$(APP_COMMON:apps/%.c=%),$(eval $(call from-rule,$(obj),apps)))
$(app-common): $(B)/apps/common/%.o: apps/common/%.c $(B)/apps/common/%.from | $(DEPS)/libbpf.built
	$(call msg,CC,$@)
	$(Q)$(CC) $(APP_CFLAGS) $(call app-includes,apps) -MMD -MP -c -o $@ $<

# --- one app -------------------------------------------------------------------------

# $(call app-rules,NAME,DIR): its rules.  The unstripped BPF object keeps the DWARF
# that disas-<app> shows source lines by; the skeleton is made from one without.
# build-<app>: ## build one app
# disas-<app>: ## show an app's BPF code with its source lines
# clean-<app>: ## remove what was built of one app
define app-rules
$(call from-rule,$1,$2)
$(B)/apps/$1.dwarf.bpf.o: $2/$1.bpf.c $(VMLINUX_H) $(B)/apps/$1.from | $(DEPS)/libbpf.built
	$$(call msg,BPF,$2/$1.bpf.c)
	$(Q)$(CLANG) $(BPF_CFLAGS) $(call bpf-includes,$2) -MMD -MP -c -o $$@ $$<

$(B)/apps/$1.bpf.o: $(B)/apps/$1.dwarf.bpf.o
	$(Q)$(LLVM_STRIP) -g -o $$@ $$<

$(B)/apps/$1.skel.h: $(B)/apps/$1.bpf.o | $(skel-needs)
	$$(call msg,SKEL,$$@)
	$(Q)$(gen-skeleton) gen skeleton $$< name $(subst -,_,$1)_bpf >$$@.tmp && mv $$@.tmp $$@

$(B)/apps/$1.o: $2/$1.c $(B)/apps/$1.skel.h $(B)/apps/$1.from
	$$(call msg,CC,$2/$1.c)
	$(Q)$(CC) $(APP_CFLAGS) $(call app-includes,$2) -MMD -MP -c -o $$@ $$<

$(B)/bin/$1: $(B)/apps/$1.o $(app-common)
	$$(call msg,LINK,$$@)
	$(Q)mkdir -p $$(@D) && $(CC) -static -o $$@ $$^ -L$(DEPS)/lib -lbpf -lelf -lz

$(B)/bin/$1_shared: $(B)/apps/$1.o $(app-common)
	$$(call msg,LINK,$$@)
	$(Q)mkdir -p $$(@D) && $(CC) -Wl,-rpath,'$$$$ORIGIN/lib' -o $$@ $$^ -L$(DEPS)/lib -lbpf -lelf -lz

.PHONY: build-$1 disas-$1 clean-$1
build-$1: $(B)/bin/$1 $(B)/bin/$1_shared
disas-$1: $(B)/apps/$1.dwarf.bpf.o
	$(Q)$(LLVM_OBJDUMP) -d -S --no-show-raw-insn $$<
clean-$1:
	$$(call msg,CLEAN,$1)
	$(Q)rm -f $(B)/apps/$1.* $(B)/bin/$1 $(B)/bin/$1_shared
endef

app-dir = $(firstword $(foreach dir,$(APP_DIRS),$(if $(wildcard $(dir)/$1.bpf.c),$(dir))))
$(foreach app,$(APPS),$(eval $(call app-rules,$(app),$(call app-dir,$(app)))))

# --- mistakes ------------------------------------------------------------------------

app-words = $(foreach app,$(APPS),$(if $(word 2,$(wildcard $(APP_DIRS:%=%/$(app).bpf.c))),\
	$(error there are two apps called $(app): $(wildcard $(APP_DIRS:%=%/$(app).bpf.c)). Rename one)))
$(app-words)

# $(call no-app,PREFIX): the recipe of a pattern rule for apps that are not there.
no-app = @printf 'error: there is no app %s%s\n  Apps: %s\n  An app is a file <app>.bpf.c in %s.\n' \
	'$*' '$(call nearest,$*,$(APPS))' '$(APPS)' '$(strip $(APP_DIRS))' >&2; exit 2

# A half that is missing.
%.bpf.c:
	@printf 'error: the app %s has no BPF half: there is no file %s\n' '$(*F)' '$@' >&2; exit 2
$(APPS_DIR:%=%/%.c) apps/%.c:
	@printf 'error: the app %s has no user half: there is no file %s\n  make disas-%s shows the BPF half alone.\n' \
		'$*' '$@' '$*' >&2; exit 2

build-% disas-% clean-%:
	$(no-app)

.PHONY: all
all: $(APPS:%=$(B)/bin/%) $(APPS:%=$(B)/bin/%_shared) ## build every app
