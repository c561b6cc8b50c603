// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The oldest use of BPF: a filter on one socket. It is asked for each packet that is
 * about to be queued there, and says how many of its bytes are kept: 0 drops it, and
 * less than there are cuts it. No other socket notices.
 */
#include "common/net.bpf.h"

#define ON_THE_LIST	'+'	/* what the payload of a good datagram begins with */

const volatile __u32 keep;	/* bytes of payload */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);	/* 0: dropped, 1: kept */
	__type(value, __u64);
} verdicts SEC(".maps");

SEC("socket")
int keep_good(struct __sk_buff *skb)
{
	__u32 good;
	__u64 *n;
	char c;

	/* A UDP socket's filter sees the packet from the UDP header on. */
	if (bpf_skb_load_bytes(skb, sizeof(struct udphdr), &c, sizeof(c)))
		c = 0;	/* an empty datagram */
	good = c == ON_THE_LIST;
	n = bpf_map_lookup_elem(&verdicts, &good);
	if (n)
		(*n)++;
	return good ? sizeof(struct udphdr) + keep : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
