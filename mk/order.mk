# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Goals given together.  A goal that changes what another one uses (the VM, the target's
# kernel, built files) may not run beside it.  So each of them is made by a make of its own,
# one after another, in the order given, whatever -j says; setup comes first.  Goals that only
# build share the make of the goal after them.  With -k the goals after a failed one are made,
# too, as make itself would do.

# Whatever is not here changes something.
build-goals := all build-% build-deps disas-% asm-% btf-% cpu-% kernel rootfs vmlinux.h keys \
	archs doctor help config man $(or $(O),output)/%

ordered := $(filter setup,$(MAKECMDGOALS)) $(filter-out setup,$(MAKECMDGOALS))
groups  := $(subst $(comma)$(space),$(comma),$(foreach goal,$(ordered),$(goal)$(if $(filter $(build-goals),$(goal)),$(comma))))

ifneq ($(word 2,$(groups)),)

# $(call make-group,GOALS): makes them, and says with `goals` what was typed.
make-group = $(MAKE) --no-print-directory goals='$(MAKECMDGOALS)' $(subst $(comma), ,$1) || \
	{ status=$$?; $(if $(findstring k,$(firstword -$(MAKEFLAGS))),:,exit $$status); };

.PHONY: $(MAKECMDGOALS)
$(firstword $(MAKECMDGOALS)):
	+@status=0; $(foreach group,$(groups),$(call make-group,$(group))) exit $$status
$(filter-out $(firstword $(MAKECMDGOALS)),$(MAKECMDGOALS)): $(firstword $(MAKECMDGOALS))
	@:

endif
