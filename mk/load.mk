# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The goals that scripts/matrix makes in each cell of `make matrix`: BPF objects are loaded without
# their user halves, by a loader that is sent with them.  It is libbpf's newest words and
# the classes of apps/common; veristat has neither, and old Debian has no veristat.

OBJLOAD := $(BUILD)/load/objload
$(OBJLOAD): guest/objload.c $(APP_LIB) $(DEPS)/libbpf.built
	$(call msg,CC,$@)
	$(Q)$(guest-program)

# Without OBJ and CMD the programs are those of the apps.
load-objects := $(if $(OBJ)$(CMD),,$(BPF_HALVES:%=$(BUILD)/apps/%.bpf.o))

# scripts/load checks the values of these variables, which it gets in its environment.
export OBJ OBJ_RODATA OBJ_ATTACH CMD FILES TEST_TIMEOUT BASELINE THRESHOLD

.PHONY: load-needs load-cell
load-needs: $(OBJLOAD) $(load-objects)

# A kernel that dies of an object is started again for the others.
load-cell: $(OBJLOAD) $(load-objects) | $(target-up)
	@ARCH=$(ARCH) VM='$(VM)' TARGET_AGAIN=$(call quote,$(call target-again,vm-up)) \
		scripts/load $(TARGET_DIR) $(REPORT) $(OBJLOAD) $(load-objects); \
		status=$$?; $(end-vm); exit $$status

# mk/matrix.mk makes them.
# matrix: ## where BPF programs load, what that costs, and why not: the apps, or OBJ, or by CMD
# matrix-baseline: ## keep the last matrix as the file BASELINE
# matrix-diff: ## what loads, or costs more, in one cell of the last matrix: A=ARCH/KERNEL B=ARCH/KERNEL
