// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Is compiled for the instruction set v4, which Linux 6.6 was the first to take. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int newest(struct __sk_buff *ctx)
{
	return (int)ctx->len / -3;
}

char LICENSE[] SEC("license") = "GPL";
