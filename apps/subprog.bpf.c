// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Functions of one's own. Without __noinline the compiler would make one piece of
 * code of the three below; with it they are three functions to the kernel, too, each
 * with a stack frame of its own, and a call is a BPF instruction (bpf-to-bpf call).
 *
 * Needs: Linux 5.6 (global functions)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "subprog.h"

__u32 terms;		/* set by the user half */
__u64 result;
__u32 squares, adds;	/* how often each function ran */

/*
 * Global: the verifier checks it once, by itself, for every argument there can be.
 * Its callers are not checked any longer for that.
 */
__noinline __u64 square(__u32 x)
{
	squares++;
	return (__u64)x * x;
}

/*
 * Static: checked again at each call with what is known of the arguments there. So
 * it can be handed a pointer into the stack frame of its caller.
 */
static __noinline void add_square(__u64 *sum, __u32 x)
{
	adds++;
	*sum += square(x);
}

SEC("tc")
int sum_of_squares(struct __sk_buff *ctx)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 1; i <= MAX_TERMS && i <= terms; i++)
		add_square(&sum, i);
	result = sum;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
