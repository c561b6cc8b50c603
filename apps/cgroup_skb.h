/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of cgroup_skb share: a cgroup's traffic, in datagrams and bytes. */
#ifndef CGROUP_SKB_H
#define CGROUP_SKB_H

struct traffic {
	__u64 sent;
	__u64 bytes;
	__u64 refused;
	__u64 received;
};

#endif
