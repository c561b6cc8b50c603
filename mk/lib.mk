# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Helpers of make's own that several makefiles use.

empty :=
space := $(empty) $(empty)
comma := ,
define newline


endef

# $(call quote,TEXT): one word of a shell's command line, whatever is in it.
quote = '$(subst ','\'',$1)'

# What was typed: a make of mk/order.mk makes one goal of several.
ifneq ($(origin goals),command line)
goals := $(MAKECMDGOALS)
endif

# $(call same-text,TEXT,TEXT): not empty if both are the same, to the letter.
same-text = $(and $(findstring x$1x,x$2x),$(findstring x$2x,x$1x))

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
