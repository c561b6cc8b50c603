# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The help is read from the comments beside goals and variables, so that it
# cannot be out of date: `## text` behind a goal or a variable.

.PHONY: help config version completion scripts-readme
help: ## this
	@scripts/help $(filter Makefile mk/%,$(MAKEFILE_LIST))
	@echo '  Apps: $(APPS)'

# Every variable of vars.mk with its present value.
config: ## print every variable and its value
	@:$(foreach var,$(user-vars),$(info $(var)=$($(var))))

version: ## print the version of the testbench, and its commit
	@echo '$(file <VERSION)'$(if $(wildcard .git),"$$( \
		git describe --always --dirty --exclude '*' 2>/dev/null | sed 's/.*/ (&)/')")

completion: ## print what a bash needs to complete goals and variables: . <(make completion)
	@scripts/completion

scripts-readme: ## write scripts/README.md, the scripts and how they are called
	$(call msg,DOC,scripts/README.md)
	$(Q)scripts/readme >scripts/README.md
