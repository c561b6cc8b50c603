# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The apps: <app>.bpf.c and <app>.c of apps/ and of APPS_DIR become a static
# program bin/<app>, and bin/<app>_shared that uses the shared libraries.

# An app of APPS_DIR replaces an app of apps/ with the same name.
$(foreach dir,$(APPS_DIR),$(if $(wildcard $(dir)/.),,$(error APPS_DIR: there is no directory $(dir))))
# wildcard expands "~".
override APPS_DIR := $(patsubst %/.,%,$(wildcard $(APPS_DIR:%=%/.)))

APP_DIRS  := $(APPS_DIR) apps
bpf-files := $(foreach dir,$(APP_DIRS),$(wildcard $(dir)/*.bpf.[cS]))
bpf-names := $(sort $(patsubst %.bpf.S,%,$(patsubst %.bpf.c,%,$(notdir $(bpf-files)))))
app-bpf    = $(firstword $(filter %/$1.bpf.c %/$1.bpf.S,$(bpf-files)))
app-dir    = $(patsubst %/,%,$(dir $(call app-bpf,$1)))
user-files := $(foreach dir,$(APP_DIRS),$(wildcard $(dir)/*.c $(dir)/*.cc $(dir)/*.cpp))
user-half  = $(firstword $(filter $(addprefix $2/$1,.c .cc .cpp),$(user-files)))
app-user   = $(call user-half,$1,$(call app-dir,$1))

# <app>.mk says what an app needs beyond its two files, as <app>_<word>; apps.mk says what all
# apps of its directory need, as APPS_<word>.  Paths are relative to the directory.
settings := SRCS BPF_SRCS SKELS FILES INCLUDES CFLAGS CXXFLAGS BPF_CFLAGS LIBS
define read-settings
$(foreach word,$(settings),undefine APPS_$(word)$(newline))
include $1/apps.mk
$(foreach word,$(settings),$1<$(word)> := $$(APPS_$(word))$(newline))
endef
$(foreach dir,$(APP_DIRS),$(if $(wildcard $(dir)/apps.mk),$(eval $(call read-settings,$(dir)))))
include $(wildcard $(foreach app,$(bpf-names),$(call app-dir,$(app))/$(app).mk))

# $(call setting,DIR,APP,WORD)
setting = $($1<$3>) $($2_$3)
in-dir  = $(foreach path,$2,$(if $(filter /%,$(path)),$(path),$1/$(path)))

# BPF_ONLY: apps without a user half whose BPF half is no part of another app.
app-bpf-srcs = $(call in-dir,$(call app-dir,$1),$(call setting,$(call app-dir,$1),$1,BPF_SRCS))
bpf-parts   := $(foreach app,$(bpf-names),$(call app-bpf-srcs,$(app)))
APPS        := $(foreach app,$(bpf-names),$(if $(call app-user,$(app)),$(app)))
BPF_ONLY    := $(foreach app,$(filter-out $(APPS),$(bpf-names)),\
	$(if $(filter $(call app-bpf,$(app)),$(bpf-parts)),,$(app)))
BPF_HALVES  := $(APPS) $(BPF_ONLY)
APP_COMMON  := $(wildcard apps/common/*.c)

# Names that no app can have: clean-deps, check-unit and so on are other goals, and apps/common
# and the like are other files, and so is the second program of an app.
no-apps := all apps cell common deps fresh lib native needs snapshots target unit \
	$(APPS:%=%_shared) $(APPS:%=%-shared)
$(foreach app,$(firstword $(filter $(no-apps),$(BPF_HALVES))),\
	$(error $(call app-bpf,$(app)): an app cannot be called $(app): the testbench uses this name itself. \
		Rename the app))

# The directory of the output of inspect.mk's goals for this target.
vm-or-host  := $(if $(filter vm,$(TARGET)),$(KERNEL_NAME)$(addprefix -,$(VM_NAME)),$(subst :,-,$(TARGET)))
INSPECT_DIR := $(BUILD)/inspect/$(vm-or-host)

# A rule of inspect.mk asks the target's kernel and writes isa.mk, which sets BPF_CPU.
# A rule of inspect.mk asks the target's kernel and writes isa.mk; make then starts anew and
# reads it.  make would do that under -n, -q and -t, too, and start a VM: there it reads the
# file of an earlier run, if there is one.
ifeq ($(BPF_CPU),probe)
ifeq ($(call flag,n)$(call flag,q)$(call flag,t),)
include $(INSPECT_DIR)/isa.mk
else
$(eval $(file <$(INSPECT_DIR)/isa.mk))
endif
endif

# The vmlinux.h of newer kernels has anonymous members that are tagged structs, an extension
# of Microsoft's C.  Debian has the kernel's headers of each architecture in one of the two
# directories.
BPF_CFLAGS := -g -O2 -Wall -fms-extensions -Wno-microsoft-anon-tag \
	-target $(BPF_TARGET) -D__TARGET_ARCH_$(BPF_ARCH) \
	$(addprefix -include ,$(wildcard extras/bpf_tracing/$(BPF_ARCH).h)) \
	$(if $(MUSL),-idirafter $(MUSL)/include,-idirafter /usr/include/$(TRIPLE) -idirafter /usr/$(TRIPLE)/include)
APP_CFLAGS := $(CFLAGS) -std=gnu11 -Wall $(UPROBE_CFLAGS)
CXX        := $(CC:%gcc=%g++)

# $(call bpf-flags,DIR,APP), $(call app-flags,DIR,APP), $(call cxx-flags,DIR,APP): the flags for
# each half.  Warnings are errors in apps/ only, not in APPS_DIR.
own-includes = -I$1 $(addprefix -I,$(call in-dir,$1,$(call setting,$1,$2,INCLUDES)))
bpf-flags = $(BPF_CFLAGS) -mcpu=$(BPF_CPU) $(if $(filter apps,$1),-Werror) $(call setting,$1,$2,BPF_CFLAGS) \
	$(own-includes) -Iapps -I$(dir $(VMLINUX_H)) -I$(DEPS)/include
app-flags = $(APP_CFLAGS) $(if $(filter apps,$1),-Wextra -Werror) $(call setting,$1,$2,CFLAGS) $(own-includes) \
	-I$(BUILD)/apps -Iapps -I$(DEPS)/include
cxx-flags = $(CFLAGS) -Wall $(call setting,$1,$2,CXXFLAGS) $(own-includes) -I$(BUILD)/apps -Iapps -I$(DEPS)/include

# A missing compiler is reported before anything is fetched or built.
app-tools   := $(call tool,$(CLANG)) $(call tool,$(LLVM_STRIP),llvm-$(LLVM_VERSION)) \
	$(call tool,$(BPFTOOL),bpftool) $(missing-cc)
$(DEPS)/libbpf.built $(O)/src/zlib/.unpacked $(O)/src/elfutils/.unpacked $(O)/src/libbpf/.unpacked: | $(app-tools)
CXX_SOURCE  := musl is built for C alone
missing-cxx := $(if $(MUSL),no-package/CXX,$(call tool,$(CXX),\
	$(if $(CROSS_COMPILE),$(subst gcc,g++,$(firstword $(CROSS_PACKAGES))),g++)))

# --- bpftool, which makes skeletons and links BPF objects ------------------------

# bpftool reads only objects of its own byte order.  For a guest of the other byte order,
# QEMU's user emulation runs the guest's bpftool.
host-bpf    := $(if $(filter $(ARCH),$(HOST_ARCH)),$(BPF_TARGET),\
	$(shell MAKE='$(MAKE)' scripts/facts --value BPF_TARGET $(HOST_ARCH)))
foreign-bpf := $(if $(filter $(BPF_TARGET),$(host-bpf)),,foreign)
ifneq ($(foreign-bpf),)
gen-skeleton := scripts/guest-run $(QEMU_USER) $(rootfs-base) $(TRIPLE) /usr/sbin/bpftool
skel-needs   := $(rootfs-made) scripts/guest-run $(call tool,$(QEMU_USER),qemu-user)
else ifneq ($(origin BPFTOOL),file)
gen-skeleton := $(BPFTOOL)
skel-needs   :=
else
# bpftool must not be older than libbpf: its skeletons would lack members of libbpf's structs.
gen-skeleton := $(HOST)/bpftool/bpftool
skel-needs   := $(gen-skeleton)
$(gen-skeleton): $(O)/src/libbpf/.unpacked | scripts/bpftool-for
	$(call step,BPFTOOL,for libbpf $(LIBBPF_VERSION),bpftool) \
		scripts/bpftool-for $(O)/src/libbpf/src/libbpf_version.h $(DEPS_SUITE)$(comma)sid $(APT) $(@D)
	@[ ! -e $(@D)/warning ] || cat $(@D)/warning >&2
endif

# --- how each kind of file is compiled ------------------------------------------

# $(call compile<suffix>,DIR,APP), $(call compile.bpf<suffix>,DIR,APP).  An object is whole when it has its name:
# another make may link it.
whole-object = -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@.$$$$ $< && mv $@.$$$$ $@
compile.c   = $(CC) $(app-flags) $(whole-object)
compile.S   = $(compile.c)
compile.s   = $(compile.c)
compile.cc  = $(CXX) $(cxx-flags) $(whole-object)
compile.cpp = $(compile.cc)
compile.bpf.c = $(CLANG) $(bpf-flags) $(whole-object)
# Assembly: clang's preprocessor, then LLVM's assembler.
compile.bpf.S = $(CLANG) $(bpf-flags) -MMD -MP -MT $@ -MF $(@:.o=.d) -E -o $@.s.$$$$ $< && \
	$(LLVM_MC) -triple $(BPF_TARGET) -mcpu=$(BPF_CPU) -filetype=obj -g -o $@.$$$$ $@.s.$$$$ && \
	rm $@.s.$$$$ && mv $@.$$$$ $@
is-cxx = $(filter %.cc %.cpp,$1)

# $(call source-error,DIR,APP,WORD,PATH,SUFFIXES): stops make if a source does not exist or has none
# of SUFFIXES.
source-error = $(if $(filter $(addprefix %,$5),$4),$(if $(wildcard $4),,\
	$(error $1/$2.mk: $(patsubst apps_%,APPS_%,$2_$3): there is no file $4)),\
	$(error $1/$2.mk: $(patsubst apps_%,APPS_%,$2_$3): $4 is none of $(addprefix *,$5)))

# $(call object-rule,OBJECT,SOURCE,DIR,APP,NEEDS): an object of a user half.
define object-rule
$1: $2 $5 $(DEPS)/libbpf.built | $(if $(call is-cxx,$2),$(missing-cxx))
	$$(call msg,$(if $(call is-cxx,$2),CXX,CC),$2)
	$(Q)$(if $(findstring .src/,$1),mkdir -p $$(@D) && )$$(call compile$(suffix $2),$3,$4)
endef

# $(call bpf-rule,OBJECT,SOURCE,DIR,APP): an object of a BPF half.  or-else is what a target of its
# own does when the compiler fails.
define bpf-rule
$1: $2 $(VMLINUX_H) $(BUILD)/apps/$4.from $(DEPS)/libbpf.built
	$$(call msg,BPF,$2)
	$(Q)$(if $(findstring .src/,$1),mkdir -p $$(@D) && )$$(call compile.bpf$(suffix $2),$3,$4) $$(or-else)
endef

# $(call src-objs,NAME,FILES): the objects of further source files of NAME.  The name of an object
# is its source's name, suffix included, and .o.
src-objs = $(foreach file,$2,$(BUILD)/apps/$1.src/$(subst ../,up/,$(file)).o)

# $(call src-rules,RULE,NAME,DIR,APP,FILES,NEEDS): a rule for each of these objects, by the template
# object-rule or bpf-rule.
src-rules = $(foreach file,$5,$(newline)$(call $1,$(src-objs-of),$(call in-dir,$3,$(file)),$3,$4,$6)$(newline))
src-objs-of = $(call src-objs,$2,$(file))

# $(call made-from,NAME,OBJECTS,WORDS): a stamp NAME.from of WORDS, the sources and flags of NAME.
# The compiler's lists of headers (.d) of the last build are valid only if WORDS are unchanged.
made-from = $(call stamp,$(BUILD)/apps/$1.from,$3)$(if $(call stamped,$(BUILD)/apps/$1.from),\
	$(eval -include $(wildcard $(2:.o=.d))))

# --- the helper library ----------------------------------------------------------

app-common := $(APP_COMMON:apps/common/%.c=$(BUILD)/apps/common/%.o)

$(call made-from,common,$(app-common),$(CC) $(call app-flags,apps))
$(app-common): $(BUILD)/apps/common/%.o: apps/common/%.c $(BUILD)/apps/common.from $(DEPS)/libbpf.built
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D) && $(call compile.c,apps)

# An archive: an app that does not use it does not get its symbols either.
APP_LIB := $(BUILD)/apps/common.a
$(APP_LIB): $(app-common)
	$(Q)$(CROSS_COMPILE)ar rcs $@.$$$$ $^ && mv $@.$$$$ $@

# The sources that all apps of a directory share, its APPS_SRCS, are an archive, too, so that
# they are compiled once.  $(call dir-lib,DIR): its name, or nothing.
dir-lib = $(if $($1<SRCS>),$(subst /,+,$(abspath $1)))
define dir-rules
$(foreach src,$($1<SRCS>),$(call source-error,$1,apps,SRCS,$(call in-dir,$1,$(src)),.c .cc .cpp .S .s))
$(call src-rules,object-rule,$2,$1,,$($1<SRCS>),$(BUILD)/apps/$2.from)
$(BUILD)/apps/$2.a: $(call src-objs,$2,$($1<SRCS>))
	$(Q)$(CROSS_COMPILE)ar rcs $$@.$$$$$$$$ $$^ && mv $$@.$$$$$$$$ $$@
endef
$(foreach dir,$(APP_DIRS),$(foreach lib,$(call dir-lib,$(dir)),\
	$(call made-from,$(lib),$(call src-objs,$(lib),$($(dir)<SRCS>)),\
		$(CC) $(call app-flags,$(dir)) $(call cxx-flags,$(dir)) $(dir))\
	$(eval $(call dir-rules,$(dir),$(lib)))))

# --- what an app is made of ----------------------------------------------------------

# The text of the user half is searched for what it needs: "<other>.skel.h" is the skeleton of
# another BPF half, and <other>.bpf.o is an object that the app opens when it runs.
# <app>_SKELS and <app>_FILES name further ones.
skels-in   = $(patsubst "%.skel.h",%,$(filter $(BPF_HALVES:%="%.skel.h"),$1))
objects-in = $(if $(findstring .bpf.o,$1),\
	$(foreach name,$(BPF_HALVES),$(if $(findstring $(name).bpf.o,$1),$(name).bpf.o)))
app-srcs   = $(call in-dir,$(call app-dir,$1),$($1_SRCS))
define read-app
text := $$(foreach file,$$(call app-user,$1) $$(call app-srcs,$1),$$(file <$$(file)))
skels<$1> := $$(sort $1 $$($1_SKELS) $$(call skels-in,$$(text)))
needs<$1> := $$(sort $$(call objects-in,$$(text)) $$(call setting,$$(call app-dir,$1),$1,FILES))
objs<$1>  := $(BUILD)/apps/$1.o $$(call src-objs,$1,$$($1_SRCS))
endef
$(foreach app,$(APPS),$(eval $(call read-app,$(app))))

# Files that the app opens when it runs are copied beside the program, here and on the target;
# a shared library is copied to lib/, where bin/<app>_shared looks for it.
built-objects := $(BPF_HALVES:%=%.bpf.o)
file-paths = $(addprefix $(BUILD)/apps/,$(filter $(built-objects),$(needs<$1>))) \
	$(call in-dir,$(call app-dir,$1),$(filter-out $(built-objects),$(needs<$1>)))
in-bin     = $(foreach path,$1,$(BUILD)/bin/$(if $(findstring .so.,$(notdir $(path)).),lib/)$(notdir $(path)))
app-files  = $(call in-bin,$(file-paths))
app-libs   = $(filter $(BUILD)/bin/lib/%,$(app-files))
# $(call need-files,GOALS): makes the files of each app prerequisites of its GOALS, which have %
# in place of the app's name.
need-files = $(foreach app,$(APPS),$(if $(needs<$(app)>),$(eval $(subst %,$(app),$1): | $(call app-files,$(app)))))
all-files := $(sort $(foreach app,$(APPS),$(call file-paths,$(app))))

$(if $(filter $(words $(all-files)),$(words $(sort $(call in-bin,$(all-files))))),,$(error \
	two files that apps open have the same name: $(all-files). Rename one of them))
define file-rule
$(if $(filter $(BUILD)/apps/%,$1)$(wildcard $1),,$(error FILES: there is no file $1))
$(call in-bin,$1): $1
	@mkdir -p $$(@D) && cp $$< $$@.$$$$ && mv $$@.$$$$ $$@
endef
$(foreach path,$(all-files),$(eval $(call file-rule,$(path))))

# --- one app -------------------------------------------------------------------------

# $(call app-with,DIR,APP): the words of its stamp: if they change, all of the app is built again.
app-with = $(call app-bpf,$2) $(CLANG) $(bpf-flags) $(call app-user,$2) $(CC) $(app-flags) $(cxx-flags) \
	$($2_SRCS) $(call setting,$1,$2,BPF_SRCS) $(call setting,$1,$2,LIBS) $(gen-skeleton)
bpf-objs = $(BUILD)/apps/$1.dwarf.bpf.o $(call src-objs,$1,$(call setting,$(call app-dir,$1),$1,BPF_SRCS))
$(foreach app,$(BPF_HALVES),$(call made-from,$(app),$(objs<$(app)>) $(call bpf-objs,$(app)),\
	$(call app-with,$(call app-dir,$(app)),$(app))))

user-needs = $(skels<$1>:%=$(BUILD)/apps/%.skel.h) $(BUILD)/apps/$1.from
app-archives = $(addprefix $(BUILD)/apps/,$(addsuffix .a,$(call dir-lib,$2))) $(APP_LIB)
# $(call app-rules,APP,DIR): its targets and their prerequisites.  Only recipes use the values of
# users' variables, and expand them once.
define app-rules
$(foreach src,$(call app-bpf-srcs,$1),$(call source-error,$2,$1,BPF_SRCS,$(src),.c .S))
$(foreach src,$(app-srcs),$(call source-error,$2,$1,SRCS,$(src),.c .cc .cpp .S .s))
$(call bpf-rule,$(BUILD)/apps/$1.dwarf.bpf.o,$(call app-bpf,$1),$2,$1)
$(call src-rules,bpf-rule,$1,$2,$1,$(call setting,$2,$1,BPF_SRCS))
$(BUILD)/apps/$1.bpf.o disas-$1: $(bpf-objs)
$(if $(app-bpf-srcs),$(BUILD)/apps/$1.bpf.o: | $(skel-needs))

$(if $(app-user),$(call object-rule,$(BUILD)/apps/$1.o,$(app-user),$2,$1,$(user-needs)))
$(call src-rules,object-rule,$1,$2,$1,$($1_SRCS),$(user-needs))
$(if $(app-user),$(BUILD)/bin/$1 $(BUILD)/bin/$1_shared: $(objs<$1>) $(app-archives) $(DEPS)/libbpf.built)
endef
$(foreach app,$(BPF_HALVES),$(eval $(call app-rules,$(app),$(call app-dir,$(app)))))

# .dwarf.bpf.o has the DWARF from which disas-<app> shows source lines; the skeleton is made from
# an object without it.  bpftool links several objects into one, without DWARF.
bpf-link = $(if $(word 2,$1),$(gen-skeleton) gen object $@.$$$$ $1,$(LLVM_STRIP) -g -o $@.$$$$ $1) && mv $@.$$$$ $@
$(BPF_HALVES:%=$(BUILD)/apps/%.bpf.o): %:
	$(Q)$(call bpf-link,$^)

$(BPF_HALVES:%=$(BUILD)/apps/%.skel.h): %.skel.h: %.bpf.o | $(skel-needs)
	$(call msg,SKEL,$@)
	$(Q)$(gen-skeleton) gen skeleton $< name $(subst -,_,$(*F))_bpf >$@.$$$$ && mv $@.$$$$ $@

# A program is linked under another name, because the old one may be being copied to a target, or another make
# links it, too.
link = $(if $(call is-cxx,$(app-user) $(app-srcs) $($(app-dir)<SRCS>)),$(CXX),$(CC))
link-with = $(filter %.o %.a,$^) -L$(DEPS)/lib $(call setting,$(app-dir),$1,LIBS) -lbpf -lelf -lz
$(APPS:%=$(BUILD)/bin/%): $(BUILD)/bin/%:
	$(call msg,LINK,$@)
	$(Q)mkdir -p $(@D) && $(call link,$*) -static -o $@.$$$$ $(call link-with,$*) && mv $@.$$$$ $@

$(APPS:%=$(BUILD)/bin/%_shared): $(BUILD)/bin/%_shared:
	$(call msg,LINK,$@)
	$(Q)mkdir -p $(@D) && $(call link,$*) -Wl,-rpath,'$$ORIGIN/lib' -o $@.$$$$ $(call link-with,$*) && mv $@.$$$$ $@

# A program of guest/ that uses libbpf and, if a prerequisite, the helper library.
guest-program = mkdir -p $(@D) && $(CC) $(APP_CFLAGS) -Wextra -Iapps -I$(DEPS)/include -static -o $@.$$$$ \
	$(filter %.c %.a,$^) -L$(DEPS)/lib -lbpf -lelf -lz && mv $@.$$$$ $@

# Goals of an app, with % in place of its name.  Each ...-goals list also gives the goals' lines in
# `make help`, and the error for an app that does not exist.
app-goals += build-%  ## build one app
app-goals += disas-%  ## show an app's BPF code with its source lines
app-goals += clean-%  ## remove the built files of one app

.PHONY: $(foreach app,$(BPF_HALVES),$(subst %,$(app),$(app-goals)))
$(APPS:%=build-%): build-%: $(BUILD)/bin/% $(BUILD)/bin/%_shared
$(call need-files,build-%)
$(BPF_HALVES:%=disas-%):
	$(Q)$(LLVM_OBJDUMP) -d -S --no-show-raw-insn $^
$(BPF_HALVES:%=clean-%): clean-%:
	$(call msg,CLEAN,$*)
	$(Q)rm -rf $(BUILD)/apps/$*.* $(BUILD)/bin/$* $(BUILD)/bin/$*_shared $(call app-files,$*)

# --- a new app ------------------------------------------------------------------------

.PHONY: new-app
new-app: ## copy the app TEMPLATE to a new app NAME, with its test, in DIR
	@scripts/new-app '$(NAME)' '$(TEMPLATE)' '$(DIR)' '$(no-apps)'

# tests/lint.bats compares the page with the apps.
.PHONY: catalogue
catalogue: ## write docs/apps.md, the table of all apps
	$(call msg,DOC,docs/apps.md)
	$(Q)scripts/catalogue >docs/apps.md

# --- errors ------------------------------------------------------------------------

# Two apps of one name in APPS_DIR, or in apps/.
twice = $(or $(word 2,$(filter-out apps/%,$1)),$(word 2,$(filter apps/%,$1)))
$(if $(filter $(words $(BPF_HALVES)),$(words $(bpf-files))),,$(foreach app,$(BPF_HALVES),\
	$(if $(call twice,$(filter %/$(app).bpf.c %/$(app).bpf.S,$(bpf-files))),\
	$(error there are two apps called $(app): $(filter %/$(app).bpf.c %/$(app).bpf.S,$(bpf-files)). Rename one))))

# The recipe of a pattern rule for an app that does not exist, or that lacks a half.
no-app = @scripts/no-app '$*' '$(call nearest,$*,$(APPS))' '$(APPS)' '$(BPF_ONLY)' $(APP_DIRS)

$(app-goals):
	$(no-app)
$(BPF_ONLY:%=build-%): build-%:
	$(no-app)

.PHONY: all
# all: ## build every app
all: $(APPS:%=$(BUILD)/bin/%) $(APPS:%=$(BUILD)/bin/%_shared) $(call in-bin,$(all-files)) \
	$(BPF_ONLY:%=$(BUILD)/apps/%.bpf.o)
