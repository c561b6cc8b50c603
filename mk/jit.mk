# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The JIT lab: what the target's kernel makes of BPF instructions, against a reference
# interpreter that is written from the specification.

export FULL MODES SEED COUNT LEN

jit-modes := jit blinding interpreter flags
$(if $(filter-out $(jit-modes),$(MODES)),$(call not-one-of,MODES,$(jit-modes)))

JIT_SRCS := $(wildcard guest/jit/*.c)
JIT_HDRS := $(wildcard guest/jit/*.h)

# It needs no libbpf: a target without BTF, and a new architecture, have it at once.
JIT := $(BUILD)/jit/jit
$(JIT): $(JIT_SRCS) $(JIT_HDRS) $(COMPILER) | $(missing-cc)
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(APP_CFLAGS) -Wextra -Werror -static -o $@ $(filter %.c,$^)

cell-needs: $(if $(filter jit-%,$(goals)),$(JIT))

# The variables that name this target on a command line.
jit-again = ARCH=$(ARCH) $(if $(filter vm,$(TARGET)),KERNEL=$(KERNEL)$(VM_NAME:%= VM_NAME=%),TARGET=$(TARGET))

run-jit = @VM='$(VM)' ARCH='$(ARCH)' KNOWN=extras/jit OBJDUMP='$(BINUTILS)objdump $(OBJDUMP_FLAGS)' \
	JIT_MAKE='make $(jit-again)' exec scripts/jit $1 $(TARGET_DIR) \
	$(REPORT)/jit-$1-$(target-id) $(JIT) $(call target-again,qemu-start)

.PHONY: jit-isa jit-random
# jit-isa: ## check each BPF instruction against RFC 9669, with the JIT and without (TESTS='alu32 sdiv', FULL=1)
jit-isa: $(JIT) | $(target-up)
	$(call run-jit,isa)

jit-random: $(JIT) | $(target-up) ## the same with COUNT random programs of LEN instructions (SEED=)
	$(call run-jit,random)

# mk/matrix.mk makes it in each cell.
# arch-table: ## write docs/arch-table.md: what each ARCH and KERNEL has of BPF, asked of VMs
.PHONY: arch-facts
facts-needs := $(JIT) $(BUILD)/bin/fentry $(BUILD)/bin/kfunc
cell-needs: $(if $(filter arch-facts,$(goals)),$(facts-needs))
arch-facts: $(facts-needs) | $(target-up)
	@scripts/arch-facts $(TARGET_DIR) $(REPORT)/arch-facts-$(target-id) $^$(then-end-vm)
