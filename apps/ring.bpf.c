// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The same events through the two ways from the kernel to user space: the ring buffer
 * (one for all CPUs, an event is written in place) and the older perf buffer (one for
 * each CPU, an event is made on the stack and copied).
 *
 * These programs wait for no event: the user half calls them with BPF_PROG_RUN, so
 * each run gives the same figures. Their type is tc for that reason only: any type
 * that BPF_PROG_RUN accepts would do.
 *
 * Needs: Linux 5.8 (ring buffer)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "ring.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024); /* the user half's -s */
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

/* Not atomic: the user half makes one call at a time. */
struct counts ring_counts, perf_counts;

static __always_inline void fill(struct event *e, __u32 seq)
{
	int i;

	e->time_ns = bpf_ktime_get_ns();
	e->seq = seq;
	e->cpu = bpf_get_smp_processor_id();
	for (i = 0; i < PAYLOAD_WORDS; i++)
		e->payload[i] = seq;
}

SEC("tc")
int to_ring(struct __sk_buff *ctx)
{
	__u32 seq = ring_counts.produced++;
	struct event *e;

	e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
	if (!e) {
		ring_counts.dropped++;
		return 0;
	}
	fill(e, seq);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("tc")
int to_perf(struct __sk_buff *ctx)
{
	struct event e;

	fill(&e, perf_counts.produced++);
	if (bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &e, sizeof(e)))
		perf_counts.dropped++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
