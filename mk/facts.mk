# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# A separate makefile, which scripts/facts runs: prints "ARCH NAME=value" for each
# variable that the files of the architectures ARCHS set.

ARCHS := $(patsubst mk/arch/%.mk,%,$(wildcard mk/arch/*.mk))

# The variables that a makefile has set, in contrast to those of make and of the environment.
set-vars = $(foreach var,$(.VARIABLES),$(if $(filter file,$(origin $(var))),$(var)))

# $(call print-facts,ARCH): prints the facts, and undefines them for the next architecture.
define print-facts
include mk/arch/$1.mk
$$(foreach var,$$(sort $$(filter-out $$(own-vars),$$(set-vars))),\
	$$(info $1 $$(var)=$$($$(var)))$$(eval undefine $$(var)))
endef

own-vars := own-vars $(set-vars)
$(foreach arch,$(ARCHS),$(eval $(call print-facts,$(arch))))

all: ;
