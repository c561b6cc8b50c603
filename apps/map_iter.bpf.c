// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * An iterator over a map: each read from its file descriptor makes the kernel call
 * this program for the entries of the map. The program may print some, add up all, and
 * even change values in place, all in one pass: user space would need one or two
 * system calls for each entry.
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
} shelf SEC(".maps");

const volatile __u32 dear; /* entries of at least this price are shown and made cheaper */

__u64 entries, worth;

SEC("iter/bpf_map_elem")
int show_entry(struct bpf_iter__bpf_map_elem *ctx)
{
	struct stock *stock = ctx->value;
	__u32 *key = ctx->key;

	if (!key || !stock) /* the kernel calls once more after the last entry */
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
