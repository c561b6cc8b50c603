# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The guest's network.  Usually QEMU's own, which needs no rights and gives the
# guest a way out and us a port to its SSH; with USE_TAP=1 a TAP device of this
# machine, so that both see each other as neighbours.

# The card needs no boot ROM: loading it would cost two seconds.
qemu-card = $(call virtio,net,3),netdev=net0$(if $(filter pci,$(QEMU_VIRTIO)),$(comma)romfile=)

# A root of the user's has another key than ours.
ssh-template := $(if $(ROOTFS_GIVEN),root_config,vm_config)

ifeq ($(USE_TAP),1)

SSH_CONFIG := $(O)/keys/$(ssh-template)-$(TAP_IP_TARGET)
ssh-host   := $(TAP_IP_TARGET)
ssh-port   := 22

# Guests on one bridge must not have one address: it follows from the device's name.
tap-mac := $(shell printf %s '$(TAP_NAME)' | md5sum | sed 's/\(..\)\(..\)\(..\).*/52:54:00:\1:\2:\3/')
qemu-net = -netdev tap,id=net0,ifname=$(TAP_NAME),script=no,downscript=no $(qemu-card),mac=$(tap-mac)

# What the guest's init reads (guest/rootfs/init).
boot-net := testbench.ip=$(TAP_IP_TARGET)/24 testbench.gateway=$(TAP_IP_HOST)

tap-device := tap-device
.PHONY: tap-device
# Not /sys/class/net: in a network namespace that may be another's.
tap-device:
	@grep -q '^ *$(TAP_NAME):' /proc/net/dev || { printf 'error: this machine has no TAP device %s\n  %s\n' \
		'$(TAP_NAME)' 'Make it: sudo make tap$(if $(filter-out tap1,$(TAP_NAME)), TAP_NAME=$(TAP_NAME))' >&2; exit 1; }

else

SSH_CONFIG := $(O)/keys/$(ssh-template)
ssh-host   := 127.0.0.1
# vm makes the network net0, with SSH_PORT, and fills the port in.
ssh-port    := @PORT@
vm-ssh-port := --ssh-port $(SSH_PORT)
qemu-net     = $(qemu-card)
boot-net :=
tap-device :=

endif

# A checkout that was moved or copied has its keys in another place.
$(call stamp,$(SSH_CONFIG).words,$(abspath $(O)/keys $(SSH_KEY)) $(ssh-host))

$(SSH_CONFIG): extras/ssh/$(ssh-template) $(O)/keys/known_hosts $(SSH_CONFIG).words
	$(Q)sed -e 's,@KEYS@,$(abspath $(@D)),' -e 's,@KEY@,$(abspath $(SSH_KEY)),' -e 's,@HOST@,$(ssh-host),' -e 's,@PORT@,$(ssh-port),' $< >$@

# --- the TAP device ------------------------------------------------------------------

.PHONY: tap tap-down
tap: ## make the TAP device TAP_NAME, with the address TAP_IP_HOST (as root)
	@scripts/tap up '$(TAP_NAME)' '$(TAP_IP_HOST)' '$(TAP_USER)'

tap-down: ## remove the TAP device (as root)
	@scripts/tap down '$(TAP_NAME)'
