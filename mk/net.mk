# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The guest's network.  By default QEMU's user-mode network, which needs no privileges: the guest
# reaches the outside, and a port of this machine leads to its SSH.  With USE_TAP=1 a TAP device
# of this machine: guest and machine are on one link.

# romfile= leaves out the boot ROM, which would take two seconds to load.
qemu-card = $(call virtio,net,3),netdev=net0$(if $(filter pci,$(QEMU_VIRTIO)),$(comma)romfile=)

# The user's own root image has another host key than the testbench's images.
ssh-template := $(if $(ROOTFS_GIVEN),root_config,vm_config)

ifeq ($(USE_TAP),1)

SSH_CONFIG := $(O)/keys/$(ssh-template)-$(TAP_IP_TARGET)
ssh-host   := $(TAP_IP_TARGET)
ssh-port   := 22

# The MAC address is derived from the device's name, because it must be unique on a bridge.
tap-mac := $(shell printf %s '$(TAP_NAME)' | md5sum | sed 's/\(..\)\(..\)\(..\).*/52:54:00:\1:\2:\3/')
qemu-net = -netdev tap,id=net0,ifname=$(TAP_NAME),script=no,downscript=no $(qemu-card),mac=$(tap-mac)

# guest/rootfs/init reads these parameters.
boot-net := testbench.ip=$(TAP_IP_TARGET)/24 testbench.gateway=$(TAP_IP_HOST)

tap-device := tap-device
.PHONY: tap-device
# (/sys/class/net may show the devices of another network namespace.)
tap-device:
	@grep -q '^ *$(TAP_NAME):' /proc/net/dev || { printf 'error: this machine has no TAP device %s\n  %s\n' \
		'$(TAP_NAME)' \
		'Create it: sudo make tap$(if $(filter-out tap1,$(TAP_NAME)), TAP_NAME=$(TAP_NAME))' >&2; \
		exit 1; }

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

# If the checkout is moved or copied, the paths of the keys change.
$(call stamp,$(SSH_CONFIG).words,$(abspath $(O)/keys $(SSH_KEY)) $(ssh-host))

$(SSH_CONFIG): extras/ssh/$(ssh-template) $(O)/keys/known_hosts $(SSH_CONFIG).words
	$(Q)sed -e 's,@KEYS@,$(abspath $(@D)),' -e 's,@KEY@,$(abspath $(SSH_KEY)),' \
		-e 's,@HOST@,$(ssh-host),' -e 's,@PORT@,$(ssh-port),' $< >$@

# --- the TAP device ------------------------------------------------------------------

.PHONY: tap tap-down
tap: ## make the TAP device TAP_NAME, with the address TAP_IP_HOST (as root)
	@scripts/tap up '$(TAP_NAME)' '$(TAP_IP_HOST)' '$(TAP_USER)'

tap-down: ## remove the TAP device (as root)
	@scripts/tap down '$(TAP_NAME)'
