# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The benchmark: hyperfine measures what a user waits for, beside the shortest possible time
# for the same work.

.PHONY: bench
# Boots are compared with a boot of the unchanged kernel.
bench: private override boot-quick :=
# mk/matrix.mk has the rule.
# bench-cells: ## time and CPU time of each cell of ARCH by KERNEL, running GOAL by ENGINE=local and by ENGINE
# bench: ## measure boot, start, run, rebuild and no-op, with ratios
bench: all $(vm-needs) $(BUILD)/initramfs/hello.cpio | $(call tool,hyperfine) $(call tool,jq)
	@VM='$(VM)' B='$(BUILD)' O='$(O)' TARGET_DIR='$(VM_DIR)-bench' RUNS='$(BENCH_RUNS)' MAKE='$(make)' \
		scripts/bench '$(VM_LABEL)' '$(abspath $(REPORT))/bench-$(VM_LABEL).json' \
		$(call qemu,$(BUILD)/initramfs/hello.cpio)
