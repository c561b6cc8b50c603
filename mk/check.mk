# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The tests.  All speak TAP: cmocka for the supervisor's parts, bats for the
# apps and for the testbench as a user sees it.  prove runs them side by side
# and counts; each one's own lines are kept in REPORT.

REPORT := $(O)/report

export TESTBENCH := $(CURDIR)
test-env = O_GIVEN='$(O)' OUT='$(abspath $(O))' BIN='$(abspath $(BUILD)/bin)' VM='$(abspath $(VM))' TARGET_DIR='$(TARGET_DIR)' \
	TARGET='$(TARGET)' ARCH='$(ARCH)' KERNEL='$(KERNEL)' KERNEL_NAME='$(KERNEL_NAME)' HOST_ARCH='$(HOST_ARCH)' QEMU='$(QEMU)' \
	CXX='$(CXX)' GDB_NAME='$(GDB_NAME)' ROOTFS_NAME='$(notdir $(ROOTFS_IMAGE))'

# --- the supervisor's unit tests ----------------------------------------------------

# Twice, once under ASan and UBSan; the sanitizers end a test that errs.
UNIT_SRCS  := $(wildcard tests/vm/test_*.c)
unit-names := $(UNIT_SRCS:tests/vm/%.c=%)
unit-tests := $(unit-names:%=$(HOST)/tests/%) $(unit-names:%=$(HOST)/tests/%-sanitized)
SANITIZE   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

sanitized-objects := $(vm-objects:%.o=%-sanitized.o)
$(sanitized-objects): $(HOST)/vm/%-sanitized.o: vm/%.c vm/vm.h $(call tool,cc,gcc)
	$(Q)mkdir -p $(@D) && cc $(HOST_CFLAGS) $(SANITIZE) -c -o $@ $<

# $(call unit-rule,SUFFIX,FLAGS): the tests that are linked with the objects of SUFFIX.
define unit-rule
$(unit-names:%=$(HOST)/tests/%$1): $(HOST)/tests/%$1: tests/vm/%.c $(wildcard tests/vm/*.h) $(filter-out %/main$1.o,$(vm-objects:%.o=%$1.o))
	$$(call msg,HOSTCC,$$@)
	$(Q)mkdir -p $$(@D) && cc $(HOST_CFLAGS) $2 -Ivm -o $$@ $$(filter %.c %.o,$$^) -lcmocka $(VM_LIBS)
endef
$(eval $(call unit-rule,,))
$(eval $(call unit-rule,-sanitized,$(SANITIZE)))

# The supervisor itself under the sanitizers, for the tests of the real thing.
$(HOST)/tests/vm-sanitized: $(sanitized-objects)
	$(call msg,HOSTCC,$@)
	$(Q)mkdir -p $(@D) && cc $(SANITIZE) -o $@ $^ $(VM_LIBS)

# --- all tests ------------------------------------------------------------------------

BATS := $(filter-out tests/native.bats,$(wildcard tests/*.bats))
# Those that take longest begin first.
long-tests := $(patsubst %,tests/%.bats,snapshot rootfs inspect vm share faults)
# An app's test is where the app is; one that takes the place of ours is not tested as ours.
test-dir = $(or $(filter-out apps,$(call app-dir,$1)),tests/apps)
app-test = $(wildcard $(call test-dir,$1)/$1.bats)

# What the kernel did not survive is one test's failure: the others get a VM again.
again = $(if $(filter vm,$(TARGET)),TARGET_AGAIN='$(MAKE) --no-print-directory O=$(O) ARCH=$(ARCH) KERNEL=$(KERNEL) VM_NAME=$(VM_NAME) qemu-load qemu-libs')
check check-target: private test-env += $(again)

# $(call prove,FILES): runs them; a comment of a test, a skip with its reason,
# and a failure are shown.  One more than there are CPUs: most wait for something now and then.
prove = @mkdir -p $(REPORT) && $(test-env) prove --jobs $(or $(prove-jobs),$(shell expr $$(nproc) + 1)) --timer --comments --directives --failures \
	--exec 'scripts/run-test $(REPORT)' $1

check-needs := $(call tool,prove,perl) $(call tool,bats,bats) $(call tool,jq,jq)
# tests/linux.bats sees what a kernel's build says that lacks a tool: the others are there.
linux-test-needs := $(call tool,flex,flex) $(call tool,pahole,dwarves)

.PHONY: check check-unit check-fresh
# A VM that was started for the tests is ended with them; prove's summary stays
# the last that is said.
vm-was-up := $(wildcard $(VM_DIR)/state.json)
end-vm    := $(if $(vm-was-up),,$(if $(filter vm,$(TARGET)),$(VM) stop --dir $(VM_DIR) >/dev/null))

check: all $(unit-tests) $(HOST)/tests/vm-sanitized qemu-load qemu-libs $(VM) | check-needs $(linux-test-needs) ## run all tests
	$(call prove,$(long-tests) $(unit-tests) $(filter-out $(long-tests),$(BATS)) $(foreach app,$(APPS),$(call app-test,$(app)))); status=$$?; $(or $(end-vm),:); exit $$status

# What scripts/matrix runs in each of its cells, side by side with other cells, with a
# REPORT of its own.
.PHONY: check-target
check-target: private prove-jobs := 1
check-target: qemu-load qemu-libs | check-needs ## run the tests of the machine and of the apps alone
	$(call prove,tests/machine.bats tests/kernel.bats $(foreach app,$(APPS),$(call app-test,$(app)))); status=$$?; $(or $(end-vm),:); exit $$status

check-unit: $(unit-tests) | check-needs ## run the supervisor's unit tests
	$(call prove,$^)

# Not a part of check: the image with the compilers is a large download.
.PHONY: check-native
check-native: $(VM) | check-needs ## test native-<app>, which check does not: 160 MB are downloaded, once
	$(call prove,tests/native.bats)

# README's two commands on bare machines.  It needs root, or user namespaces.
check-fresh: ## run README's commands on a bare Debian machine, one for each FRESH
	@for suite in $(FRESH); do scripts/fresh-machine --worktree $$suite || exit 1; done

# mk/matrix.mk makes it.
# check-all: ## test the apps on every architecture and kernel, and write docs/results.md

.PHONY: check-needs
check-needs: $(check-needs)

# check-<app>: ## run one app's test
define check-rule
.PHONY: check-$1
check-$1: qemu-load-$1 | check-needs
	$$(if $(call app-test,$1),,$$(error $1 has no test: there is no $(call test-dir,$1)/$1.bats))
	$$(call prove,$(call app-test,$1))
endef
$(foreach name,$(APPS),$(eval $(call check-rule,$(name))))

check-%:
	$(no-app)
