# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Goals that count instructions need a VM whose clock does.

counting := $(firstword $(filter jit-cost cost-%,$(MAKECMDGOALS)))
ifneq ($(counting),)
override ICOUNT := 1
ifneq ($(TARGET),vm)
$(error $(counting) counts in a VM, whose clock QEMU makes count instructions: TARGET=$(TARGET) cannot be meant)
endif
endif
