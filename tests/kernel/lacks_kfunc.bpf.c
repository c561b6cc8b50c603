// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Calls a function that no kernel has, and cannot do without. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern void bpf_testbench_nothing(void) __ksym;

SEC("tc")
int kfunc(struct __sk_buff *ctx)
{
	bpf_testbench_nothing();
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
