# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Removing generated files.  If no VM runs, `rm -rf output` removes everything.

.PHONY: clean clean-deps clean-all
clean: ## remove the built apps of ARCH
	$(call msg,CLEAN,$(BUILD)/apps $(BUILD)/bin)
	$(Q)rm -rf $(BUILD)/apps $(BUILD)/bin

clean-deps: ## remove the dependencies built for ARCH, and their sources
	$(call msg,CLEAN,$(DEPS))
	$(Q)rm -rf $(DEPS) $(BUILD)/build $(O)/src

# O may name another directory by mistake, which must not be removed.
ifneq ($(filter clean-all,$(goals)),)
ifeq ($(wildcard $(O)/host/vm $(O)/keys/known_hosts),)
$(if $(wildcard $(O)/*),$(error O=$(O) does not look like what the testbench generates: \
	check its contents, and remove it by hand))
endif
endif

clean-all: qemu-stop-all ## end all VMs and remove everything generated
	$(call msg,CLEAN,$(O))
	$(Q)rm -rf $(O)
