# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Taking back what was made.  `rm -rf output` does it all, once no VM runs.

.PHONY: clean clean-deps clean-all
clean: ## remove the built apps of ARCH
	$(call msg,CLEAN,$(BUILD)/apps $(BUILD)/bin)
	$(Q)rm -rf $(BUILD)/apps $(BUILD)/bin

clean-deps: ## remove the dependencies built for ARCH, and their sources
	$(call msg,CLEAN,$(DEPS))
	$(Q)rm -rf $(DEPS) $(BUILD)/build $(O)/src

# A directory that somebody named by mistake is not ours to remove.
ifneq ($(filter clean-all,$(goals)),)
ifeq ($(wildcard $(O)/host/vm $(O)/keys/known_hosts),)
$(if $(wildcard $(O)/*),$(error O=$(O) does not look like what the testbench generates: look at it, and remove it by hand))
endif
endif

clean-all: qemu-stop-all ## end all VMs and remove everything generated
	$(call msg,CLEAN,$(O))
	$(Q)rm -rf $(O)
