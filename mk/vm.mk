# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The VM: the machine on QEMU's command line, the program vm that runs it, and the
# goals for it.

VM       := $(HOST)/bin/vm
# A VM with another root than the usual one has a name of its own.  VM_NAME cannot make the same
# name: it comes after a dash, not a dot.
rootfs-kind := $(or $(ROOTFS_NAME),$(if $(DEBIAN_ARCH),$(filter source,$(ROOTFS))),$(if $(filter 1,$(ROOTFS_DEV)),dev))
vm-name  := $(KERNEL_NAME)$(addprefix .,$(rootfs-kind) $(if $(filter 1,$(ICOUNT)),icount))$(addprefix -,$(VM_NAME))
vm-name  := $(subst $(space),,$(vm-name))
VM_LABEL := $(ARCH)-$(vm-name)
VM_DIR   := $(BUILD)/vm/$(vm-name)

# --- the program vm ----------------------------------------------------------------

VM_SRCS := $(wildcard vm/*.c)
VM_LIBS := -ljansson -lxxhash
HOST_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror

# The unit tests use these objects, too, and build a second set with sanitizers.
vm-objects := $(VM_SRCS:vm/%.c=$(HOST)/vm/%.o)
$(vm-objects): $(HOST)/vm/%.o: vm/%.c vm/vm.h $(call tool,cc,gcc)
	$(Q)mkdir -p $(@D) && cc $(HOST_CFLAGS) -c -o $@ $<

$(VM): $(vm-objects)
	$(call msg,HOSTCC,$@)
	$(Q)mkdir -p $(@D) && cc -o $@.$$$$ $^ $(VM_LIBS) && mv $@.$$$$ $@

# The manual page is made from the -h of vm's commands.
.PHONY: man
man: $(HOST)/vm.1 ## make the manual page of vm, for man -l output/host/vm.1

$(HOST)/vm.1: $(VM) $(call tool,help2man,help2man)
	$(call msg,MAN,$@)
	$(Q)help2man --no-info --section=1 --name='start, find and stop QEMU virtual machines' --help-option=help \
		--version-string='vm 1' --source='eBPF testbench' $< >$@.$$$$ && mv $@.$$$$ $@

# --- firmware ------------------------------------------------------------------------

# The firmware, if QEMU's own package may lack it: this machine's, or the file of a newer Debian.
ifneq ($(QEMU_FIRMWARE),)
firmware-path := $(lastword $(QEMU_FIRMWARE))
qemu-firmware := $(or $(wildcard /$(firmware-path)),$(abspath $(HOST))/firmware/$(firmware-path))
$(abspath $(HOST))/firmware/$(firmware-path): | scripts/deb-file
	$(call step,FETCH,$(notdir $@) of the package $(firstword $(QEMU_FIRMWARE)),firmware) \
		scripts/deb-file $(call suites-for,$(DEPS_SUITE)) '' $(QEMU_FIRMWARE) $(APT) $@
endif

# --- KVM or TCG ----------------------------------------------------------------------

# /dev/kvm can exist and open, and still run no kernel: so it is tested with the kernel,
# once per boot of this machine, whose boot id is the name of the file with the result.
ifeq ($(ICOUNT),1)
$(if $(filter kvm,$(ACCEL)),$(error ACCEL=kvm: only TCG counts instructions, as $(or $(counting),ICOUNT=1) needs))
accel := tcg
else ifneq ($(ACCEL),auto)
accel := $(ACCEL)
else ifeq ($(and $(filter $(HOST_ARCH),$(QEMU_KVM_HOSTS)),$(wildcard /dev/kvm)),)
accel := tcg
else
accel-file := $(BUILD)/accel/$(file </proc/sys/kernel/random/boot_id)
accel      = $(file <$(accel-file))

$(accel-file): | $(K)/image $(BUILD)/initramfs/hello.cpio $(VM) $(qemu-limits-file) $(qemu-firmware)
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)scripts/prove-kvm $(VM) $@ $(call qemu-machine,kvm,$(BUILD)/initramfs/hello.cpio)
endif

# --- QEMU's command line -----------------------------------------------------------

# The kernel tests its cryptography at each boot: one to three seconds under TCG.  TCG finds translated
# code by its virtual address, too: at random addresses it translates the C library and the
# shell anew for each process, which is half of what the apps' tests cost.
boot-quick := cryptomgr.notests norandmaps

# A busy host may not run a guest's CPU for half a minute.  The kernel's watchdogs must not take
# that for a fault of the kernel, which would fail a test.
boot-watchdogs := rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60

# scripts/qemu-limits finds out once which limits this QEMU supports, and that it has the machine.  If
# root starts QEMU, it becomes nobody after it has opened its files, or the owner of the directory that
# it shares by 9p; if that is root's directory, it stays root.
qemu-limits-file := $(HOST)/qemu-limits/$(USER_ID)-$(USER_CAPS)-$(subst /,-,$(QEMU))-$(firstword \
	$(subst $(comma),$(space),$(QEMU_MACHINE)))
qemu-limits = $(if $(filter root,$(qemu-user)),$(filter-out -runas -run-with %@USER@,$(file <$(qemu-limits-file))),\
	$(subst @USER@,$(or $(qemu-user),65534:65534),$(file <$(qemu-limits-file))))

$(qemu-limits-file): scripts/qemu-limits $(call tool-file,$(QEMU))
	$(Q)mkdir -p $(@D) && new=$@.$$$$ && scripts/qemu-limits $(QEMU) $(call quote,$(QEMU_MACHINE)) \
		'$(QEMU_VERSION)' >$$new && mv $$new $@ || { rm -f $$new; exit 1; }

# $(call qemu-machine,ACCEL,INITRAMFS): a machine that boots; it contains only the devices
# listed here.  panic=-1 with -no-reboot ends QEMU when a guest panics.
# Warnings and worse go to the console (loglevel=5): a splat there fails the test that runs.
# TCG would keep up to 1 GiB of translated code; a guest of 512 MiB needs far less.
# The clock counts instructions, and stands still while the guest is idle.  In such a guest nothing
# is at a random address: not the kernel, nor the stack of a system call.
icount      := $(if $(filter 1,$(ICOUNT)),-icount shift=0$(comma)sleep=off)
boot-icount := $(if $(icount),nokaslr randomize_kstack_offset=off)
qemu-machine = $(QEMU) -nodefaults -no-user-config -display none -no-reboot $(qemu-limits) \
	-machine $(QEMU_MACHINE) \
	-accel $1$(if $(filter tcg,$1),$(comma)tb-size=128) $(icount) -cpu $(QEMU_CPU_$1) -m $(MEM) \
	-smp $(SMP)$(addprefix $(space),$(QEMU_OPTIONS))$(addprefix $(space)-bios$(space),$(qemu-firmware)) \
	-kernel $(abspath $(K)/image) $(call qemu-initrd,$(abspath $2)) \
	-append $(call quote,console=$(CONSOLE) panic=-1 loglevel=5$(addprefix $(space),$(strip \
		$(boot-quick) $(boot-watchdogs) $(boot-icount) $(call boot-initrd,$2) $(QEMU_BOOT_ARGS) \
		$(boot-root) $(boot-net) $(BOOT_ARGS))))

# To save a VM's state takes memory that another process can read, and an agent in the guest.
# Some architectures' QEMU cannot save, and a user's root has no agent.
ifneq ($(QEMU_SNAPSHOT),0)
vm-memory = --memory $(MEM)
ifeq ($(ROOTFS_GIVEN),)
vm-agent = --agent
qemu-agent = $(call virtio,serial,2) -device virtserialport,chardev=agent,name=testbench.agent
endif
else ifneq ($(SNAPSHOT),0)
$(error SNAPSHOT=$(SNAPSHOT): a state of $(ARCH) with this kernel cannot be restored$(if $(linux-5-or-6),, as \
	far as is known: QEMU_SNAPSHOT=1 tries it))
endif

# A machine without -initrd gets the file by QEMU's loader device.
ifeq ($(QEMU_INITRD_ADDR),)
qemu-initrd = -initrd $1
else
qemu-initrd = -device loader,file=$1,addr=$(QEMU_INITRD_ADDR),force-raw=on
boot-initrd = initrd=$(QEMU_INITRD_ADDR),$(shell stat -L -c %s $1 2>/dev/null)
endif

# $(call virtio,TYPE,FUNCTION): a virtio device.  Each has a FUNCTION, 0 to 7, of its own,
# for architectures that have all devices in one slot; function 0 must be present.
virtio = -device virtio-$1-$(QEMU_VIRTIO)$(QEMU_BUS:%=$(comma)bus=%)$(if $(QEMU_SLOT),$(call virtio-slot,$2))
virtio-slot = $(comma)addr=$(QEMU_SLOT).$1$(comma)multifunction=on

# $(call qemu-disk,NAME,IMAGE,FUNCTION): a disk that the guest knows by its serial number.
qemu-disk = -drive if=none,id=$1,format=raw,readonly=on,file=$(abspath $2) \
	$(call virtio,blk,$3),drive=$1,serial=$1

# A root that is an archive needs no disk: it is in the initramfs.
qemu-root = $(if $(ROOTFS_CPIO),,$(call qemu-disk,root,$(ROOTFS_IMAGE),5))
boot-root := $(if $(ROOTFS_CPIO),rdinit=/testbench-init)

# $(call qemu,INITRAMFS): the whole VM, as options of vm and QEMU's own.  vm adds what it depends
# on: the name, the console, the control socket, and what is behind chardev=agent and netdev=net0.
qemu = --label $(VM_LABEL) $(vm-memory) $(vm-agent) $(vm-ssh-port) $(vm-share) -- \
	$(call qemu-machine,$(accel),$1) \
	$(qemu-root) $(if $(K_MODULES),$(call qemu-disk,modules,$(K_MODULES),1)) \
	$(qemu-agent) $(qemu-net) $(qemu-share) $(call virtio,rng,0) $(QEMU_ARGS)

# --- goals ---------------------------------------------------------------------------

vm-needs := $(VM) $(K)/image $(INITRAMFS) $(K_MODULES) $(ROOTFS_IMAGE) \
	$(SSH_CONFIG) $(qemu-limits-file) $(qemu-firmware) $(accel-file)

# A QEMU that is missing, or too old, is an error before anything is fetched or made for a VM, except for
# goals that only build or look at VMs.
missing-qemu := $(or $(call named-tool,QEMU,$(QEMU_PACKAGE)),$(qemu-limits-file))
ifneq ($(and $(filter vm,$(TARGET)),$(filter-out \
	kernel kernel-config rootfs vmlinux.h all build-% disas-% clean% $(O)/%,$(or $(MAKECMDGOALS),all))),)
$(filter-out $(missing-qemu) $(VM),$(vm-needs)) $(sources) $(linux-unpacked) $(K)/release $(debian-made): \
	| $(missing-qemu)
endif
vm-up: | $(missing-qemu)

# For scripts/matrix: makes the files that VMs share before they start side by side.
.PHONY: vm-needs
vm-needs: $(vm-needs)

# A guest must not fill the disk by its console.  The largest file of QEMU is the guest's memory;
# with a share, or the user's own arguments, QEMU may write larger files.
vm-log-limit = $(if $(SHARE)$(QEMU_ARGS),,--log-limit $$(($(MEM) + 64)))

vm-start = $(VM) start --dir $(VM_DIR) --accel $(accel) --timeout $(VM_TIMEOUT) \
	--ssh-config $(SSH_CONFIG) $(if $(ROOTFS_GIVEN),--ready $(call quote,$(READY))) \
	$(if $(filter 0,$(SNAPSHOT)),,--snapshots $(SNAPSHOTS) --snapshot-limit $(SNAPSHOT_LIMIT) \
		$(if $(filter content,$(SNAPSHOT_KEY)),--by-content) $(STATES:%=--shared %)) \
	$(vm-log-limit) $(vm-show)
vm-show = $(if $(filter 1,$(V)),--show)

# A VM that runs another build of this kernel, or an image that was replaced, starts anew.
vm-kernel := $(if $(filter-out debian,$(kernel-source)),--kernel-file $(K)/release)

.PHONY: vm-up
vm-up: $(vm-needs) | $(tap-device)
	@$(vm-start) $(vm-kernel) $(call qemu,$(INITRAMFS))
	@$(share-mount)

.PHONY: qemu-start qemu-reset clean-snapshots qemu-stop qemu-stop-all
.PHONY: qemu-status qemu-why qemu-console qemu-ssh qemu-log
ifeq ($(FG),1)
# Does not wait for the guest: the user wants to see its first words.
qemu-start: $(vm-needs)
	@$(vm-start) --early $(call qemu,$(INITRAMFS))
	@$(VM) console --dir $(VM_DIR) --own
else
qemu-start: vm-up ## start the VM, unless it is up, and wait until it is ready
endif

qemu-reset: $(vm-needs) | $(tap-device) ## put the VM back to the state of a start; from saved state, in a blink
	@[ ! -S $(VM_DIR)/ssh.sock ] || scripts/remote $(VM_DIR) hang-up
	@$(vm-start) --reset $(call qemu,$(INITRAMFS))
	@$(share-mount)

# Other files in that directory are left alone.
clean-snapshots: ## remove the saved states of ARCH's VMs; VMs that run are not touched
	$(call msg,CLEAN,$(SNAPSHOTS))
	$(Q)[ ! -d $(SNAPSHOTS) ] || { find $(SNAPSHOTS) -mindepth 1 -maxdepth 1 -regextype posix-extended \
		-regex '.*/(\.new-)?[0-9a-f]{32}(\.lock)?' -exec rm -rf {} + && \
		rmdir --ignore-fail-on-non-empty $(SNAPSHOTS); }

qemu-stop: $(VM) ## end the VM
	@$(VM) stop --dir $(VM_DIR)$(if $(filter 0,$(QEMU_POWEROFF)),, -- scripts/remote $(VM_DIR) poweroff)

# $(then-end-vm): put behind a recipe's command: ends the VM if this make started it, and keeps the
# command's status.  A VM of tests would stay for nothing; one with ICOUNT=1 uses a whole processor.
vm-was-up := $(wildcard $(VM_DIR)/state.json)
end-vm    := $(if $(vm-was-up),:,$(if $(filter vm,$(TARGET)),$(VM) stop --dir $(VM_DIR) >/dev/null,:))
then-end-vm = ; status=$$?; $(end-vm); exit $$status

# The directories of the VMs of this checkout that were started and not stopped since.
vm-dirs = $(patsubst %/state.json,%,$(wildcard $(O)/*/vm/*/state.json))

qemu-stop-all: $(VM) ## end all VMs of this checkout
	@for dir in $(vm-dirs); do \
		$(VM) stop --dir $$dir -- scripts/remote $$dir poweroff || exit 1; done
	@$(VM) stop --lost $(O)

qemu-status: $(VM) ## list the VMs of this checkout
	@$(VM) status --below $(O) $(vm-dirs) || [ $$? -eq 3 ]

qemu-why: $(VM) ## say what is wrong with a VM that runs but is not reached
	@$(VM) why --dir $(VM_DIR)

qemu-console: $(VM) ## attach to the VM's serial console (Ctrl-] detaches)
	@$(VM) console --dir $(VM_DIR)

qemu-ssh: vm-up ## log in to the VM, or run ARGS in it
	@VM='$(VM)' exec scripts/remote $(VM_DIR) sh $(if $(ARGS),$(call quote,$(ARGS)))

qemu-log: $(VM) ## show what the VM printed on its console
	@$(VM) log --dir $(VM_DIR)
