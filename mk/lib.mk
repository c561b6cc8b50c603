# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Helpers of make's own that several makefiles use.

empty :=
space := $(empty) $(empty)
comma := ,
define newline


endef

# What was typed: a make of mk/order.mk makes one goal of several.
ifneq ($(origin goals),command line)
goals := $(MAKECMDGOALS)
endif

# $(call same-text,TEXT,TEXT): not empty if both are the same, to the letter.
same-text = $(and $(findstring x$1x,x$2x),$(findstring x$2x,x$1x))

# $(call stamp,FILE,WORDS): a rule for FILE, which holds WORDS (what a target is made from
# and with: paths, versions, flags, checksums).  FILE is written anew only if it holds other
# words, so a target with FILE as a prerequisite is made again when its words change, and
# only then.  WORDS are expanded once, when make reads the rule, and reach the shell in the
# environment: they may hold any character but a newline.
# Use: $(call stamp,FILE,WORDS) on a line of its own, without eval.
stamp = $(eval stamp-text<$1> := $$(strip $$2))$(eval $(stamp-rule))
define stamp-rule
$1: $(if $(call same-text,$(strip $(file <$1)),$(strip $2)),,FORCE)
$1: export STAMP_TEXT = $$(stamp-text<$1>)
$1:
	@mkdir -p $$(@D) && printf '%s\n' "$$$$STAMP_TEXT" >$$@
endef
