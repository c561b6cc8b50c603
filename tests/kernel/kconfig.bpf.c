// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The facts about its kernel that libbpf gives to a program. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern int LINUX_KERNEL_VERSION __kconfig;
extern unsigned int CONFIG_HZ __kconfig;
extern bool CONFIG_TESTBENCH_NOTHING __kconfig __weak;

__u32 version, hz;
bool nothing;

SEC("tc")
int look(struct __sk_buff *ctx)
{
	version = LINUX_KERNEL_VERSION;
	hz = CONFIG_HZ;
	nothing = CONFIG_TESTBENCH_NOTHING;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
