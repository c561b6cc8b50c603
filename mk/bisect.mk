# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The change of the kernel that breaks a test: Debian's kernels, then the revisions of KERNEL_SRC.

# The revisions are checked out in a worktree: the user's own is left alone.
bisect-tree = $(abspath $(BUILD)/bisect/$(call path-name,$(KERNEL_SRC)))
bisect-name = $(call path-name,$(bisect-tree))$(kernel-tiny)

bisect-goals := bisect clean-bisect
$(bisect-goals): export TREE  = $(if $(KERNEL_SRC),$(bisect-tree))
$(bisect-goals): export BUILT = $(BUILD)/linux/$(bisect-name) $(BUILD)/kernel/src-$(bisect-name)
$(bisect-goals): export LOGS  = $(REPORT)/bisect
$(bisect-goals): export VMS   = $(BUILD)/vm
$(bisect-goals): export JOBS  = $(filter -j%,$(MAKEFLAGS))
$(bisect-goals): export WORDS = $(MAKEOVERRIDES)
$(bisect-goals): export SUITES = $(KERNEL_SUITES)
$(bisect-goals): export DEBIAN = $(DEBIAN_ARCH) $(KERNEL_FLAVOUR) $(APT)

# The script's own makes see no value of these.
run-bisect = @export GOOD='$(GOOD)' BAD='$(BAD)' TEST=$(call quote,$(TEST)) KERNEL_SRC='$(KERNEL_SRC)' \
	ARCH='$(ARCH)' O='$(O)' VM='$(VM)' MAKE='$(make)'; exec scripts/bisect

.PHONY: $(bisect-goals)
# bisect: ## find the kernel's change that breaks TEST, between GOOD and BAD of KERNEL_SRC, or of Debian's suites
bisect: $(VM) $(call tool,git)
	$(if $(filter vm,$(TARGET)),,$(error bisect boots each kernel in a VM: leave TARGET out))
	$(run-bisect)

clean-bisect: ## remove the worktree of a bisect that was stopped, and what was built of it
	$(run-bisect) --clean
