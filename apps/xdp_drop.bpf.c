// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The cheapest way to drop a packet: XDP looks at each frame that comes in, before the
 * kernel has spent anything on it, and drops the UDP datagrams to one port. The
 * program shows how packets are read: no byte before a check that it is there.
 *
 * Needs: Linux 5.2 (global variables)
 */
#include "common/net.bpf.h"

const volatile __u16 port;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XDP_PASS + 1);
	__type(key, __u32); /* XDP_DROP, XDP_PASS */
	__type(value, __u64);
} verdicts SEC(".maps");

static __always_inline bool unwanted(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);
	struct udphdr *udp;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_UDP)
		return false;
	udp = (void *)ip + ip->ihl * 4; /* behind IP options, if any */
	return (void *)(udp + 1) <= end && udp->dest == bpf_htons(port);
}

SEC("xdp")
int drop(struct xdp_md *ctx)
{
	__u32 verdict = unwanted(ctx) ? XDP_DROP : XDP_PASS;
	__u64 *n;

	n = bpf_map_lookup_elem(&verdicts, &verdict);
	if (n)
		(*n)++;
	return verdict;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
