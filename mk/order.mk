# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Goals given together.  A goal that changes something that another goal uses (the VM, the
# target's kernel, built files) must not run beside it.  Such goals are therefore made one
# after another, in the order given, each by a make of its own, whatever -j says; setup comes
# first.  Goals that only build are made together with the goal that follows them.  With -k
# a failed goal does not prevent the next, as in make itself.

# All other goals change something.
build-goals := all build-% build-deps disas-% asm-% btf-% cpu-% kernel rootfs vmlinux.h keys \
	archs doctor help config man $(or $(O),output)/%

# Groups of goals that are made together.  "&", which no goal has in its name, ties a goal
# that only builds to the next goal: `all run-a clean all` is all&run-a clean all&, three groups.
ordered := $(filter setup,$(MAKECMDGOALS)) $(filter-out setup,$(MAKECMDGOALS))
tied    := $(foreach goal,$(ordered),$(goal)$(if $(filter $(build-goals),$(goal)),&))
groups  := $(subst & ,&,$(tied))

ifneq ($(word 2,$(groups)),)

# $(call make-group,GROUP): makes its goals, and passes all that were typed on in `goals`.
make-group = $(MAKE) --no-print-directory goals='$(MAKECMDGOALS)' $(subst &, ,$1) || \
	{ status=$$?; $(if $(call flag,k),:,exit $$status); };

.PHONY: $(MAKECMDGOALS)
$(firstword $(MAKECMDGOALS)):
	+@status=0; $(foreach group,$(groups),$(call make-group,$(group))) exit $$status
$(filter-out $(firstword $(MAKECMDGOALS)),$(MAKECMDGOALS)): $(firstword $(MAKECMDGOALS))
	@:

endif
