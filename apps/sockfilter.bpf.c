// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A filter on one socket, the oldest use of BPF: it is called for each packet that is
 * about to be queued there, and returns how many of its bytes are kept: 0 drops the
 * packet, fewer than its length truncate it. Other sockets are not affected.
 *
 * Needs: Linux 5.2 (global variables)
 */
#include "common/net.bpf.h"

#define ON_THE_LIST '+' /* first byte of the payload of a good datagram */

const volatile __u32 keep; /* bytes of payload */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32); /* 0: dropped, 1: kept */
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
		c = 0; /* an empty datagram */
	good = c == ON_THE_LIST;
	n = bpf_map_lookup_elem(&verdicts, &good);
	if (n)
		(*n)++;
	return good ? sizeof(struct udphdr) + keep : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
