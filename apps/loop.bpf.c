// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Loops, plain and by the helper bpf_loop(): the verifier walks through each iteration
 * of a plain loop, so its bound must be small. The helper calls a function of the
 * program up to 8 million times (2^23), and the verifier checks that function once.
 * bpf_loop() needs a JIT: the interpreter cannot call back.
 *
 * Needs: Linux 5.17 (bpf_loop), a JIT
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "loop.h"

/* Set by the user half. */
__u32 turns;
__u32 stop_at; /* the iteration that ends the loop; from 0 */

struct loop_outcome plain, by_helper;

SEC("tc")
int plain_loop(struct __sk_buff *ctx)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < PLAIN_MAX && i < turns; i++) {
		if (i == stop_at) {
			i++;
			break;
		}
		sum += i;
	}
	plain.turns = i;
	plain.sum = sum;
	return 0;
}

/* One iteration: 0 to continue, 1 to break. @sum is on the stack of the caller. */
static long turn(__u64 i, __u64 *sum)
{
	if (i == stop_at)
		return 1;
	*sum += i;
	return 0;
}

SEC("tc")
int helper_loop(struct __sk_buff *ctx)
{
	__u64 sum = 0;

	/*
	 * bpf_loop() returns the number of iterations or a negative error: a long by its
	 * prototype, but the error has 32 bits where the kernel has inlined the loop.
	 */
	by_helper.turns = bpf_loop(turns, turn, &sum, 0);
	by_helper.sum = sum;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
