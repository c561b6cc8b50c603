// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Functions in a BPF program (bpf-to-bpf calls): without __noinline the compiler would
 * inline the three below; with it they are three functions to the kernel, too, each
 * with a stack frame of its own, and a call is a BPF instruction.
 *
 * Needs: Linux 5.6 (global functions)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "subprog.h"

__u32 terms; /* set by the user half */
__u64 result;
__u32 squares, adds; /* how many times each function ran */

/*
 * Global: the verifier checks it once, on its own, for all possible arguments, and not
 * again at each call.
 */
__noinline __u64 square(__u32 x)
{
	squares++;
	return (__u64)x * x;
}

/*
 * Static: the verifier checks it at each call, with what it knows of the arguments
 * there. So an argument may be a pointer into the stack frame of the caller.
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
