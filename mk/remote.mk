# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Where apps run: the VM, another machine over SSH, or this machine.  Goals that load and run
# work the same way on each.

export SSH_OPTS

# A TARGET that is no machine's name is most likely mistyped.
ifeq ($(filter $(TARGET),vm host),)
target-host := $(firstword $(subst :, ,$(lastword $(subst @, ,$(TARGET)))))
ifeq ($(shell getent -- ahosts '$(target-host)' | head -n 1),)
$(error TARGET=$(TARGET): no machine is called '$(target-host)'$(call nearest,$(TARGET),vm host) \
	Known: vm host [user@]host[:port])
endif
endif

ifeq ($(TARGET),vm)
TARGET_DIR := $(VM_DIR)
target-up  := vm-up
else ifeq ($(TARGET),host)
TARGET_DIR := host
target-up  :=
else
TARGET_DIR := $(O)/target/$(subst :,-,$(TARGET))
target-up  := $(TARGET_DIR)/ssh_config

target-user := $(or $(if $(findstring @,$(TARGET)),$(firstword $(subst @, ,$(TARGET)))),root)
target-port := $(or $(word 2,$(subst :, ,$(lastword $(subst @, ,$(TARGET))))),22)

own-key := $(filter $(O)/keys/id_ed25519,$(SSH_KEY))
$(TARGET_DIR)/ssh_config: extras/ssh/target_config $(if $(own-key),$(O)/keys/known_hosts) FORCE
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's,@HOST@,$(target-host),' -e 's,@PORT@,$(target-port),' -e 's,@USER@,$(target-user),' \
		-e 's,@DIR@,$(abspath $(@D)),' -e 's,@KEY@,$(abspath $(SSH_KEY)),' $< >$@
endif

ifeq ($(TARGET)-$(filter $(HOST_ARCH),$(ARCH)),host-)
$(error TARGET=host runs apps on this machine, whose architecture is $(HOST_ARCH): ARCH=$(ARCH) cannot be meant)
endif

# The shell becomes the script, so that a signal that make passes on reaches it.
remote = VM='$(VM)' TIMEOUT='$(TIMEOUT)' exec scripts/remote $(TARGET_DIR)

# $(call target-again,GOALS): the command that makes GOALS to start a VM again that a test has ended:
# with make's variables but without its jobserver, and with the memory and packages that the
# present goals need.  Empty for a machine.
target-again = $(if $(filter vm,$(TARGET)),env MAKEFLAGS=$(call quote,-- $(MAKEOVERRIDES)) MAKELEVEL=0 \
	MEM='$(MEM)' ICOUNT='$(ICOUNT)' ROOTFS_PACKAGES='$(ROOTFS_PACKAGES)' $(make) $1)

# --- load ------------------------------------------------------------------------------

.PHONY: qemu-load qemu-libs qemu-setup
lib-files := $(filter $(BUILD)/bin/lib/%,$(call in-bin,$(all-files)))
# qemu-load: ## sync every app to the target
# qemu-libs: ## sync the shared libraries that <app>_shared needs
qemu-load: $(APPS:%=$(BUILD)/bin/%) $(filter-out $(lib-files),$(call in-bin,$(all-files))) | $(target-up)
	@$(remote) push $^

qemu-libs: $(DEPS)/libbpf.built $(lib-files) | $(target-up)
	@$(remote) push-to lib $(DEPS)/lib/*.so* $(lib-files)

qemu-setup: | $(target-up) ## mount debugfs and the like on the target and turn the JIT on
	$(if $(filter vm-1,$(TARGET)-$(USE_TAP)),@scripts/tap address $(VM) $(VM_DIR) $(TAP_IP_TARGET))
	@$(remote) script guest/rootfs/setup

# --- run -------------------------------------------------------------------------------

# $(call load-files,APP): the start of a recipe's line that runs APP: syncs the files that it opens.
load-files = $(if $(filter-out $(app-libs),$(app-files)),($(remote) load $(filter-out $(app-libs),$(app-files))) && )

# $(call run-program,PROGRAM): runs it.  For scripts/run, which ends with the program's status as
# make cannot, the command is written into the file RUN_COMMAND.
run-program = $(if $(RUN_COMMAND),printf '%s\n' $(call quote,$(remote) run $1) >$(RUN_COMMAND),\
	$(remote) run $1 $(call quote,$(ARGS)))

run-goals += qemu-load-%         ## sync one app
run-goals += qemu-load-%-shared  ## sync the app that uses the shared libraries
run-goals += run-%               ## build, start the VM, sync and run an app (for its exit status: scripts/run)
run-goals += run-%-shared        ## the same with the shared libraries

.PHONY: $(foreach app,$(APPS),$(subst %,$(app),$(run-goals)))
$(APPS:%=qemu-load-%): qemu-load-%: $(BUILD)/bin/% | $(target-up)
	@$(call load-files,$*)$(remote) push $<
$(APPS:%=qemu-load-%-shared): qemu-load-%-shared: $(BUILD)/bin/%_shared | $(target-up)
	@$(call load-files,$*)$(remote) push $<
$(APPS:%=run-%): run-%: $(BUILD)/bin/% | $(target-up)
	@$(call load-files,$*)$(call run-program,$<)
$(APPS:%=run-%-shared): run-%-shared: $(BUILD)/bin/%_shared qemu-libs | $(target-up)
	@$(call load-files,$*)$(call run-program,$<)

$(call need-files,$(run-goals))

$(run-goals):
	$(no-app)
