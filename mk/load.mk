# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The goals that scripts/matrix makes in each cell of `make matrix`: BPF objects are loaded without
# their user halves, by a loader that is sent with them.  It is libbpf's newest words and
# the classes of apps/common; veristat has neither, and old Debian has no veristat.

OBJLOAD := $(BUILD)/load/objload
$(OBJLOAD): guest/objload.c $(APP_LIB) $(DEPS)/libbpf.built
	$(call msg,CC,$@)
	$(Q)$(guest-program)

# Without OBJ and CMD the programs are those of the apps: of APPS_DIR, if it is given.
load-apps := $(if $(OBJ)$(CMD),,$(or $(foreach app,$(if $(APPS_DIR),$(BPF_HALVES)),$(if \
	$(filter apps,$(call app-dir,$(app))),,$(app))),$(BPF_HALVES)))
load-objects := $(foreach dir,$(or $(MATRIX_CPUS:%=$(BUILD)/load/%),$(BUILD)/apps),$(load-apps:%=$(dir)/%.bpf.o))

# MATRIX_CPUS: each app is built for each of these instruction sets, as load/<cpu>/<app>.bpf.o.  A
# program that the compiler cannot express in one is an empty file, which is not loaded; one that it
# cannot compile for BPF_CPU is an error.  The empty file is older than all others, so that the compiler is asked
# again the next time: it may have failed for want of disk space or memory.
# $(call cpu-rules,DIRECTORY,APP)
cpu-sources = $(call app-bpf,$2) $(call app-bpf-srcs,$2)
cpu-objects = $(foreach src,$(cpu-sources),$1/$2.src/$(notdir $(src)).o)
define cpu-rules
$(foreach src,$(cpu-sources),$(call bpf-rule,$1/$2.src/$(notdir $(src)).o,$(src),$(call app-dir,$2),$2)$(newline))
$(cpu-objects): $(BUILD)/apps/$2.bpf.o
$1/$2.bpf.o: $(cpu-objects)
	$$(Q)for object in $$^; do [ -s $$$$object ] || { : >$$@; exit 0; }; done; $$(call bpf-link,$$^)
endef
$(foreach cpu,$(MATRIX_CPUS),$(eval $(BUILD)/load/$(cpu)/%: private BPF_CPU := $(cpu))$(eval \
	$(BUILD)/load/$(cpu)/%: private or-else = || { : >$$@ && touch -d @0 $$@; })$(foreach app,$(load-apps),\
	$(eval $(call cpu-rules,$(BUILD)/load/$(cpu),$(app)))\
	$(eval -include $(wildcard $(patsubst %.o,%.d,$(call cpu-objects,$(BUILD)/load/$(cpu),$(app)))))))

# scripts/load checks the values of these variables, which it gets in its environment.
export OBJ OBJ_RODATA OBJ_ATTACH CMD FILES TEST_TIMEOUT BASELINE THRESHOLD MATRIX_CPUS

.PHONY: load-needs load-cell
load-needs: $(OBJLOAD) $(load-objects)

# A kernel that dies of an object is started again for the others.
load-cell: $(OBJLOAD) $(load-objects) | $(target-up)
	@ARCH=$(ARCH) VM='$(VM)' TARGET_AGAIN=$(call quote,$(call target-again,vm-up)) \
		scripts/load $(TARGET_DIR) $(REPORT) $(OBJLOAD) $(load-objects)$(then-end-vm)

# mk/matrix.mk makes them.
# matrix: ## where BPF programs load, what that costs, and why not: the apps, or OBJ, or by CMD
# matrix-baseline: ## keep the last matrix as the file BASELINE
# matrix-diff: ## what differs between two cells of the last matrix, and why: A=ARCH/KERNEL B=ARCH/KERNEL
