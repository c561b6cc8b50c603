# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# No packages of our own; Buildroot wants the file.  What it checks here is that the
# keys are there before an hour of building.
ifneq ($(filter all world target-finalize,$(or $(MAKECMDGOALS),all)),)
ifeq ($(wildcard $(or $(TESTBENCH_KEYS),$(BR2_EXTERNAL_EBPF_TESTBENCH_PATH)/../../output/keys)/id_ed25519.pub),)
$(error the testbench has no keys yet: make keys in it, or name their directory: TESTBENCH_KEYS=<dir>)
endif
endif
