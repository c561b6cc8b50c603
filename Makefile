# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The eBPF testbench.  `make help` lists what can be typed; docs/ says more.
# Everything generated is below output/; each file of mk/ is about one subject.

ifeq ($(filter undefine,$(.FEATURES)),)
$(error make $(MAKE_VERSION) is too old: GNU make 4.2 or newer is needed (package make))
endif

all:

# Of the user's locale the characters alone: scripts calculate with a decimal point, sort has one order, and scripts
# and tests read what tools say.  (scripts/lib.sh has it for a script that is called without make.)
ifneq ($(LC_ALL),)
export LC_CTYPE := $(LC_ALL)
endif
unexport LC_ALL
export LC_NUMERIC := C
export LC_COLLATE := C
export LC_MESSAGES := C

include mk/vars.mk
include mk/lib.mk
include mk/validate.mk
ifneq ($(words $(CURDIR)),1)
$(error cannot build in '$(CURDIR)': make takes a path with a space for two. \
	Clone into a directory without spaces in its path)
endif
ifneq ($(call found,$(word-chars) $(path-chars),$(CURDIR)),)
$(error cannot build in '$(CURDIR)': its path has \
	$(call found,$(word-chars) $(path-chars),$(CURDIR)) in it, $(not-in-path))
endif

# A list of architectures or kernels, all of them, or one cell, is a matter of its own,
# and so is what is asked of the cells together, or run by an engine.
test-goals := test-bpf test-verifier test-maps test-progs test-bench kselftest jit-isa jit-random jit-cost
several-cells := $(filter all,$(ARCH) $(KERNEL))$(findstring /,$(ARCH))\
	$(filter check-all arch-table bench-cells matrix matrix-%,$(MAKECMDGOALS))\
	$(if $(filter-out local,$(ENGINE)),$(filter check $(test-goals),$(MAKECMDGOALS)))
ifneq ($(strip $(several-cells))$(word 2,$(ARCH))$(word 2,$(KERNEL)),)
include mk/matrix.mk
else
include mk/order.mk
ifeq ($(word 2,$(groups)),)

include mk/arch.mk
include mk/icount.mk
include mk/host.mk
include mk/fetch.mk
include mk/deps.mk
include mk/kernel.mk
include mk/rootfs.mk
include mk/initramfs.mk
include mk/apps.mk
include mk/net.mk
include mk/share.mk
include mk/vm.mk
include mk/gdb.mk
include mk/remote.mk
include mk/inspect.mk
include mk/load.mk
include mk/native.mk
include mk/jit.mk
include mk/jit-cost.mk
include mk/jit-coverage.mk
include mk/check.mk
include mk/report.mk
include mk/kselftest.mk
include mk/bisect.mk
include mk/bench.mk
include mk/clean.mk
include mk/help.mk
endif

endif

.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: FORCE
FORCE:
