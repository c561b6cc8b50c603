# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Taking back what was made.  `rm -rf output` does it all, once no VM runs.

.PHONY: clean clean-deps clean-all
clean: ## remove the built apps of ARCH
	$(call msg,CLEAN,$(B)/apps $(B)/bin)
	$(Q)rm -rf $(B)/apps $(B)/bin

clean-deps: ## remove the dependencies built for ARCH, and their sources
	$(call msg,CLEAN,$(DEPS))
	$(Q)rm -rf $(DEPS) $(B)/build $(O)/src

clean-all: qemu-stop-all ## end all VMs and remove everything generated
	$(call msg,CLEAN,$(O))
	$(Q)rm -rf $(O)
