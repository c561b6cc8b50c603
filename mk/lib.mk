# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Functions that several makefiles use.

empty :=
space := $(empty) $(empty)
comma := ,
define newline


endef

ARCHS := $(patsubst mk/arch/%.mk,%,$(wildcard mk/arch/*.mk))

# depmod and bpftool are in directories that an ordinary user's PATH may lack.
export PATH := $(PATH):/usr/sbin:/sbin
# If CDPATH is set, cd prints the directory it goes to.
unexport CDPATH

# As many jobs as there are CPUs, unless the user said how many.
ifeq ($(MAKELEVEL),0)
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif
MAKEFLAGS += --no-print-directory

# $(call flag,LETTER): LETTER, if make was started with this option (-n, -k ...).
flag = $(findstring $1,$(filter-out ---%,$(firstword -$(MAKEFLAGS))))

# make, for a script that starts it.  A recipe line with MAKE itself would run under -n, too.
make := $(MAKE)

# --- text ----------------------------------------------------------------------

# $(call quote,TEXT): TEXT as one word of a shell's command line, whatever characters it has.
quote = '$(subst ','\'',$1)'

# goals: all goals that were typed; a make of mk/order.mk makes only some of them.
ifneq ($(origin goals),command line)
goals := $(MAKECMDGOALS)
endif

# $(call same-text,TEXT,TEXT): not empty if both are equal.
same-text = $(and $(findstring x$1x,x$2x),$(findstring x$2x,x$1x))

# --- messages ------------------------------------------------------------------

# $(Q) hides a command, and $(call msg,TAG,TEXT) prints a short line in its place, as in
# the kernel's build.  Both are empty with V=1.
ifeq ($(V),1)
Q   :=
msg  =
else
Q   := @
msg  = @printf '  %-8s %s\n' '$1' "$2";
endif

# $(call step,TAG,TEXT,LOG): put before a recipe's command that takes time: runs it by scripts/step.
step = $(Q)V='$(V)' scripts/step '$1' '$2' '$(O)/log/$3.log'

# $(call nearest,WORD,LIST): ", did you mean X?" if a word X of LIST resembles WORD, else ".".
nearest = $(shell scripts/nearest $(call quote,$1) $(foreach word,$2,'$(word)'))

# $(call needs-src,WHY): the recipe of a goal $@ that only a kernel from source has.
needs-src = @printf 'error: %s needs a kernel from source\n  %s\n  %s\n' '$@' \
	'$1' 'make KERNEL=src $@ (docs/own-kernel.md)' >&2; exit 2

# $(call not-one-of,VARIABLE,LIST): stops make, because VARIABLE has no value of LIST.
not-one-of = $(error $1=$($1) is not known$(call nearest,$($1),$2) Known: $2)

# --- stamps --------------------------------------------------------------------

# $(call stamp,FILE,WORDS[,CHECK]): a rule for FILE, which holds WORDS: the paths, versions, flags
# and checksums that a target is made from.  FILE is written only if it holds other words, so
# a target with FILE as a prerequisite is made again if and only if WORDS have changed.  The
# goal CHECK, if given, is made before new words are written.
# WORDS are expanded once, when make reads the rule, and reach the shell in the environment:
# they may hold any character but a newline.  The call stands on a line of its own, without eval.
stamp = $(eval stamp-text<$1> := $$(strip $$2))$(eval $(stamp-rule))
define stamp-rule
$1: $(if $(call same-text,$(strip $(file <$1)),$(strip $2)),,FORCE $(if $3,| $3))
$1: export STAMP_TEXT = $$(stamp-text<$1>)
$1:
	@mkdir -p $$(@D) && printf '%s\n' "$$$$STAMP_TEXT" >$$@
endef

# $(call stamped,FILE): not empty if FILE held its WORDS when make read the rule.
stamped = $(call same-text,$(strip $(file <$1)),$(stamp-text<$1>))

# $(call stamp-tree,FILE,DIR): the same for the contents of a directory: a rule for FILE,
# which is touched if a file in DIR has changed since the last time.
stamp-tree = $(eval $(stamp-tree-rule))
define stamp-tree-rule
$1: FORCE
	@mkdir -p $$(@D) && touch $$@.new && if [ -e $$@ ] && \
		[ -z "$$$$(find $2/ -name .git -prune -o -cnewer $$@ -print -quit)" ]; \
	then rm $$@.new; else mv $$@.new $$@; fi
endef

# $(call path-name,PATH): a file name for PATH, which has a checksum of all of PATH, because
# the last part of two paths may be the same.
path-name = $(notdir $(abspath $1))-$(shell printf %s $(call quote,$(abspath $1)) | cksum | \
	{ read -r sum size; printf %x "$$sum"; })

# $(call file-id,FILE): words that change when the contents of FILE change.
file-id = $(shell stat -L -c '%d %i %s %.Y %.Z' $(call quote,$1))

# --- tools ---------------------------------------------------------------------

# $(call tool,COMMAND,PACKAGE): empty if COMMAND can be run, else a prerequisite whose rule
# fails and names PACKAGE.
tool = $(if $(tool-file),,missing/$1/$(or $2,$1))
# $(call tool-file,COMMAND): the file that is run.  It is looked up without a process.
tool-file = $(or $(if $(findstring /,$1),$(wildcard $1)),\
	$(firstword $(wildcard $(addsuffix /$1,$(subst :, ,$(PATH))))))
missing/%:
	@printf 'error: there is no %s on this machine\n  %s\n  %s\n' '$(patsubst %/,%,$(dir $*))' \
		'The package that has it is $(notdir $*).' \
		'Install it: make setup (make doctor shows all that is missing)' >&2; exit 1

# $(call named-tool,VARIABLE,PACKAGE): the same for the command that VARIABLE names.  Without
# PACKAGE, no package of Debian has it, and the fact VARIABLE_SOURCE says where to get it.
# PACKAGE need not have the command that a user names.
named-tool = $(if $(and $2,$(filter file,$(origin $1))),$(call tool,$($1),$2),$(if $(call tool,$($1)),no-package/$1))
no-package/%:
	@printf 'error: there is no %s on this machine\n  %s\n  %s\n' '$($*)' \
		'$(if $(filter file,$(origin $*)),No package of Debian has it: $($*_SOURCE),It is named by $*=$($*)).' \
		'Put it into PATH, or name $(if $(filter file,$(origin $*)),it,another): $*=<path>' >&2; exit 1
