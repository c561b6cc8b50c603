# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Apps built where they run: in the guest, by its own clang, bpftool, gcc and libbpf,
# from the directory that is shared with it.  guest/native/Makefile is how.

# $(call native-outside,APP): what of it the guest would not see, because it is not below SHARE.
native-words   = $(foreach word,SRCS BPF_SRCS INCLUDES,$(call setting,$(call app-dir,$1),$1,$(word)))
native-files   = $(call app-bpf,$1) $(call in-dir,$(call app-dir,$1),$(filter-out /%,$(native-words)))
native-outside = $(filter-out $(patsubst %/,%,$(realpath $(SHARE)))/%,$(foreach file,$(call native-files,$1),$(or $(realpath $(file)),$(abspath $(file)))/))

# Where it is, below SHARE.
native-src     = $(patsubst $(patsubst %/,%,$(realpath $(SHARE)))/%,%,$(realpath $(call app-dir,$1))/)

$(foreach app,$(filter $(APPS),$(NATIVE)),$(if $(SHARE),,\
	$(error native-$(app) builds from a directory that is shared with the VM, and SHARE= is empty))\
	$(foreach file,$(firstword $(call native-outside,$(app))),\
	$(error native-$(app) builds from the directory that is shared with the VM, SHARE=$(SHARE): $(file:/=) is not in it. \
		Give SHARE= a directory above all that the app is made of$(if $(word 2,$(NATIVE)),$(comma) or build one app at a time))))

# native-<app>: ## build an app inside the VM, with the VM's own compilers, and run it there
define native-rules
.PHONY: native-$1
native-$1: $(VMLINUX_H) | vm-up
	@VM='$(VM)' TIMEOUT='$(TIMEOUT)' V='$(V)' exec scripts/native $(VM_DIR) $1 '$(call native-src,$1)' \
		$$< $$(call quote,$$(ARGS)) BPF_ARCH=$(BPF_ARCH) BPF_CPU=$(BPF_CPU) $(UPROBE_CFLAGS:%=UPROBE_CFLAGS=%)
endef
$(foreach app,$(filter $(NATIVE),$(APPS)),$(eval $(call native-rules,$(app))))

native-%:
	$(no-app)
