// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* A map of more memory than a test machine has. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << 20);
	__type(key, __u32);
	__type(value, char[1 << 16]);
} all SEC(".maps");

SEC("tc")
int huge(struct __sk_buff *ctx)
{
	__u32 key = ctx->len;

	return !bpf_map_lookup_elem(&all, &key);
}

char LICENSE[] SEC("license") = "GPL";
