# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# What can be typed, read from the comments that stand beside it, so that it
# cannot be out of date: `## text` behind a goal or a variable.

.PHONY: help config
help: ## this
	@scripts/help $(filter Makefile mk/%,$(MAKEFILE_LIST))
	@echo '  Apps: $(APPS)'

# Every variable of vars.mk with its present value.
config: ## print every variable and its value
	@:$(foreach var,$(user-vars),$(info $(var)=$($(var))))
