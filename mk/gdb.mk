# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# gdb on the kernel of a VM: QEMU's gdb stub, and symbols for it.

# Three differences from the usual command line of QEMU: no KASLR, so that the addresses of
# symbols are right; a socket for gdb; and -S, which leaves the CPU stopped.
gdb-boot-args := nokaslr $(BOOT_ARGS)
gdb-socket    := unix:gdb.sock$(comma)server=on$(comma)wait=off
gdb-stub      := -S -gdb $(if $(GDB_PORT),tcp:127.0.0.1:$(GDB_PORT),$(gdb-socket))

# --- symbols -----------------------------------------------------------------------

ifeq ($(KERNEL_DBG),1)
ifneq ($(kernel-source),debian)
$(error KERNEL_DBG=1 is for Debian's kernels ($(KERNEL_SUITES)). \
	For a kernel of your own, name its vmlinux: KERNEL_DBG=<path>)
endif
gdb-symbols := $(K)/vmlinux-dbg
else ifneq ($(KERNEL_DBG),)
$(if $(wildcard $(KERNEL_DBG)),,$(error KERNEL_DBG=$(KERNEL_DBG): there is no such file. \
	Give a vmlinux, or 1 for Debian's))
gdb-symbols := $(wildcard $(KERNEL_DBG))
else ifeq ($(KERNEL),src)
gdb-symbols := $(K)/vmlinux
else
gdb-symbols := $(K)/symbols
endif

# Debian's vmlinux with DWARF, from the same build as the image.
$(K)/vmlinux-dbg: $(K)/release $(K)/image scripts/gdb-debian
	$(call step,SYMBOLS,$@ from Debian$(comma) a large download,$(ARCH)-vmlinux-dbg-$(KERNEL_NAME)) \
		scripts/gdb-debian $(kernel-suite) $(DEBIAN_ARCH) $(K) $(APT) $@

# The symbols of the image, or of the vmlinux of the tree that it is in; without either, a
# guest is booted once for its kallsyms.
gdb-objcopy := $(call tool,$(BINUTILS)objcopy,$(if $(BINUTILS),$(firstword $(CROSS_PACKAGES)),binutils))
$(K)/symbols: private VM_LABEL := $(ARCH)-$(KERNEL_NAME)-kallsyms
$(K)/symbols: private override BOOT_ARGS := nokaslr
$(K)/symbols: private override QEMU_ARGS :=
$(K)/symbols: $(K)/image scripts/gdb-symbols scripts/gdb-kallsyms | $(vm-needs) $(gdb-objcopy)
	$(call step,SYMBOLS,$@,$(ARCH)-symbols-$(KERNEL_NAME)) \
		scripts/gdb-kallsyms $(VM) $(K)/image '$(BINUTILS)' $@ --timeout $(VM_TIMEOUT) \
		--ssh-config $(SSH_CONFIG) $(call qemu,$(INITRAMFS))

# --- goals -------------------------------------------------------------------------

.PHONY: qemu-start-gdb qemu-connect
qemu-start-gdb: private override BOOT_ARGS := $(gdb-boot-args)
qemu-start-gdb: private override QEMU_ARGS := $(QEMU_ARGS) $(gdb-stub)
qemu-start-gdb: $(vm-needs) | $(tap-device) ## start the VM with its CPU stopped, for gdb
	@$(VM) start --dir $(VM_DIR) --accel $(accel) --stopped $(vm-show) \
		--ssh-config $(SSH_CONFIG) $(call qemu,$(INITRAMFS))
	@echo '  Now, here or in another terminal: make qemu-connect'

gdb-offset := $(if $(filter $(K)/symbols,$(gdb-symbols)),,$(GDB_OFFSET))
gdb-break  := $(GDB_BREAK)$(if $(GDB_BREAK),$(addprefix +,$(GDB_ENTRY)))

# gdb-vm looks for the VM first: without it, no symbols are made.
# qemu-connect: ## run gdb on the VM that qemu-start-gdb has started
qemu-connect: gdb-vm $(gdb-symbols) | $(call named-tool,GDB,$(if $(GDB_NAME),,gdb-multiarch))
	@scripts/gdb-connect $(VM) $(VM_DIR) $(gdb-symbols) '$(gdb-offset)' '$(gdb-break)' '$(GDB_UNWINDER)' \
		'$(GDB_ARCH)' $(GDB) $(GDB_ARGS)

.PHONY: gdb-vm
gdb-vm: $(VM)
	@scripts/gdb-connect $(VM) $(VM_DIR)
$(gdb-symbols): | gdb-vm
