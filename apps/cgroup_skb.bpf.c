// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A quota for a cgroup: the kernel calls these programs for each packet that sockets
 * of the cgroup send or receive. They count the packets in storage that the kernel
 * keeps for each cgroup that they are attached to. Beyond the quota, sending fails
 * with "not permitted".
 *
 * Needs: Linux 5.2 (global variables), cgroup v2
 */
#include "common/net.bpf.h"
#include "cgroup_skb.h"

const volatile __u32 quota;

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE);
	__type(key, __u64); /* the cgroup's ID: one storage for both directions */
	__type(value, struct traffic);
} traffic SEC(".maps");

SEC("cgroup_skb/egress")
int on_send(struct __sk_buff *skb)
{
	struct traffic *t = bpf_get_local_storage(&traffic, 0);

	if (t->sent >= quota) {
		__sync_fetch_and_add(&t->refused, 1);
		return 0;
	}
	__sync_fetch_and_add(&t->sent, 1);
	__sync_fetch_and_add(&t->bytes, skb->len); /* including the IP header */
	return 1;
}

SEC("cgroup_skb/ingress")
int on_receive(struct __sk_buff *skb)
{
	struct traffic *t = bpf_get_local_storage(&traffic, 0);

	__sync_fetch_and_add(&t->received, 1);
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
