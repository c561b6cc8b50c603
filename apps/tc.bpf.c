// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Traffic control: one program for what comes in through an interface, one for what
 * goes out, and both may alter packets. Here they forward a port: datagrams to the
 * port "outer" get to a server on the port "inner", and its answers look as if they
 * came from "outer". Neither client nor server can tell.
 */
#include "common/net.bpf.h"

const volatile __u16 outer, inner;

__u32 forwarded, returned;	/* datagrams */

/* Puts @to for @from into the port field at @offset. Returns true if it was @from. */
static __always_inline bool change_port(struct __sk_buff *skb, __u32 offset,
					__u16 from, __u16 to)
{
	__be16 old, new = bpf_htons(to);
	__u8 protocol;

	if (skb->protocol != bpf_htons(ETH_P_IP) ||
	    bpf_skb_load_bytes(skb, IP_FIELD(protocol), &protocol, sizeof(protocol)) ||
	    protocol != IPPROTO_UDP ||
	    bpf_skb_load_bytes(skb, offset, &old, sizeof(old)) ||
	    old != bpf_htons(from))
		return false;
	/* A sum of 0 says that there is none, and is left alone. */
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
