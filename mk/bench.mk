# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# How fast it is: times taken side by side in one run, and their ratios to the
# floor.  hyperfine does the timing.

.PHONY: bench
# What a boot is held against is the kernel as it is.
bench: private override boot-quick :=
bench: all $(vm-needs) $(BUILD)/initramfs/hello.cpio | $(call tool,hyperfine) $(call tool,jq) ## time boot, start, run, rebuild and no-op, with ratios
	@VM='$(VM)' B='$(BUILD)' O='$(O)' TARGET_DIR='$(VM_DIR)-bench' RUNS='$(BENCH_RUNS)' MAKE='$(make)' \
		scripts/bench '$(VM_LABEL)' '$(abspath $(O))/report/bench-$(VM_LABEL).json' \
		$(call qemu,$(BUILD)/initramfs/hello.cpio)
