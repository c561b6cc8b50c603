// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A tail call: a table of programs, and a jump through it that does not return. The
 * other program takes the place of the running one, on the same stack. A packet is
 * handed so to the program for its protocol, and programs are exchanged one by one
 * while they run. A tail call to an empty slot does nothing: execution continues.
 *
 * Needs: Linux 5.2 (global variables); mixed with subprograms, 5.10 and a JIT that can
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "tail_call.h"

__u32 slot; /* set by the user half: where to jump */
__u32 red_runs, blue_runs, chain_runs;
__u32 misses;	      /* calls that found an empty slot */
__u32 back, returned; /* of mixed: how many times the call came back, and its result */

int red(struct __sk_buff *ctx);
int blue(struct __sk_buff *ctx);
int chain(struct __sk_buff *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, SLOTS);
	__uint(key_size, sizeof(__u32));
	__array(values, int(void *));
} table SEC(".maps") = {
	.values = {
		[SLOT_RED] = (void *)&red,
		[SLOT_BLUE] = (void *)&blue,
		[SLOT_CHAIN] = (void *)&chain,
	},
};

SEC("tc")
int red(struct __sk_buff *ctx)
{
	red_runs++;
	return 0;
}

SEC("tc")
int blue(struct __sk_buff *ctx)
{
	blue_runs++;
	return BLUE_RETURNS;
}

/* Calls itself, until the kernel refuses. */
SEC("tc")
int chain(struct __sk_buff *ctx)
{
	chain_runs++;
	bpf_tail_call(ctx, &table, SLOT_CHAIN);
	return 0;
}

SEC("tc")
int dispatch(struct __sk_buff *ctx)
{
	bpf_tail_call(ctx, &table, slot);
	misses++;
	return 0;
}

static __noinline int jump(struct __sk_buff *ctx)
{
	int ret = 0;

	bpf_tail_call(ctx, &table, slot);
	/* The compiler must not conclude that each call of this returns 0. */
	barrier_var(ret);
	return ret;
}

/*
 * A tail call in a function replaces that function only: its caller gets the return
 * value of the other program. Not every JIT supports that.
 */
SEC("tc")
int mixed(struct __sk_buff *ctx)
{
	returned = jump(ctx);
	back++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
