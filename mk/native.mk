# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Apps built where they run: in the guest, by its own clang, bpftool, gcc and libbpf,
# from the directory that is shared with it, by guest/native/Makefile.

# $(call native-outside,APP): files of the app that the guest cannot see, because they are not
# below SHARE.
share-path     = $(patsubst %/,%,$(realpath $(SHARE)))
native-words   = $(foreach word,SRCS BPF_SRCS INCLUDES,$(call setting,$(call app-dir,$1),$1,$(word)))
native-files   = $(call app-bpf,$1) $(call in-dir,$(call app-dir,$1),$(filter-out /%,$(native-words)))
native-outside = $(filter-out $(share-path)/%,\
	$(foreach file,$(call native-files,$1),$(or $(realpath $(file)),$(abspath $(file)))/))

# $(call native-src,APP): its directory, below SHARE.
native-src     = $(patsubst $(share-path)/%,%,$(realpath $(call app-dir,$1))/)

$(foreach app,$(filter $(APPS),$(NATIVE)),$(if $(SHARE),,\
	$(error native-$(app) builds from a directory that is shared with the VM, and SHARE= is empty))\
	$(foreach file,$(firstword $(call native-outside,$(app))),\
	$(error native-$(app) builds from the directory that is shared with the VM, SHARE=$(SHARE): \
		$(file:/=) is not in it. \
		Set SHARE to a directory above all sources of the app$(if $(word 2,$(NATIVE)),$(comma) \
		or build one app at a time))))

native-goals += native-%  ## build an app in the VM, with the VM's compilers, and run it there

native-apps := $(filter $(NATIVE),$(APPS))
.PHONY: $(native-apps:%=native-%)
$(native-apps:%=native-%): native-%: $(VMLINUX_H) | vm-up
	@VM='$(VM)' TIMEOUT='$(TIMEOUT)' V='$(V)' exec scripts/native $(VM_DIR) $* '$(call native-src,$*)' \
		$< $(call quote,$(ARGS)) BPF_ARCH=$(BPF_ARCH) BPF_CPU=$(BPF_CPU) $(UPROBE_CFLAGS:%=UPROBE_CFLAGS=%)

$(native-goals):
	$(no-app)
