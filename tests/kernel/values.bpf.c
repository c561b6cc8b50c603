// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Loads with the values of its variables as they are, and with others it does not. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum kind { SMALL, LARGE };

const volatile _Bool wild;
const volatile __s8 small = -1;
const volatile char name[8] = "a";
const volatile enum kind kind;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} numbers SEC(".maps");

/* As bpf2go's users write it: the value's type is that of an event. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, __u32);
	__type(value, struct __sk_buff);
} events SEC(".maps");

SEC("tc")
int look(struct __sk_buff *ctx)
{
	__u32 key = 0;
	__u32 *number = bpf_map_lookup_elem(&numbers, &key);

	if (!wild && !number)
		return 0;
	return *number + small + name[0] + kind;
}

char LICENSE[] SEC("license") = "GPL";
