// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Struct_ops: BPF programs in place of a kernel module's functions. These make a TCP
 * congestion control, the tiniest there can be: it has a window of a fixed number of
 * segments, whatever the network does. Connections that ask for "bpf_fixed" get it.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 window;	/* segments */

__u32 inits, releases, acks;

SEC("struct_ops")
void BPF_PROG(init, struct sock *sk)
{
	__sync_fetch_and_add(&inits, 1);
}

SEC("struct_ops")
void BPF_PROG(release, struct sock *sk)
{
	__sync_fetch_and_add(&releases, 1);
}

/* Where Reno would let the window grow. */
SEC("struct_ops")
void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	tp->snd_cwnd = window;
	__sync_fetch_and_add(&acks, 1);
}

/* What to go down to after a loss, and what to go back to if there was none. */
SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return window;
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return window;
}

SEC(".struct_ops")
struct tcp_congestion_ops fixed = {
	.init		= (void *)init,
	.release	= (void *)release,
	.cong_avoid	= (void *)cong_avoid,
	.ssthresh	= (void *)ssthresh,
	.undo_cwnd	= (void *)undo_cwnd,
	.name		= "bpf_fixed",
};

char LICENSE[] SEC("license") = "GPL";
