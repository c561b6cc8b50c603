# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Looking at an app: in the kernel of the target, by the target's bpftool, and on
# this machine.  What is shown is saved.

# --- the helper that runs on the target --------------------------------------------

PROGCODE := $(BUILD)/inspect/progcode
$(PROGCODE): guest/progcode.c $(DEPS)/libbpf.built
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(APP_CFLAGS) -I$(DEPS)/include -static -o $@ $< -L$(DEPS)/lib -lbpf -lelf -lz

# --- in the kernel -----------------------------------------------------------------

inspect = VM='$(VM)' SAVE='$(INSPECT_DIR)' OBJDUMP='$(CROSS_COMPILE)objdump $(OBJDUMP_FLAGS)' \
	LLVM_OBJDUMP='$(LLVM_OBJDUMP)' LLVM_STRIP='$(LLVM_STRIP)' \
	ARGS=$(call quote,$(ARGS)) TIMEOUT='$(TIMEOUT)' PROG='$(PROG)' WITH='$(WITH)' MAPS='$(MAPS)' \
	DATA_IN='$(DATA_IN)' CTX_IN='$(CTX_IN)' REPEAT='$(REPEAT)' IFACE='$(IFACE)' CGROUP='$(CGROUP)' \
	ATTACH='$(ATTACH)' exec scripts/inspect $(TARGET_DIR)

# $(call inspect-rules,APP,USER-HALF): of an app without a user half the second is empty.
# show-<app>: ## programs, maps, links and BTF of the running app, as the kernel has them
# xlated-<app>: ## the BPF code as the kernel has rewritten it, with source lines
# jited-<app>: ## the native code, with source lines; WITH=xlated: beside the BPF code
# maps-<app>: ## what is in the maps
# stats-<app>: ## how often the programs ran, and how long it took
# testrun-<app>: ## run the programs on the packet DATA_IN, REPEAT times
# pin-<app>: ## start the app and pin its programs, maps and links, which outlive it
# unpin-<app>: ## take that back, or what load and attach did
# load-<app>.bpf.o: ## load and pin without the user half, with the maps pinned before
# attach-<app>: ## attach the pinned XDP program to IFACE, or the pinned program to CGROUP
# detach-<app>: ## take that back
looks := show xlated jited maps stats testrun pin
define inspect-rules
.PHONY: $(looks:%=%-$1) unpin-$1 load-$1.bpf.o attach-$1 detach-$1
$(looks:%=%-$1): $(if $2,$(BUILD)/bin/$1,$(BUILD)/apps/$1.bpf.o) | $(if $2,$(call app-files,$1)) $(target-up)
	@$$(call load-files,$1)$$(inspect) $$(@:-$1=) $1 $$^
jited-$1: $(PROGCODE)
load-$1.bpf.o attach-$1: $(BUILD)/apps/$1.bpf.o | $(target-up)
	@$$(inspect) $$(firstword $$(subst -, ,$$@)) $1 $$<
unpin-$1 detach-$1: | $(target-up)
	@$$(inspect) $$(@:-$1=) $1
endef
$(foreach app,$(APPS),$(eval $(call inspect-rules,$(app),user)))
$(foreach app,$(BPF_ONLY),$(eval $(call inspect-rules,$(app),)))

.PHONY: features tracelog features-diff
tracelog: | $(target-up) ## what bpf_printk() prints on the target, until Ctrl-C or for TIMEOUT seconds
	@$(inspect) tracelog

features: | $(target-up) ## what the target's kernel can do, by bpftool
	@$(inspect) features

features-diff: ## compare the features of two targets: A=bookworm B=<arch>/trixie, host, root@board
	@scripts/features-diff '$(A)' '$(B)' $(INSPECT_DIR) $(MAKE)

# What BPF_CPU=probe means, for apps.mk to include.
$(INSPECT_DIR)/isa.mk: $(PROGCODE) FORCE | $(target-up)
	@$(inspect) isa '' $<

# --- on this machine ------------------------------------------------------------------

# $(call here-rules,APP,DIR,BPF-HALF)
# asm-<app>: ## the BPF assembly that clang makes of it; WITH=btf: with all that apps/*.bpf.S needs
# btf-<app>: ## the types of the BPF object; WITH=c: as C
# cpu-<app>: ## instructions and bytes of each program for the instruction sets v1 to v4
define here-rules
.PHONY: asm-$1 btf-$1 cpu-$1
asm-$1: $(BUILD)/apps/$1.dwarf.bpf.o
	@mkdir -p $(BUILD)/inspect
	$(Q)$(CLANG) $$(filter-out $(if $(filter btf,$(WITH)),,-g),$$(call bpf-flags,$2,$1)) $(if $(filter %.S,$3),-E,-S) -o $(BUILD)/inspect/$1.s $3
	@cat $(BUILD)/inspect/$1.s
btf-$1: $(BUILD)/apps/$1.bpf.o
	@mkdir -p $(BUILD)/inspect
	$(Q)$(BPFTOOL) btf dump file $$< $(if $(filter c,$(WITH)),format c) | tee $(BUILD)/inspect/$1.btf
cpu-$1: $(BUILD)/apps/$1.dwarf.bpf.o
	@scripts/bpf-cpus $1 $(BUILD)/inspect $(LLVM_OBJDUMP) $(CLANG) $$(filter-out -mcpu=%,$$(call bpf-flags,$2,$1)) -c $3
endef
$(foreach app,$(APPS) $(BPF_ONLY),$(eval $(call here-rules,$(app),$(call app-dir,$(app)),$(call app-bpf,$(app)))))

asm-% btf-% cpu-% show-% xlated-% jited-% maps-% stats-% testrun-% pin-% unpin-% load-%.bpf.o attach-% detach-%:
	$(no-app)
