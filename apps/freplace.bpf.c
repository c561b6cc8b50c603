// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * freplace: a BPF program that takes the place of a global function in another BPF
 * program, which is loaded, and perhaps at work, and is not changed: a plug-in.
 * When it is detached, the old function is back.
 *
 * Both are in this one object, but the user half opens it twice, since the program
 * must be in the kernel before what replaces a part of it can be loaded.
 *
 * Needs: Linux 5.6, BTF, a JIT with trampolines
 */
/* __sk_buff is the same in every kernel: CO-RE, which takes BTF, is not needed. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* Neither inlined nor taken for what it always returns: it may be replaced. */
__noinline unsigned int price(unsigned int length)
{
	barrier_var(length);
	return length;
}

SEC("tc")
int bill(struct __sk_buff *ctx)
{
	return 1000 + price(ctx->len);
}

SEC("freplace/price")
unsigned int discount(unsigned int length)
{
	return length / 2;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
