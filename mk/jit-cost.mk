# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# What BPF costs, in instructions of the machine: a VM whose clock counts them runs the JIT lab's
# programs, or those of an app.

# What jit-cost keeps: a file for each mode, by architecture and kernel.
COSTS = $(REPORT)/jit-cost-$(ARCH)-$(KERNEL_NAME)$(addprefix -,$(VM_NAME))
jit-costs = @exec scripts/jit-cost $1 $(REPORT)

# Beside jit-cost-baseline there is nothing yet to compare with.
jit-cost: export KEEP = $(filter jit-cost-baseline,$(goals))

# mk/inspect.mk has the rule.
$(BPF_HALVES:%=cost-%): $(JIT)

.PHONY: jit-cost jit-cost-baseline jit-cost-diff jit-plots
# jit-cost: ## instructions of each BPF instruction, call, map operation, JITed and not (TESTS=, BASELINE=)
jit-cost: $(JIT) | $(target-up)
	@scripts/jit-cost check && MODES='$(or $(MODES),jit interpreter)' VM='$(VM)' ARCH='$(ARCH)' \
		scripts/jit-cost run '$(COSTS)' '$(ARCH)' '$(KERNEL_NAME)' scripts/jit cost \
		$(TARGET_DIR) '$(COSTS)' $(JIT) $(call target-again,qemu-start)$(then-end-vm)

jit-cost-baseline: ## keep the last costs of ARCH and KERNEL in the file BASELINE
	@exec scripts/jit-cost baseline '$(COSTS)' '$(ARCH)' '$(KERNEL_NAME)'

jit-cost-diff: ## compare two kept results of jit-cost: A=ARCH/KERNEL B=ARCH/KERNEL, or with /MODE
	$(call jit-costs,diff)

jit-plots: | $(call tool,gnuplot,gnuplot-nox) ## plot all kept results of jit-cost as SVG, for make report, too
	$(call jit-costs,plots) '$(ARCH)' '$(KERNEL_NAME)' $(KERNEL_SUITES)
