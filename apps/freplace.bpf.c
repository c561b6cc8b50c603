// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * freplace: a BPF program that replaces a global function of another BPF program,
 * which is already loaded and may be running: a plug-in. When it is detached, the old
 * function is back.
 *
 * Both programs are in this one object. The user half opens it twice, since the first
 * program must be in the kernel before the replacement of its function can be loaded.
 *
 * Needs: Linux 5.6, BTF, a JIT with trampolines
 */
/* __sk_buff is the same in every kernel: no CO-RE for it. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

/* The compiler must neither inline it nor assume its result: it may be replaced. */
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
