# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The kernel's own eBPF tests, on any target.  Their results are KTAP, on the
# terminal and in REPORT.

export TEST_ID TEST_RANGE TEST_NAME TEST_SUITE TEST_JIT TEST_TIMEOUT

# What the result files are named after: the VM, or the machine.
target-id := $(if $(filter vm,$(TARGET)),$(VM_LABEL),$(subst :,-,$(TARGET)))

# Brings a VM up again, with the words make was given but without its jobserver.
target-again = $(if $(filter vm,$(TARGET)),env MAKEFLAGS='-- $(subst ','\'',$(MAKEOVERRIDES))' MAKELEVEL=0 $(make) qemu-start)
make := $(MAKE)

# A machine that runs a kernel built here may not have its modules.
test-bpf-ko = $(if $(filter vm,$(TARGET)),,$(if $(filter src,$(KERNEL)),$(wildcard $(K)/lib/modules/*/kernel/lib/test_bpf.ko)))

.PHONY: test-bpf
test-bpf: | $(target-up) $(if $(filter src,$(KERNEL)),$(K)/release) ## run test_bpf.ko with the JIT on and off, and compare
	@VM='$(VM)' TEST_BPF_KO='$(test-bpf-ko)' scripts/test-bpf $(TARGET_DIR) \
		$(REPORT)/test_bpf-$(target-id) $(target-again)

.PHONY: kselftest-compare
kselftest-compare: ## compare two files of results: A=FILE B=FILE
	@scripts/ktap-compare $(compared)
