// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The helpers by which traffic control alters and redirects packets, each in a program
 * of its own. The user half sends a frame through each program, and compares the frame
 * that arrives with the expected one, bit for bit.
 *
 * Needs: Linux 5.2 (global variables)
 */
#include "common/net.bpf.h"
#include "tc_helpers.h"

const volatile __u32 out; /* the interface that frames are redirected to */
const volatile __u32 in;  /* its peer, which receives them */

__u32 runs;
__s32 error; /* the last error of a helper */

/* Remembers an error. Returns true if there was one. */
static __always_inline bool failed(long err)
{
	if (err < 0)
		error = err;
	return err < 0;
}

static __always_inline void put(struct __sk_buff *skb, __u32 offset, const void *from, __u32 len)
{
	failed(bpf_skb_store_bytes(skb, offset, from, len, 0));
}

/* The frame continues, and a copy of it is redirected. */
SEC("tc")
int clone_redirect(struct __sk_buff *skb)
{
	runs++;
	failed(bpf_clone_redirect(skb, out, 0));
	return TC_ACT_OK;
}

SEC("tc")
int redirect(struct __sk_buff *skb)
{
	runs++;
	return bpf_redirect(out, 0);
}

/* As if the other interface had received the frame. */
SEC("tc")
int redirect_ingress(struct __sk_buff *skb)
{
	runs++;
	return bpf_redirect(in, BPF_F_INGRESS);
}

/* Computes the difference that new data makes to a checksum, and applies it. */
SEC("tc")
int csum_diff(struct __sk_buff *skb)
{
	__be32 from, to = bpf_htonl(NEW_SEQ);
	__s64 diff;

	runs++;
	if (failed(bpf_skb_load_bytes(skb, UDP_DATA, &from, sizeof(from))))
		return TC_ACT_OK;
	diff = bpf_csum_diff(&from, sizeof(from), &to, sizeof(to), 0);
	failed(diff);
	failed(bpf_l4_csum_replace(skb, UDP_FIELD(check), 0, diff, 0));
	put(skb, UDP_DATA, &to, sizeof(to));
	return TC_ACT_OK;
}

/* Time to live and protocol are one 16-bit word in the IP header's checksum. */
SEC("tc")
int l3_csum_replace(struct __sk_buff *skb)
{
	__be16 from, to;

	runs++;
	if (failed(bpf_skb_load_bytes(skb, IP_FIELD(ttl), &from, sizeof(from))))
		return TC_ACT_OK;
	to = bpf_htons(NEW_TTL << 8 | (bpf_ntohs(from) & 0xff));
	failed(bpf_l3_csum_replace(skb, IP_FIELD(check), from, to, sizeof(to)));
	put(skb, IP_FIELD(ttl), &to, sizeof(to));
	return TC_ACT_OK;
}

SEC("tc")
int l4_csum_replace(struct __sk_buff *skb)
{
	__be16 from, to = bpf_htons(NEW_PORT);

	runs++;
	if (failed(bpf_skb_load_bytes(skb, UDP_FIELD(dest), &from, sizeof(from))))
		return TC_ACT_OK;
	failed(bpf_l4_csum_replace(skb, UDP_FIELD(check), from, to, sizeof(to)));
	put(skb, UDP_FIELD(dest), &to, sizeof(to));
	return TC_ACT_OK;
}

/* The UDP checksum covers the addresses, too, in its pseudo header. */
SEC("tc")
int l4_csum_replace_pseudo(struct __sk_buff *skb)
{
	__be32 from, to = bpf_htonl(NEW_ADDRESS);

	runs++;
	if (failed(bpf_skb_load_bytes(skb, IP_FIELD(daddr), &from, sizeof(from))))
		return TC_ACT_OK;
	failed(bpf_l4_csum_replace(skb, UDP_FIELD(check), from, to, BPF_F_PSEUDO_HDR | sizeof(to)));
	failed(bpf_l3_csum_replace(skb, IP_FIELD(check), from, to, sizeof(to)));
	put(skb, IP_FIELD(daddr), &to, sizeof(to));
	return TC_ACT_OK;
}

/*
 * From IPv4 to IPv6: the helper makes the room, the program writes the header. With
 * addresses of the form ::192.0.2.1 the UDP checksum stays valid.
 */
SEC("tc")
int skb_change_proto_6(struct __sk_buff *skb)
{
	__be16 type = bpf_htons(ETH_P_IPV6);
	struct ipv6hdr ip6 = { .version = 6 };
	struct iphdr ip4;

	runs++;
	if (failed(bpf_skb_load_bytes(skb, IP_START, &ip4, sizeof(ip4))) ||
	    failed(bpf_skb_change_proto(skb, type, 0)))
		return TC_ACT_OK;
	ip6.payload_len = bpf_htons(bpf_ntohs(ip4.tot_len) - sizeof(ip4));
	ip6.nexthdr = ip4.protocol;
	ip6.hop_limit = ip4.ttl;
	ip6.saddr.in6_u.u6_addr32[3] = ip4.saddr;
	ip6.daddr.in6_u.u6_addr32[3] = ip4.daddr;
	put(skb, IP_START, &ip6, sizeof(ip6));
	put(skb, ETH_TYPE, &type, sizeof(type));
	return TC_ACT_OK;
}

SEC("tc")
int skb_change_proto_4(struct __sk_buff *skb)
{
	struct iphdr ip4 = { .version = 4, .ihl = sizeof(ip4) / 4 };
	__be16 type = bpf_htons(ETH_P_IP);
	struct ipv6hdr ip6;
	__u32 sum;

	runs++;
	if (failed(bpf_skb_load_bytes(skb, IP_START, &ip6, sizeof(ip6))) ||
	    failed(bpf_skb_change_proto(skb, type, 0)))
		return TC_ACT_OK;
	ip4.tot_len = bpf_htons(bpf_ntohs(ip6.payload_len) + sizeof(ip4));
	ip4.ttl = ip6.hop_limit;
	ip4.protocol = ip6.nexthdr;
	ip4.saddr = ip6.saddr.in6_u.u6_addr32[3];
	ip4.daddr = ip6.daddr.in6_u.u6_addr32[3];
	sum = bpf_csum_diff(NULL, 0, (__be32 *)&ip4, sizeof(ip4), 0);
	sum = (sum & 0xffff) + (sum >> 16);
	ip4.check = ~(sum + (sum >> 16));
	put(skb, IP_START, &ip4, sizeof(ip4));
	put(skb, ETH_TYPE, &type, sizeof(type));
	return TC_ACT_OK;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
