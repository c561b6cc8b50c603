# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Looking at an app: in the kernel of the target, by the target's bpftool, and on this
# machine.  All output is saved, too.

# --- the helper that runs on the target --------------------------------------------

PROGCODE := $(BUILD)/inspect/progcode
$(PROGCODE): guest/progcode.c $(DEPS)/libbpf.built
	$(call msg,CC,$@)
	$(Q)$(guest-program)

# --- in the kernel -----------------------------------------------------------------

inspect = VM='$(VM)' SAVE='$(INSPECT_DIR)' OBJDUMP='$(BINUTILS)objdump $(OBJDUMP_FLAGS)' \
	LLVM_OBJDUMP='$(LLVM_OBJDUMP)' LLVM_STRIP='$(LLVM_STRIP)' \
	ARGS=$(call quote,$(ARGS)) TIMEOUT='$(TIMEOUT)' PROG='$(PROG)' WITH='$(WITH)' MAPS='$(MAPS)' \
	DATA_IN='$(DATA_IN)' CTX_IN='$(CTX_IN)' REPEAT='$(REPEAT)' IFACE='$(IFACE)' CGROUP='$(CGROUP)' \
	ATTACH='$(ATTACH)' exec scripts/inspect $(TARGET_DIR)

look-goals += show-%     ## programs, maps, links and BTF of the running app, as the kernel has them
look-goals += xlated-%   ## the BPF code as the verifier has rewritten it, with source lines
look-goals += jited-%    ## the native code, with source lines; WITH=xlated: beside the BPF code
look-goals += maps-%     ## the contents of the maps
look-goals += stats-%    ## how often the programs ran, and for how long
look-goals += testrun-%  ## run the programs on the packet DATA_IN, REPEAT times
look-goals += cost-%     ## instructions for a run of each program on the packet DATA_IN, in a VM that counts them
look-goals += pin-%      ## start the app and pin its programs, maps and links, which outlive it

pin-goals += load-%.bpf.o  ## load and pin without the user half, with the maps pinned before
pin-goals += attach-%      ## attach the pinned XDP program to IFACE, or the pinned program to CGROUP
pin-goals += unpin-%       ## undo pin, load and attach
pin-goals += detach-%      ## undo attach

.PHONY: $(foreach app,$(BPF_HALVES),$(subst %,$(app),$(look-goals) $(pin-goals)))

# $(call look-rules,LOOK): the app runs, or its BPF half is loaded if it has no user half.
define look-rules
$(APPS:%=$1-%): $1-%: $(BUILD)/bin/% | $(target-up)
$(BPF_ONLY:%=$1-%): $1-%: $(BUILD)/apps/%.bpf.o | $(target-up)
$(BPF_HALVES:%=$1-%): $1-%:
	@$$(call load-files,$$*)$(if $(filter cost,$1),($$(inspect) $1 $$* $$^)$$(then-end-vm),$$(inspect) $1 $$* $$^)
endef
$(foreach look,$(subst -%,,$(look-goals)),$(eval $(call look-rules,$(look))))
$(BPF_HALVES:%=jited-%): $(PROGCODE)
$(call need-files,$(look-goals))

$(BPF_HALVES:%=load-%.bpf.o): load-%.bpf.o: $(BUILD)/apps/%.bpf.o | $(target-up)
	@$(inspect) load $* $<
$(BPF_HALVES:%=attach-%): attach-%: $(BUILD)/apps/%.bpf.o | $(target-up)
	@$(inspect) attach $* $<
$(BPF_HALVES:%=unpin-%): unpin-%: | $(target-up)
	@$(inspect) unpin $*
$(BPF_HALVES:%=detach-%): detach-%: | $(target-up)
	@$(inspect) detach $*

.PHONY: features tracelog features-diff
tracelog: | $(target-up) ## the output of bpf_printk() on the target, until Ctrl-C or for TIMEOUT seconds
	@$(inspect) tracelog

features: | $(target-up) ## the BPF features of the target's kernel, by bpftool
	@$(inspect) features

features-diff: ## compare the features of two targets: A=bookworm B=<arch>/trixie, host, root@board
	@scripts/features-diff '$(A)' '$(B)' $(INSPECT_DIR) $(make)

# The instruction set of BPF_CPU=probe, for apps.mk to include.
$(INSPECT_DIR)/isa.mk: $(PROGCODE) FORCE | $(target-up)
	@$(inspect) isa '' $<

# --- on this machine ------------------------------------------------------------------

here-goals += asm-%  ## the BPF assembly that clang makes; WITH=btf: complete, as apps/*.bpf.S need it
here-goals += btf-%  ## the types of the BPF object; WITH=c: as C
here-goals += cpu-%  ## instructions and bytes of each program for the instruction sets v1 to v4

here-dir = $(BUILD)/inspect
# The flags of the app's BPF half; without -g, clang leaves out debug information.
asm-flags = $(filter-out $(if $(filter btf,$(WITH)),,-g),$(call bpf-flags,$(call app-dir,$*),$*)) \
	$(if $(filter %.S,$(call app-bpf,$*)),-E,-S)

.PHONY: $(foreach app,$(BPF_HALVES),$(subst %,$(app),$(here-goals)))
$(BPF_HALVES:%=asm-%): asm-%: $(BUILD)/apps/%.dwarf.bpf.o
	@mkdir -p $(here-dir)
	$(Q)$(CLANG) $(asm-flags) -o $(here-dir)/$*.s $(call app-bpf,$*)
	@cat $(here-dir)/$*.s
$(BPF_HALVES:%=btf-%): btf-%: $(BUILD)/apps/%.bpf.o
	@mkdir -p $(here-dir)
	$(Q)$(BPFTOOL) btf dump file $< $(if $(filter c,$(WITH)),format c) | tee $(here-dir)/$*.btf
$(BPF_HALVES:%=cpu-%): cpu-%: $(BUILD)/apps/%.dwarf.bpf.o
	@scripts/bpf-cpus $* $(here-dir) $(LLVM_OBJDUMP) \
		$(CLANG) $(filter-out -mcpu=%,$(call bpf-flags,$(call app-dir,$*),$*)) -c $(call app-bpf,$*)

$(look-goals) $(pin-goals) $(here-goals):
	$(no-app)
