# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# gdb on the kernel of a VM: QEMU's gdb stub, and symbols for it.

# The command line differs from the usual one in three things: no KASLR, so that the
# symbols' addresses are right; QEMU's gdb stub; and a CPU that is stopped.
gdb-boot-args := nokaslr $(BOOT_ARGS)
gdb-stub := -S -gdb $(if $(GDB_PORT),tcp:127.0.0.1:$(GDB_PORT),unix:gdb.sock$(comma)server=on$(comma)wait=off)

# --- symbols -----------------------------------------------------------------------

ifeq ($(KERNEL_DBG),1)
ifeq ($(filter $(KERNEL),$(KERNEL_SUITES)),)
$(error KERNEL_DBG=1 is for the kernels of Debian ($(KERNEL_SUITES)). For one of your own, name its vmlinux: KERNEL_DBG=<path>)
endif
gdb-symbols := $(K)/vmlinux-dbg
else ifneq ($(KERNEL_DBG),)
$(if $(wildcard $(KERNEL_DBG)),,$(error KERNEL_DBG=$(KERNEL_DBG): there is no such file. Give a vmlinux, or 1 for Debian's))
gdb-symbols := $(wildcard $(KERNEL_DBG))
else ifeq ($(KERNEL),src)
gdb-symbols := $(K)/vmlinux
else
gdb-symbols := $(K)/symbols
endif

# Debian's kernel with DWARF, of the same build as the image.
$(K)/vmlinux-dbg: $(K)/release $(K)/image scripts/gdb-debian
	$(call step,SYMBOLS,$@ from Debian$(comma) a large download,$(ARCH)-vmlinux-dbg-$(KERNEL)) \
		scripts/gdb-debian $(KERNEL) $(DEBIAN_ARCH) $(K) $(APT) $@

# The image itself if it has symbols, or the vmlinux of its source tree; else the kallsyms
# of a guest, which is started for that once.
$(K)/symbols: private VM_LABEL := $(ARCH)-$(KERNEL_NAME)-kallsyms
$(K)/symbols: private override BOOT_ARGS := nokaslr
$(K)/symbols: private override QEMU_ARGS :=
$(K)/symbols: $(K)/image scripts/gdb-symbols scripts/gdb-kallsyms | $(vm-needs) $(call tool,$(CROSS_COMPILE)objcopy,$(if $(CROSS_COMPILE),$(firstword $(CROSS_PACKAGES)),binutils))
	$(call step,SYMBOLS,$@,$(ARCH)-symbols-$(KERNEL_NAME)) \
		scripts/gdb-kallsyms $(VM) $(K)/image '$(CROSS_COMPILE)' $@ --timeout $(VM_TIMEOUT) \
		--ssh-config $(SSH_CONFIG) $(call qemu,$(INITRAMFS))

# --- goals -------------------------------------------------------------------------

.PHONY: qemu-start-gdb qemu-connect
qemu-start-gdb: private override BOOT_ARGS := $(gdb-boot-args)
qemu-start-gdb: private override QEMU_ARGS := $(QEMU_ARGS) $(gdb-stub)
qemu-start-gdb: $(vm-needs) | $(tap-device) ## start the VM with its CPU stopped, for gdb
	@$(VM) start --dir $(VM_DIR) --accel $(accel) --stopped $(vm-show) \
		--ssh-config $(SSH_CONFIG) $(call qemu,$(INITRAMFS))
	@echo '  Now, here or in another terminal: make qemu-connect'

# A missing VM is an error before symbols are made.
qemu-connect: gdb-vm $(gdb-symbols) | $(call named-tool,GDB,$(if $(GDB_NAME),,gdb-multiarch)) ## run gdb on the VM that qemu-start-gdb has started
	@scripts/gdb-connect $(VM) $(VM_DIR) $(gdb-symbols) '$(if $(filter $(K)/symbols,$(gdb-symbols)),,$(GDB_OFFSET))' '$(GDB_BREAK)$(if $(GDB_BREAK),$(addprefix +,$(GDB_ENTRY)))' '$(GDB_UNWINDER)' $(GDB) $(GDB_ARGS)

.PHONY: gdb-vm
gdb-vm: $(VM)
	@scripts/gdb-connect $(VM) $(VM_DIR)
$(gdb-symbols): | gdb-vm
