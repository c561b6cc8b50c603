# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Which lines of the JIT the tests reach: a kernel from source counts them (KERNEL_COVERAGE=1).

coverage-tests := $(or $(COVER),test-bpf jit-isa jit-random $(if $(filter 1,$(KERNEL_TINY)),,test-verifier))

.PHONY: jit-coverage
# jit-coverage: ## which lines of the JIT and of kernel/bpf the tests COVER reach (KERNEL=src)
ifeq ($(KERNEL)-$(TARGET),src-vm)
jit-coverage: $(call tool,lcov) $(call tool,genhtml,lcov) | vm-up
	@exec scripts/jit-coverage '$(VM_DIR)' '$(LINUX_OBJ)' '$(REPORT)/coverage' '$(linux-cross)gcov' \
		'$(coverage-tests)' $(call target-again,KERNEL_COVERAGE=1 ENGINE=local)
else
jit-coverage:
	$(call needs-src,The kernel is built with counters in the JIT and in kernel/bpf; it runs in a VM.)
endif
