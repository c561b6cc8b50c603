// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A table of programs, a jump through it, and no way back: a tail call puts another
 * program in the place of the running one, on the same stack. That is how a packet is
 * handed to the program for its protocol, and how programs are exchanged one by one
 * while they run. A call of an empty slot just goes on with the next line.
 *
 * Needs: Linux 5.2 (global variables); mixed with subprograms, 5.10 and a JIT that can
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "tail_call.h"

__u32 slot;		/* set by the user half: where to jump */
__u32 red_runs, blue_runs, chain_runs;
__u32 misses;		/* calls that came back: nobody there */
__u32 back, returned;	/* of mixed: how often, and with what */

int red(struct __sk_buff *ctx);
int blue(struct __sk_buff *ctx);
int chain(struct __sk_buff *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, SLOTS);
	__uint(key_size, sizeof(__u32));
	__array(values, int (void *));
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

/* Calls itself, until the kernel does not let it any more. */
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
 * Out of a function, a tail call takes the place of that function alone: the caller
 * gets what the other program returned. Not every JIT can do that.
 */
SEC("tc")
int mixed(struct __sk_buff *ctx)
{
	returned = jump(ctx);
	back++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
