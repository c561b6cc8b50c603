# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The tests (tests/README.md).  All of them print TAP: cmocka for the functions of the C programs,
# bats for the apps and for the testbench as a user sees it.  prove runs them side by side and
# counts; REPORT has the TAP of each file.

export TESTBENCH := $(CURDIR)
test-env = O_GIVEN='$(O)' OUT='$(abspath $(O))' BIN='$(abspath $(BUILD)/bin)' VM='$(abspath $(VM))' \
	TARGET_DIR='$(TARGET_DIR)' TARGET='$(TARGET)' ARCH='$(ARCH)' KERNEL='$(KERNEL)' \
	KERNEL_NAME='$(KERNEL_NAME)' HOST_ARCH='$(HOST_ARCH)' QEMU='$(QEMU)' CXX='$(CXX)' \
	LLVM_VERSION='$(LLVM_VERSION)' GDB_NAME='$(GDB_NAME)' GDB_TLB='$(GDB_TLB)' GDB_WINDOWS='$(GDB_WINDOWS)' \
	ROOTFS_NAME='$(notdir $(ROOTFS_IMAGE))'

# --- unit tests: of vm, and of what runs in the guest: the JIT lab, the reader of logs ------

# Each is built twice, once with ASan and UBSan, which end a test at its first error.
unit-dirs  := tests/vm tests/jit tests/common
unit-names := $(basename $(notdir $(wildcard $(unit-dirs:%=%/test_*.c))))
unit-tests := $(unit-names:%=$(HOST)/tests/%) $(unit-names:%=$(HOST)/tests/%-sanitized)
SANITIZE   := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

sanitized-objects := $(vm-objects:%.o=%-sanitized.o)
$(sanitized-objects): $(HOST)/vm/%-sanitized.o: vm/%.c vm/vm.h $(call tool,cc,gcc)
	$(Q)mkdir -p $(@D) && cc $(HOST_CFLAGS) $(SANITIZE) -c -o $@ $<

# $(call unit-rule,DIR,SUFFIX,FLAGS,PARTS): the tests of DIR, and what they are linked with.
define unit-rule
$(patsubst $1/%.c,$(HOST)/tests/%$2,$(wildcard $1/test_*.c)): $(HOST)/tests/%$2: $1/%.c $(wildcard $1/*.h) $4
	$$(call msg,HOSTCC,$$@)
	$(Q)mkdir -p $$(@D) && cc $(HOST_CFLAGS) $3 -o $$@ $$(filter %.c %.o,$$^) -lcmocka $(VM_LIBS)
endef
$(eval $(call unit-rule,tests/vm,,-Ivm,$(filter-out %/main.o,$(vm-objects))))
$(eval $(call unit-rule,tests/vm,-sanitized,-Ivm $(SANITIZE),$(filter-out %/main-sanitized.o,$(sanitized-objects))))
jit-parts := $(filter-out %/main.c,$(JIT_SRCS)) $(JIT_HDRS)
$(eval $(call unit-rule,tests/jit,,-Iguest/jit,$(jit-parts)))
$(eval $(call unit-rule,tests/jit,-sanitized,-Iguest/jit $(SANITIZE),$(jit-parts)))

$(eval $(call unit-rule,tests/common,,-Iapps,apps/common/log.c apps/common/log.h))
$(eval $(call unit-rule,tests/common,-sanitized,-Iapps $(SANITIZE),apps/common/log.c apps/common/log.h))

# vm itself with the sanitizers, for tests/vm.bats.
$(HOST)/tests/vm-sanitized: $(sanitized-objects)
	$(call msg,HOSTCC,$@)
	$(Q)mkdir -p $(@D) && cc $(SANITIZE) -o $@ $^ $(VM_LIBS)

# --- all tests ------------------------------------------------------------------------

suites := $(patsubst tests/%.bats,%,$(wildcard tests/*.bats))
# The longest begin first.  check leaves out native: the image with the compilers is a large download.
# engine and snapshot need 3 GB and 2 GB of disk, the one after the other.
long-suites  := engine rootfs inspect vm snapshot share faults
check-disk   := 5
check-suites := $(long-suites) $(filter-out $(long-suites) native,$(suites))
# An app's test is in the directory of the app.  An app of the user's with the name of one of
# ours has a test of its own, or none.
test-dir = $(or $(filter-out apps,$(call app-dir,$1)),tests/apps)
app-test = $(wildcard $(call test-dir,$1)/$1.bats)
app-tests := $(foreach app,$(APPS),$(call app-test,$(app)))

# $(call chosen,FILES): those with a test whose name matches FILTER; all without FILTER.
chosen = $(if $(FILTER),$(shell FILTER=$(call quote,$(FILTER)) scripts/tests-named $1),$1)
ifneq ($(FILTER),)
ifneq ($(filter check%,$(goals)),)
$(if $(call chosen,$(wildcard tests/*.bats) $(app-tests)),,$(error FILTER=$(FILTER): no test has a name that matches))
endif
endif
export FILTER

# A test that crashes the kernel, or makes it hang, fails alone; the VM is started again for the others.
check check-target: private test-env += TARGET_AGAIN=$(call quote,$(call target-again,qemu-load qemu-libs))

# $(call prove,FILES): runs the files that FILTER and SHARD leave, one more at a time than there are
# CPUs, since a test often waits; shows comments, skips with their reasons, and failures.
prove = @$(call prove-files,$(call in-shard,\
	$(or $(call chosen,$1),$(error FILTER=$(FILTER): no test of this goal has a name that matches))))
in-shard = $(if $(SHARD),$(shell printf '%s\n' $1 | scripts/shard $(SHARD)),$1)
prove-files = $(if $1,mkdir -p $(REPORT) && \
	$(test-env) prove --jobs $(or $(prove-jobs),$(shell expr $$(nproc) + 1)) \
	--timer --comments --directives --failures --exec 'scripts/run-test $(REPORT)' $1,\
	printf '  %-8s %s\n' SHARD 'there is no test file in $(SHARD)')

check-needs := $(call tool,prove,perl) $(call tool,bats,bats) $(call tool,jq,jq)
# tests/linux.bats sees what a kernel's build says that lacks a tool: the others are there.
linux-test-needs := $(call tool,flex,flex) $(call tool,pahole,dwarves)

# At the same time, both would open the connection that ssh keeps.
qemu-libs: | $(if $(filter check%,$(goals)),qemu-load)

.PHONY: check check-unit check-fresh
# check: ## run all tests
check: all $(unit-tests) $(HOST)/tests/vm-sanitized qemu-load qemu-libs $(VM) | check-needs $(linux-test-needs)
	$(if $(FILTER)$(SHARD),,@scripts/free-disk 'the tests' $(check-disk) '$(O)' "$${TMPDIR:-/var/tmp}")
	$(call prove,$(if $(FILTER),,$(unit-tests)) $(check-suites:%=tests/%.bats) $(app-tests))$(then-end-vm)

# scripts/matrix runs it in each cell, side by side with other cells, with a REPORT of its own.
.PHONY: check-target
check-target: private prove-jobs := 1
check-target: qemu-load qemu-libs | check-needs ## run the tests of the machine and of the apps alone
	$(call prove,tests/machine.bats tests/kernel.bats $(app-tests))$(then-end-vm)

# For scripts/cell: what the verdicts of check-target depend on, by content: the variables that the user has
# set, the sources, and the files that the VM and the apps are.  What a share or QEMU_ARGS name is not
# known, nor what a machine is.
not-inputs := O REPORT AGAIN V ENGINE HOSTS HOST_DIR PARTITION SLURM_OPTS DOWNLOADS SNAPSHOTS
input-dirs := Makefile apps extras guest mk scripts tests vm
cell-files := $(APPS:%=$(BUILD)/bin/%) $(APPS:%=$(BUILD)/bin/%_shared) $(call in-bin,$(all-files)) $(DEPS)/lib/*.so
.PHONY: cell-inputs
cell-inputs:
	$(if $(SHARE)$(QEMU_ARGS)$(filter-out vm,$(TARGET)),$(error not all inputs are known))
	@printf '%s\n' accel=$(accel) \
		$(foreach var,$(filter-out $(not-inputs),$(given-vars)),$(call quote,$(var)=$($(var))))
	@find -L $(input-dirs) $(APPS_DIR) $(filter-out $(accel-file),$(vm-needs)) $(cell-files) \
		$(call tool-file,$(QEMU)) -type f ! -name '*.md' -print0 | sort -zu | xargs -0 sha256sum

# The unit of all engines (docs/many-machines.md).
.PHONY: cell
cell: ## run GOAL as a matrix does, with all of its output in output/report/ARCH-KERNEL
	@exec env MAKE='$(make)' O='$(O)' scripts/cell all $(ARCH) '$(KERNEL)' $(GOAL) \
		'$(REPORT)/$(ARCH)-$(subst /,_,$(KERNEL))'

# For scripts/cell, too: where the VMs of a cell are, whose names begin so.
.PHONY: cell-vms
cell-vms:
	@echo '$(VM_DIR)'

# What scripts/cell makes of the goal in `goals` before cells run side by side; other files add to it.
.PHONY: cell-needs
cell-needs: vm-needs

check-unit: $(unit-tests) | check-needs ## run the unit tests: of vm and of the JIT lab
	$(call prove,$^)

# check-<suite>: ## run the tests of one file, tests/<file>.bats: check-vm; an app of that name comes first
# Some files need no VM and nothing built; the others need all that check needs.
plain-suites := archive input lint native
suite-goals  := $(filter-out $(APPS:%=check-%),$(suites:%=check-%))
.PHONY: $(suite-goals)
$(suite-goals): check-%: | check-needs
	$(call prove,tests/$*.bats)$(if $(filter $*,$(plain-suites)),,$(then-end-vm))
$(filter-out $(plain-suites:%=check-%),$(suite-goals)): all $(HOST)/tests/vm-sanitized qemu-load qemu-libs $(VM)
check-lint check-native: $(VM)

# It needs root, or user namespaces.
check-fresh: ## run README's commands on a bare Debian machine, one for each FRESH
	@for suite in $(FRESH); do scripts/fresh-machine --worktree $$suite || exit 1; done

# mk/matrix.mk has the rule.
# check-all: ## test the apps on every architecture and kernel, and write docs/results.md

.PHONY: check-needs
check-needs: $(check-needs)

# check-<app>: ## run the test of one app
.PHONY: $(APPS:%=check-%)
$(APPS:%=check-%): check-%: qemu-load-% | check-needs
	$(if $(call app-test,$*),,$(error $* has no test: there is no $(call test-dir,$*)/$*.bats))
	$(call prove,$(call app-test,$*))

check-%:
	$(no-app)
