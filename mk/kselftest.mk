# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The kernel's own eBPF tests, on any target.  Their results are KTAP, on the terminal and in
# REPORT.

export TEST_ID TEST_RANGE TEST_NAME TEST_SUITE TEST_JIT TEST_TIMEOUT

$(if $(filter-out jit nojit,$(TEST_JIT)),$(call not-one-of,TEST_JIT,jit nojit))

# The VM or machine, for the names of files of results.
target-id := $(if $(filter vm,$(TARGET)),$(VM_LABEL),$(subst :,-,$(TARGET)))

# A machine that runs a kernel that was built here may lack the modules.
test-bpf-ko = $(if $(filter vm,$(TARGET)),,$(if $(filter src,$(KERNEL)),$(wildcard $(K)/lib/modules/$(test-bpf-path))))
test-bpf-path := */kernel/lib/test_bpf.ko

.PHONY: test-bpf
# test-bpf: ## run test_bpf.ko with the JIT on and off, and compare
test-bpf: | $(target-up) $(if $(filter src,$(KERNEL)),$(K)/release)
	@VM='$(VM)' ARCH=$(ARCH) KNOWN=extras/kselftest TEST_BPF_KO='$(test-bpf-ko)' \
		exec scripts/test-bpf $(TARGET_DIR) $(REPORT)/test_bpf-$(target-id) $(call target-again,qemu-start)

# --- the BPF selftests of the kernel's tree -------------------------------------------

export TESTS

# (Some selftests use types that a kernel without their options lacks.)
KSELFTEST := $(BUILD)/kselftest/$(KERNEL_NAME:src-%=%)$(if $(filter 0,$(KERNEL_SELFTESTS)),-small)

# test-verifier: ## run the kernel's verifier tests (KERNEL=src; TESTS=12, 100-200)
# test-maps: ## run the kernel's tests of maps (KERNEL=src)
# test-progs: ## run the kernel's test programs (KERNEL=src; TESTS=NAME,NAME; VARIANT=cpuv4)
# kselftest: ## run a collection of the kernel's selftests by its run_kselftest.sh (KERNEL=src; COLLECTION=bpf)
# test-bench: ## run the kernel's BPF benchmarks with the JIT and without (TESTS='trig-fentry rb', ARGS='-d 10')

# The objects of test_progs, made for another instruction set or by another compiler.  The compiler is
# checked before the kernel is built.
export VARIANT BPF_GCC
variants := no_alu32 cpuv4 bpf_gcc
ifneq ($(VARIANT),)
$(call check-one-of,VARIANT,$(variants))
ifneq ($(filter test-progs,$(goals)),)
variant-wrong := $(shell scripts/kselftest-build --compiler $(VARIANT) $(CLANG) $(BPF_GCC) 2>&1)
$(if $(variant-wrong),$(error VARIANT=$(VARIANT): $(variant-wrong)))
endif
endif
test_progs := test_progs$(VARIANT:%=-%)

$(call stamp,$(BUILD)/kselftest/compilers,$(CLANG) $(CROSS_COMPILE) $(BPF_GCC))
kselftest-needs := $(DEPS)/libbpf.built $(if $(foreign-bpf),$(skel-needs)) $(BUILD)/kselftest/compilers \
	scripts/kselftest-build
# $(call build-kselftest,NAME,PROGRAMS,TREE,OBJ,OUT): puts PROGRAMs into OUT, with the stamp NAME.built.
build-kselftest = V='$(V)' GEN_SKELETON='$(if $(foreign-bpf),$(gen-skeleton))' scripts/step \
	KSELFT '$1 of $3' '$(O)/log/$(ARCH)-$1.log' \
	scripts/kselftest-build $3 $4 $5 $(LINUX_ARCH) '$(CROSS_COMPILE)' $(DEPS) $(CLANG) $1 $2
# $(call kselftest-rule,NAME,PROGRAMS): a rule for NAME.built of the kernel from source.
define kselftest-rule
$(KSELFTEST)/$1.built: $(K)/release $(kselftest-needs) FORCE
	+@scripts/kselftest-build --unchanged $(LINUX_SRC) $$@ $$(filter-out FORCE,$$^) || \
		$(call build-kselftest,$1,$2,$(LINUX_SRC),$(LINUX_OBJ),$(KSELFTEST))
endef
run-kselftest = @VM='$(VM)' ARCH=$(ARCH) KNOWN=extras/kselftest exec scripts/kselftest $(TARGET_DIR) \
	$(REPORT)/$1-$(target-id) $(KSELFTEST)/install/$2 $3 $(call target-again,qemu-start)

.PHONY: test-verifier test-maps test-progs kselftest
ifeq ($(KERNEL),src)
# A program that the tree lacks is not in its collection.
bpf-collection := test_verifier test_tag test_maps test_lru_map test_lpm_map test_progs test_sock test_sockmap \
	test_tcpnotify_user test_sysctl
collection-programs = $(foreach name,$(bpf-collection),$(if $(wildcard \
	$(LINUX_SRC)/tools/testing/selftests/bpf/$(name).c),$(name)))

$(foreach name,test_verifier test_maps $(test_progs),$(eval $(call kselftest-rule,$(name),$(name))))
$(eval $(call kselftest-rule,bpf,$$(collection-programs)))

test-verifier test-maps: test-%: $(KSELFTEST)/test_%.built | $(target-up)
	$(call run-kselftest,test_$*,test_$*,test_$*)
test-progs: $(KSELFTEST)/$(test_progs).built | $(target-up)
	$(call run-kselftest,$(test_progs),$(test_progs),test_progs)
kselftest: $(KSELFTEST)/$(if $(filter bpf,$(COLLECTION)),bpf,$(call not-one-of,COLLECTION,bpf)).built | $(target-up)
	@scripts/kselftest-collection $(LINUX_SRC) $(KSELFTEST) $(COLLECTION) $(collection-programs)
	$(call run-kselftest,kselftest-$(COLLECTION),$(COLLECTION).all,run_kselftest.sh)
cell-needs: $(patsubst %,$(KSELFTEST)/%.built,$(filter test_verifier test_maps,$(subst -,_,$(goals))) \
	$(if $(filter test-progs,$(goals)),$(test_progs)) $(if $(filter kselftest,$(goals)),bpf))
else
test-verifier test-maps test-progs kselftest:
	$(call needs-src,The selftests have a module$(comma) which loads only into the kernel that it is built with.)
endif

# --- the tree's benchmarks --------------------------------------------------------------

# They need no module.  Built with the types of vmlinux.h, one program measures every kernel: only so
# can kernels be compared.  A tree of the user's has its own.
bench-src := $(or $(if $(filter src,$(KERNEL)),$(KERNEL_SRC)),$(DEBIAN_LINUX))
bench-out := $(BUILD)/kselftest/bench-$(if $(filter src,$(KERNEL)),$(KERNEL_NAME:src-%=%),$(LINUX_SUITE))

$(bench-out)/bench.built: $(VMLINUX_H) $(kselftest-needs) FORCE \
		| $(if $(filter $(DEBIAN_LINUX),$(bench-src)),$(DEBIAN_LINUX)/.unpacked)
	$(if $(LINUX_ARCH),,$(error test-bench is not supported for ARCH=$(ARCH): mk/arch/$(ARCH).mk has no LINUX_ARCH))
	+@scripts/kselftest-build --unchanged $(bench-src) $@ $(filter-out FORCE,$^) || \
		$(call build-kselftest,bench,bench,$(bench-src),$(VMLINUX_H),$(bench-out))

cell-needs: $(if $(filter test-bench,$(goals)),$(bench-out)/bench.built)

.PHONY: test-bench
test-bench: $(bench-out)/bench.built | $(target-up)
	@VM='$(VM)' ARGS=$(call quote,$(ARGS)) exec scripts/kselftest-bench $(TARGET_DIR) \
		$(REPORT)/test_bench-$(target-id) $(bench-out)/install/bench $(call target-again,qemu-start)

.PHONY: kselftest-compare
kselftest-compare: ## compare two files of results: A=FILE B=FILE
	@scripts/ktap-compare $(A) $(B)
