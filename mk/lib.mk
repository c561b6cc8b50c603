# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Helpers of make's own that several makefiles use.

empty :=
space := $(empty) $(empty)
comma := ,
define newline


endef

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

# make, for a script that starts it.  A recipe line with MAKE itself would run under -n, too.
make := $(MAKE)

# --- text ----------------------------------------------------------------------

# $(call quote,TEXT): one word of a shell's command line, whatever is in it.
quote = '$(subst ','\'',$1)'

# What was typed: a make of mk/order.mk makes one goal of several.
ifneq ($(origin goals),command line)
goals := $(MAKECMDGOALS)
endif

# $(call same-text,TEXT,TEXT): not empty if both are the same, to the letter.
same-text = $(and $(findstring x$1x,x$2x),$(findstring x$2x,x$1x))

# --- messages ------------------------------------------------------------------

# $(Q) hides a command; $(call msg,TAG,TEXT) is its line instead, as in the
# kernel's build.  Both are nothing with V=1.
ifeq ($(V),1)
Q   :=
msg  =
else
Q   := @
msg  = @printf '  %-8s %s\n' '$1' "$2";
endif

# $(call step,TAG,TEXT,LOG): the start of a recipe's command that takes time.
step = $(Q)V='$(V)' scripts/step '$1' '$2' '$(O)/log/$3.log'

# $(call nearest,WORD,LIST): ", did you mean X?" where one of LIST is close.
nearest = $(shell scripts/nearest $(call quote,$1) $(foreach word,$2,'$(word)'))

# $(call not-one-of,VARIABLE,LIST): stops, because its value is none of LIST.
not-one-of = $(error $1=$($1) is not known$(call nearest,$($1),$2) Known: $2)

# --- stamps --------------------------------------------------------------------

# $(call stamp,FILE,WORDS[,CHECK]): a rule for FILE, which holds WORDS (what a target is made from
# and with: paths, versions, flags, checksums).  FILE is written anew only if it holds other
# words, so a target with FILE as a prerequisite is made again when its words change, and
# only then.  WORDS are expanded once, when make reads the rule, and reach the shell in the
# environment: they may hold any character but a newline.  Other words are written once
# CHECK, a goal, is made, if there is one.
# Use: $(call stamp,FILE,WORDS[,CHECK]) on a line of its own, without eval.
stamp = $(eval stamp-text<$1> := $$(strip $$2))$(eval $(stamp-rule))
define stamp-rule
$1: $(if $(call same-text,$(strip $(file <$1)),$(strip $2)),,FORCE $(if $3,| $3))
$1: export STAMP_TEXT = $$(stamp-text<$1>)
$1:
	@mkdir -p $$(@D) && printf '%s\n' "$$$$STAMP_TEXT" >$$@
endef

# $(call stamped,FILE): not empty if FILE held its words when make read the rule.
stamped = $(call same-text,$(strip $(file <$1)),$(stamp-text<$1>))

# $(call stamp-tree,FILE,DIR): the same for what is in a directory of the user's: a rule for
# FILE, which is made anew when something in DIR has changed since.
stamp-tree = $(eval $(stamp-tree-rule))
define stamp-tree-rule
$1: FORCE
	@mkdir -p $$(@D) && touch $$@.new && if [ -e $$@ ] && \
		[ -z "$$$$(find $2/ -name .git -prune -o -cnewer $$@ -print -quit)" ]; then rm $$@.new; else mv $$@.new $$@; fi
endef

# $(call path-name,PATH): what files made of PATH, the user's, are called after: there may
# be others of its name.
path-name = $(notdir $(abspath $1))-$(shell printf %s $(call quote,$(abspath $1)) | cksum | { read -r sum size; printf %x "$$sum"; })

# $(call file-id,FILE): words that change when what is in FILE does.
file-id = $(shell stat -L -c '%d %i %s %.Y %.Z' $(call quote,$1))

# --- tools ---------------------------------------------------------------------

# $(call tool,COMMAND,PACKAGE): nothing if COMMAND can be run, else a prerequisite
# whose rule says that it is missing.  Looked up without a process.
tool = $(if $(tool-file),,missing/$1/$(or $2,$1))
# $(call tool-file,COMMAND): where it is.
tool-file = $(or $(if $(findstring /,$1),$(wildcard $1)),$(firstword $(wildcard $(addsuffix /$1,$(subst :, ,$(PATH))))))
missing/%:
	@printf 'error: there is no %s on this machine\n  %s\n  %s\n' '$(patsubst %/,%,$(dir $*))' \
		'The package that has it is $(notdir $*).' \
		'Install it: make setup (make doctor shows all that is missing)' >&2; exit 1

# $(call named-tool,VARIABLE,PACKAGE): the same for the command that VARIABLE names; without
# PACKAGE, Debian has none, and VARIABLE_SOURCE says who does.
named-tool = $(if $2,$(call tool,$($1),$2),$(if $(call tool,$($1)),no-package/$1))
no-package/%:
	@printf 'error: there is no %s on this machine\n  %s\n  %s\n' '$($*)' \
		'No package of Debian has it: $($*_SOURCE).' 'Put it into PATH, or name it: $*=<path>' >&2; exit 1
