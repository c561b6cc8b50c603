// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * XDP's hello world: it is called for each packet that an interface receives, before
 * the network stack sees the packet; it counts the packet and passes it on. Packets
 * arrive on several CPUs at once, so each CPU has a counter of its own: no atomics. It
 * reads no byte of the packet, so it needs no BTF in the kernel.
 *
 * Needs: Linux 4.12 (generic XDP)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

const volatile bool say_hello;
const volatile __u32 token;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

SEC("xdp")
int hello(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *n;

	n = bpf_map_lookup_elem(&packets, &key);
	if (!n) /* never true, but the verifier requires the check */
		return XDP_PASS;
	(*n)++;
	if (say_hello)
		bpf_printk("Hello World %llu (%x)", *n, token);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
