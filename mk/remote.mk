# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Where apps run: the VM, another machine over SSH, or this one.  Goals that
# load and run do the same on each of them.

export SSH_OPTS

# A name that is no machine's is most likely a mistyped word.
ifeq ($(filter $(TARGET),vm host),)
target-host := $(firstword $(subst :, ,$(lastword $(subst @, ,$(TARGET)))))
ifeq ($(shell getent -- ahosts '$(target-host)' | head -n 1),)
$(error TARGET=$(TARGET): no machine is called '$(target-host)'$(call nearest,$(TARGET),vm host) Known: vm host [user@]host[:port])
endif
endif

ifeq ($(TARGET),vm)
TARGET_DIR := $(VM_DIR)
TARGET_LABEL := $(VM_LABEL)
target-up  := vm-up
else ifeq ($(TARGET),host)
TARGET_DIR := host
TARGET_LABEL := this machine
target-up  :=
else
TARGET_DIR := $(O)/target/$(subst :,-,$(TARGET))
TARGET_LABEL := $(TARGET)
target-up  := $(TARGET_DIR)/ssh_config

target-user := $(or $(if $(findstring @,$(TARGET)),$(firstword $(subst @, ,$(TARGET)))),root)
target-port := $(or $(word 2,$(subst :, ,$(lastword $(subst @, ,$(TARGET))))),22)

$(TARGET_DIR)/ssh_config: extras/ssh/target_config $(if $(filter $(O)/keys/id_ed25519,$(SSH_KEY)),$(O)/keys/known_hosts) FORCE
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's,@HOST@,$(target-host),' -e 's,@PORT@,$(target-port),' -e 's,@USER@,$(target-user),' \
		-e 's,@DIR@,$(abspath $(@D)),' -e 's,@KEY@,$(abspath $(SSH_KEY)),' $< >$@
endif

ifeq ($(TARGET)-$(filter $(HOST_ARCH),$(ARCH)),host-)
$(error TARGET=host runs apps on this machine, a $(HOST_ARCH): ARCH=$(ARCH) cannot be meant)
endif

# The shell becomes the script, so that a signal that make passes on reaches it.
remote = VM='$(VM)' TIMEOUT='$(TIMEOUT)' exec scripts/remote $(TARGET_DIR)

# --- load ------------------------------------------------------------------------------

.PHONY: qemu-load qemu-libs qemu-setup
qemu-load: $(APPS:%=$(BUILD)/bin/%) $(filter-out $(BUILD)/bin/lib/%,$(call in-bin,$(all-files))) | $(target-up) ## sync every app to the target
	@$(remote) push $^

qemu-libs: $(DEPS)/libbpf.built $(filter $(BUILD)/bin/lib/%,$(call in-bin,$(all-files))) | $(target-up) ## sync the shared libraries that <app>_shared needs
	@$(remote) push-to lib $(DEPS)/lib/*.so* $(filter $(BUILD)/bin/lib/%,$^)

qemu-setup: | $(target-up) ## mount debugfs and the like on the target and turn the JIT on
	$(if $(filter vm-1,$(TARGET)-$(USE_TAP)),@scripts/tap address $(VM) $(VM_DIR) $(TAP_IP_TARGET))
	@$(remote) script guest/rootfs/setup

# --- run -------------------------------------------------------------------------------

# $(call load-files,APP): the start of a command that runs APP: syncs the files that it opens.
load-files = $(if $(filter-out $(app-libs),$(app-files)),($(remote) load $(filter-out $(app-libs),$(app-files))) && )

# $(call run-program,PROGRAM): runs it.  scripts/run runs it itself, since make's status is not the
# program's: the command is then written into the file RUN_COMMAND.
run-program = $(if $(RUN_COMMAND),printf '%s\n' $(call quote,$(remote) run $1) >$(RUN_COMMAND),$(remote) run $1 $(call quote,$(ARGS)))

# $(call target-rules,APP): sync and run, the static program or the shared one.
# qemu-load-<app>: ## sync one app (qemu-load-<app>-shared: the one with shared libraries)
# run-<app>: ## build, start the VM, sync and run an app (scripts/run <app> ends with its status, make with 2)
# run-<app>-shared: ## the same with the shared libraries
define target-rules
.PHONY: qemu-load-$1 qemu-load-$1-shared run-$1 run-$1-shared
qemu-load-$1: $(BUILD)/bin/$1 $(call app-files,$1) | $(target-up)
	@$$(call load-files,$1)$(remote) push $$<
qemu-load-$1-shared: $(BUILD)/bin/$1_shared $(call app-files,$1) | $(target-up)
	@$$(call load-files,$1)$(remote) push $$<
run-$1: $(BUILD)/bin/$1 $(call app-files,$1) | $(target-up)
	@$$(call load-files,$1)$$(call run-program,$$<)
run-$1-shared: $(BUILD)/bin/$1_shared qemu-libs $(call app-files,$1) | $(target-up)
	@$$(call load-files,$1)$$(call run-program,$$<)
endef
$(foreach name,$(APPS),$(eval $(call target-rules,$(name))))

qemu-load-% run-%:
	$(no-app)
