// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A short cut between two TCP sockets of one machine: a sockops program, called for
 * each new connection of a cgroup, puts both ends into a map of sockets. A message
 * that is sent through one of them is put directly into the other's receive queue;
 * TCP, which made the connection, does not see it.
 *
 * Needs: Linux 5.2 (global variables), cgroup v2
 */
#include "common/net.bpf.h"

#define AF_INET 2

const volatile bool short_cut;

/* The ports identify a connection over the loopback interface. */
struct ends {
	__u32 here, there;
};

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 64);
	__type(key, struct ends);
	__type(value, __u64);
} sockets SEC(".maps");

__u32 established, redirected;

SEC("sockops")
int on_connection(struct bpf_sock_ops *ctx)
{
	struct ends ends = {
		.here = ctx->local_port,	      /* in host byte order */
		.there = bpf_ntohl(ctx->remote_port), /* in network byte order */
	};

	if (ctx->family != AF_INET || (ctx->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB &&
				       ctx->op != BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB))
		return 1;
	if (!bpf_sock_hash_update(ctx, &sockets, &ends, BPF_ANY))
		__sync_fetch_and_add(&established, 1);
	return 1;
}

SEC("sk_msg")
int on_message(struct sk_msg_md *msg)
{
	struct ends other = {
		.here = bpf_ntohl(msg->remote_port),
		.there = msg->local_port,
	};

	if (!short_cut)
		return SK_PASS;
	__sync_fetch_and_add(&redirected, 1);
	return bpf_msg_redirect_hash(msg, &sockets, &other, BPF_F_INGRESS);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
