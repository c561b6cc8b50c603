# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The apps: <app>.bpf.c and <app>.c of apps/ and of APPS_DIR become a static
# program bin/<app>, and bin/<app>_shared that uses the shared libraries.

# An app of the user's takes the place of one of apps/ that has its name.
APP_DIRS := $(APPS_DIR) apps
app-halves = $(foreach dir,$(APP_DIRS),$(wildcard $(dir)/$1))
app-names  = $(patsubst %.bpf.S,%,$(patsubst %.bpf.c,%,$(notdir $1)))
app-dir    = $(patsubst %/,%,$(dir $(firstword $(foreach dir,$(APP_DIRS),$(wildcard $(dir)/$1.bpf.[cS])))))

# A BPF half in assembly needs no user half: BPF_ONLY are those that have none.
ASM_APPS := $(call app-names,$(call app-halves,*.bpf.S))
BPF_ONLY := $(sort $(foreach app,$(ASM_APPS),$(if $(wildcard $(call app-dir,$(app))/$(app).c),,$(app))))
APPS     := $(filter-out $(BPF_ONLY),$(sort $(call app-names,$(call app-halves,*.bpf.c)) $(ASM_APPS)))
APP_COMMON := $(wildcard apps/common/*.c)

# The target's kernel is asked by a rule of inspect.mk; make reads this once it is made.
ifeq ($(BPF_CPU),probe)
include $(INSPECT_DIR)/isa.mk
endif

# Debian keeps the kernel's headers of each architecture in one of these two.
# From Linux 6.19 on vmlinux.h has members that take Microsoft's extensions.
BPF_CFLAGS := -g -O2 -Wall -fms-extensions -Wno-microsoft-anon-tag -mcpu=$(BPF_CPU) -target $(BPF_TARGET) -D__TARGET_ARCH_$(BPF_ARCH) \
	-idirafter /usr/include/$(TRIPLE) -idirafter /usr/$(TRIPLE)/include
APP_CFLAGS := $(CFLAGS) -std=gnu11 -Wall

# An app's own needs, from its <app>.mk if there is one; paths are below its directory.
include $(foreach app,$(APPS) $(BPF_ONLY),$(wildcard $(call app-dir,$(app))/$(app).mk))
in-dir = $(foreach path,$2,$(if $(filter /%,$(path)),$(path),$1/$(path)))

# $(call bpf-flags,DIR,APP), $(call app-flags,DIR,APP): how to compile each half.  What
# a compiler warns of is an error in our own apps alone.
bpf-flags = $(BPF_CFLAGS) $(if $(filter apps,$1),-Werror) $($2_BPF_CFLAGS) -I$1 $(addprefix -I,$(call in-dir,$1,$($2_INCLUDES))) \
	-Iapps -I$(dir $(VMLINUX_H)) -I$(DEPS)/include
app-flags = $(APP_CFLAGS) $(if $(filter apps,$1),-Wextra -Werror) $($2_CFLAGS) -I$1 $(addprefix -I,$(call in-dir,$1,$($2_INCLUDES))) \
	-I$(B)/apps -Iapps -I$(DEPS)/include

# bpftool makes skeletons of objects of its own byte order only.  For another one
# the guest's own is run by QEMU's user emulation.
ifneq ($(filter $(BPF_TARGET),$(shell sed -n 's/^BPF_TARGET  *:= //p' mk/arch/$(HOST_ARCH).mk)),)
gen-skeleton := $(BPFTOOL)
skel-needs   :=
else
gen-skeleton := scripts/guest-run $(QEMU_USER) $(rootfs-base) $(TRIPLE) /usr/sbin/bpftool
skel-needs   := $(rootfs-made) scripts/guest-run $(call tool,$(QEMU_USER),qemu-user)
endif

# A compiler that is missing is named before anything is fetched or built.
app-tools := $(call tool,$(CLANG)) $(call tool,$(LLVM_STRIP),llvm-19) $(call tool,$(BPFTOOL),bpftool) $(have-cc)
$(DEPS)/libbpf.built $(O)/src/zlib/.unpacked $(O)/src/elfutils/.unpacked $(O)/src/libbpf/.unpacked: | $(app-tools)

# What an app is built from and with, kept in a file: when it is not what it was
# last time, all of the app is built again.  $(call same,WORDS,WORDS) compares.
app-with = $2 $(CLANG) $(call bpf-flags,$2,$1) $(CC) $(call app-flags,$2,$1) $($1_SRCS) $($1_LIBS) $(gen-skeleton)
common-with = $(CC) $(call app-flags,apps)
same = $(if $(strip $(filter-out $1,$2) $(filter-out $2,$1)),,same)

# $(call from-rule,NAME,WORDS)
define from-rule
ifeq ($$(call same,$$(file <$(B)/apps/$1.from),$2),)
$(B)/apps/$1.from: FORCE
else
-include $$(wildcard $(B)/apps/$1.d $(B)/apps/$1.dwarf.bpf.d)
endif
$(B)/apps/$1.from:
	@mkdir -p $$(@D) && echo '$2' >$$@
endef

# --- the helper library ----------------------------------------------------------

app-common := $(APP_COMMON:apps/common/%.c=$(B)/apps/common/%.o)

$(foreach obj,$(APP_COMMON:apps/%.c=%),$(eval $(call from-rule,$(obj),$(common-with))))
$(app-common): $(B)/apps/common/%.o: apps/common/%.c $(B)/apps/common/%.from $(DEPS)/libbpf.built
	$(call msg,CC,$@)
	$(Q)$(CC) $(call app-flags,apps) -MMD -MP -c -o $@ $<

# An archive: an app that uses none of it does not get its names either.
APP_LIB := $(B)/apps/common.a
$(APP_LIB): $(app-common)
	$(Q)rm -f $@ && $(CROSS_COMPILE)ar rcs $@ $^

# --- one app -------------------------------------------------------------------------

# $(call bpf-rules,NAME,DIR,SUFFIX): its BPF half.  The unstripped object keeps the DWARF
# that disas-<app> shows source lines by; the skeleton is made from one without.
# disas-<app>: ## show an app's BPF code with its source lines
# clean-<app>: ## remove what was built of one app
define bpf-rules
$(call from-rule,$1,$(call app-with,$1,$2))
$(B)/apps/$1.dwarf.bpf.o: $2/$1.bpf.$3 $(VMLINUX_H) $(B)/apps/$1.from $(DEPS)/libbpf.built
	$$(call msg,BPF,$2/$1.bpf.$3)
	$(Q)$$(compile-bpf-$3)
$(B)/apps/$1.dwarf.bpf.o $(B)/apps/$1.bpf.s: bpf-flags := $(call bpf-flags,$2,$1)

$(B)/apps/$1.bpf.o: $(B)/apps/$1.dwarf.bpf.o
	$(Q)$(LLVM_STRIP) -g -o $$@ $$<

.PHONY: disas-$1 clean-$1
disas-$1: $(B)/apps/$1.dwarf.bpf.o
	$(Q)$(LLVM_OBJDUMP) -d -S --no-show-raw-insn $$<
clean-$1:
	$$(call msg,CLEAN,$1)
	$(Q)rm -rf $(B)/apps/$1.* $(B)/bin/$1 $(B)/bin/$1_shared
endef

compile-bpf-c = $(CLANG) $(bpf-flags) -MMD -MP -c -o $@ $<
# Assembly: clang's preprocessor, then LLVM's assembler.
compile-bpf-S = $(CLANG) $(bpf-flags) -MMD -MP -MT $@ -MF $(@:.o=.d) -E -o $(@:.o=.s) $< && \
	$(LLVM_MC) -triple $(BPF_TARGET) -mcpu=$(BPF_CPU) -filetype=obj -g -o $@ $(@:.o=.s)

# $(call app-rules,NAME,DIR): its user half.  A program gets its name when it is whole:
# it may be on its way to a target just now.
# build-<app>: ## build one app
define app-rules
$(B)/apps/$1.skel.h: $(B)/apps/$1.bpf.o | $(skel-needs)
	$$(call msg,SKEL,$$@)
	$(Q)$(gen-skeleton) gen skeleton $$< name $(subst -,_,$1)_bpf >$$@.tmp && mv $$@.tmp $$@

$(B)/apps/$1.o: $2/$1.c $(B)/apps/$1.skel.h $(B)/apps/$1.from
	$$(call msg,CC,$2/$1.c)
	$(Q)$(CC) $(call app-flags,$2,$1) -MMD -MP -c -o $$@ $$<

$(foreach src,$($1_SRCS),$(call src-rule,$1,$(call in-dir,$2,$(src)),$(call src-obj,$1,$(src)),$2))

$(B)/bin/$1: $(B)/apps/$1.o $(foreach src,$($1_SRCS),$(call src-obj,$1,$(src))) $(APP_LIB)
	$$(call msg,LINK,$$@)
	$(Q)mkdir -p $$(@D) && $(CC) -static -o $$@.tmp $$^ -L$(DEPS)/lib $($1_LIBS) -lbpf -lelf -lz && mv $$@.tmp $$@

$(B)/bin/$1_shared: $(B)/apps/$1.o $(foreach src,$($1_SRCS),$(call src-obj,$1,$(src))) $(APP_LIB)
	$$(call msg,LINK,$$@)
	$(Q)mkdir -p $$(@D) && $(CC) -Wl,-rpath,'$$$$ORIGIN/lib' -o $$@.tmp $$^ -L$(DEPS)/lib $($1_LIBS) -lbpf -lelf -lz && mv $$@.tmp $$@

.PHONY: build-$1
build-$1: $(B)/bin/$1 $(B)/bin/$1_shared
endef

# $(call src-obj,APP,FILE), $(call src-rule,APP,PATH,OBJECT,DIR): a further C file of
# an app.
src-obj = $(B)/apps/$1.src/$(subst ../,up/,$(2:.c=.o))
define src-rule
$(if $(wildcard $2),,$(error $4/$1.mk: $1_SRCS: there is no file $2))
$3: $2 $(B)/apps/$1.skel.h $(B)/apps/$1.from
	$$(call msg,CC,$2)
	$(Q)mkdir -p $$(@D) && $(CC) $(call app-flags,$4,$1) -MMD -MP -c -o $$@ $$<
-include $(wildcard $(3:.o=.d))

endef

$(foreach app,$(filter-out $(ASM_APPS),$(APPS)),$(eval $(call bpf-rules,$(app),$(call app-dir,$(app)),c)))
$(foreach app,$(ASM_APPS),$(eval $(call bpf-rules,$(app),$(call app-dir,$(app)),S)))
$(foreach app,$(APPS),$(eval $(call app-rules,$(app),$(call app-dir,$(app)))))

# --- a new one ------------------------------------------------------------------------

.PHONY: new-app
new-app: ## make an app NAME from one of ours (TEMPLATE), with its test, in DIR
	@scripts/new-app '$(NAME)' '$(TEMPLATE)' '$(DIR)'

# The table of our apps; the lint test wants it to be up to date.
.PHONY: catalogue
catalogue: ## write docs/apps.md, the table of the apps
	$(call msg,DOC,docs/apps.md)
	$(Q)scripts/catalogue >docs/apps.md

# --- mistakes ------------------------------------------------------------------------

# Two of APPS_DIR, or two in one directory.
app-files = $(wildcard $(APPS_DIR:%=%/$1.bpf.[cS])) $(wildcard apps/$1.bpf.[cS])
twice = $(word 2,$(wildcard $(APPS_DIR:%=%/$1.bpf.[cS])))$(word 2,$(wildcard apps/$1.bpf.[cS]))
$(foreach app,$(APPS) $(BPF_ONLY),$(if $(call twice,$(app)),\
	$(error there are two apps called $(app): $(strip $(call app-files,$(app))). Rename one)))

# The recipe of a pattern rule for apps that are not there, or there by half.
no-app = @scripts/no-app '$*' '$(call nearest,$*,$(APPS))' '$(APPS)' '$(BPF_ONLY)' $(APP_DIRS)

# A half that is missing.
$(APPS_DIR:%=%/%.c) apps/%.c:
	@printf 'error: the app %s has no user half: there is no file %s\n  make disas-%s shows the BPF half alone.\n' \
		'$*' '$@' '$*' >&2; exit 2

build-% disas-% clean-%:
	$(no-app)

.PHONY: all
all: $(APPS:%=$(B)/bin/%) $(APPS:%=$(B)/bin/%_shared) $(BPF_ONLY:%=$(B)/apps/%.bpf.o) ## build every app
