// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * An iterator over a map: whoever reads from its descriptor has the kernel call
 * this program for each entry. It may print some, sum up all, and even change
 * values in place, and all that in one go: user space would need a system call or
 * two for each entry.
 *
 * Needs: Linux 5.9, BTF
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "map_iter.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 100000);
	__type(key, __u32);
	__type(value, struct stock);
} store SEC(".maps");

const volatile __u32 dear;	/* from this price on, things are shown and made cheaper */

__u64 entries, worth;

SEC("iter/bpf_map_elem")
int show_entry(struct bpf_iter__bpf_map_elem *ctx)
{
	struct stock *stock = ctx->value;
	__u32 *key = ctx->key;

	if (!key || !stock)	/* called once more after the last one */
		return 0;
	entries++;
	worth += stock->pieces * stock->price;
	if (stock->price >= dear) {
		BPF_SEQ_PRINTF(ctx->meta->seq, "item %u: %llu at %u\n", *key, stock->pieces,
			       stock->price);
		stock->price = dear - 1;
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
