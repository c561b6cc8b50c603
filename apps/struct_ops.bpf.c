// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * struct_ops: BPF programs that implement an interface of the kernel, as a kernel
 * module would. These are a TCP congestion control, the smallest possible: its window
 * is a fixed number of segments, whatever the network does. Connections that select
 * "bpf_fixed" use it.
 *
 * Needs: Linux 5.6, BTF, a JIT with trampolines
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 window; /* segments */

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

/* Reno would increase the window here. */
SEC("struct_ops")
void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	tp->snd_cwnd = window;
	__sync_fetch_and_add(&acks, 1);
}

/* The window after a loss, and the window to restore if there was none. */
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
	.init = (void *)init,
	.release = (void *)release,
	.cong_avoid = (void *)cong_avoid,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "bpf_fixed",
};

char LICENSE[] SEC("license") = "GPL";
