// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * One small program for each type of map, which shows the type's purpose. The user
 * half calls each program RUNS times, and then reads the map from user space.
 *
 * Needs: Linux 5.16 (bloom filter; older kernels go without)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "maps.h"

/* Set to 0 by the user half before each program. */
__u32 nth;	     /* run of the program */
__u32 done, refused; /* what the map answered */

static __always_inline void note(long err)
{
	if (err)
		refused++;
	else
		done++;
}

/* Keys of any type and value. A full map refuses new entries. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ROOM);
	__type(key, __u32);
	__type(value, __u32);
} hash SEC(".maps");

SEC("tc")
int fill_hash(struct __sk_buff *ctx)
{
	__u32 value = nth++, key = 1000 * value;

	note(bpf_map_update_elem(&hash, &key, &value, BPF_ANY));
	return 0;
}

/* A full map drops the entries that were not used for the longest time. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, ROOM);
	__type(key, __u32);
	__type(value, __u32);
} lru SEC(".maps");

SEC("tc")
int fill_lru(struct __sk_buff *ctx)
{
	__u32 value = nth++, key = 1000 * value;

	note(bpf_map_update_elem(&lru, &key, &value, BPF_ANY));
	return 0;
}

/* Keys 0, 1, 2 ...; all entries exist from the start. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ROOM);
	__type(key, __u32);
	__type(value, __u32);
} array SEC(".maps");

SEC("tc")
int count_in_array(struct __sk_buff *ctx)
{
	__u32 key = nth++, *value;

	value = bpf_map_lookup_elem(&array, &key);
	if (value)
		*value = key + 1;
	note(!value);
	return 0;
}

/* An array with a copy for each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} percpu SEC(".maps");

SEC("tc")
int count_percpu(struct __sk_buff *ctx)
{
	__u32 key = 0;
	__u64 *value;

	value = bpf_map_lookup_elem(&percpu, &key);
	if (value)
		++*value;
	note(!value);
	return 0;
}

/* Finds the longest prefix (LPM) that the key begins with: a routing table. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, ROOM);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lpm_key);
	__type(value, __u32);
} trie SEC(".maps");

__u8 address[4]; /* to look up; set by the user half */
__u32 found;

SEC("tc")
int look_up_route(struct __sk_buff *ctx)
{
	struct lpm_key key = { .bits = 32 };
	__u32 *value;

	__builtin_memcpy(key.address, address, sizeof(key.address));
	value = bpf_map_lookup_elem(&trie, &key);
	found = value ? *value : 0;
	note(!value);
	return 0;
}

/* Without keys: the first value that was pushed is popped first. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, ROOM);
	__type(value, __u32);
} queue SEC(".maps");

SEC("tc")
int push_to_queue(struct __sk_buff *ctx)
{
	__u32 value = nth++;

	note(bpf_map_push_elem(&queue, &value, BPF_ANY));
	return 0;
}

/* Without keys: the last value that was pushed is popped first. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, ROOM);
	__type(value, __u32);
} stack SEC(".maps");

SEC("tc")
int push_to_stack(struct __sk_buff *ctx)
{
	__u32 value = nth++;

	note(bpf_map_push_elem(&stack, &value, BPF_ANY));
	return 0;
}

/* A set in little space: "absent" is always right, "present" is rarely wrong. */
struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, RUNS);
	__type(value, __u32);
} bloom SEC(".maps");

SEC("tc")
int push_to_bloom(struct __sk_buff *ctx)
{
	__u32 value = 1000 * nth++;

	note(bpf_map_push_elem(&bloom, &value, BPF_ANY));
	return 0;
}

/* Its values are maps, which the user half can replace while programs use them. */
struct inner_array {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct inner_array);
} outer SEC(".maps");

SEC("tc")
int count_in_inner(struct __sk_buff *ctx)
{
	__u32 zero = 0, key = nth++ % 3, *value;
	void *inner;

	inner = bpf_map_lookup_elem(&outer, &key); /* there is none for 2 */
	value = inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
	if (value)
		++*value;
	note(!value);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
