// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Traffic control: one program for the packets that enter through an interface, one
 * for those that leave, and both may alter packets. Here they forward a port:
 * datagrams to the port "outer" reach a server on the port "inner", and its answers
 * appear to come from "outer". Neither client nor server notices.
 *
 * Needs: Linux 5.2 (global variables); tcx, 6.6
 */
#include "common/net.bpf.h"

const volatile __u16 outer, inner;

__u32 forwarded, returned; /* datagrams */

/* Replaces @from by @to in the port field at @offset. Returns true if it was @from. */
static __always_inline bool change_port(struct __sk_buff *skb, __u32 offset, __u16 from, __u16 to)
{
	__be16 old, new = bpf_htons(to);
	__u8 protocol;

	if (skb->protocol != bpf_htons(ETH_P_IP) ||
	    bpf_skb_load_bytes(skb, IP_FIELD(protocol), &protocol, sizeof(protocol)) ||
	    protocol != IPPROTO_UDP || bpf_skb_load_bytes(skb, offset, &old, sizeof(old)) ||
	    old != bpf_htons(from))
		return false;
	/* A checksum of 0 means none: it stays. */
	return !bpf_l4_csum_replace(skb, UDP_FIELD(check), old, new,
				    BPF_F_MARK_MANGLED_0 | sizeof(new)) &&
	       !bpf_skb_store_bytes(skb, offset, &new, sizeof(new), 0);
}

SEC("tcx/ingress")
int to_inner(struct __sk_buff *skb)
{
	if (change_port(skb, UDP_FIELD(dest), outer, inner))
		__sync_fetch_and_add(&forwarded, 1);
	return TC_ACT_OK;
}

SEC("tcx/egress")
int from_inner(struct __sk_buff *skb)
{
	if (change_port(skb, UDP_FIELD(source), inner, outer))
		__sync_fetch_and_add(&returned, 1);
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
