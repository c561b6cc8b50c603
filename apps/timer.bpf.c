// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A timer: the kernel calls a function of the program later, without another event.
 * The timer is part of the value of a map, and is cancelled when that map is removed.
 * Each call sets it again, so it is periodic.
 *
 * Needs: Linux 5.15, a JIT
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1 /* a macro of the user API: not in vmlinux.h */

/* Set by the user half. */
__u64 interval_ns;
__u32 wanted; /* ticks, after which the program ends the timer */

__u32 ticks;
__u32 early;  /* ticks that came too soon */
__u64 due_ns; /* the earliest time of the next one */
__s32 error;  /* of the first helper that failed */

struct tick_clock {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tick_clock);
} clocks SEC(".maps");

static int set(struct tick_clock *clock)
{
	due_ns = bpf_ktime_get_ns() + interval_ns;
	return bpf_timer_start(&clock->timer, interval_ns, 0);
}

static int on_tick(void *map, __u32 *key, struct tick_clock *clock)
{
	early += bpf_ktime_get_ns() < due_ns;
	ticks++;
	if (ticks < wanted)
		error = set(clock);
	return 0;
}

SEC("tc")
int start(struct __sk_buff *ctx)
{
	struct tick_clock *clock;
	__u32 key = 0;

	clock = bpf_map_lookup_elem(&clocks, &key);
	if (!clock)
		return 0;
	error = bpf_timer_init(&clock->timer, &clocks, CLOCK_MONOTONIC);
	if (!error)
		error = bpf_timer_set_callback(&clock->timer, on_tick);
	if (!error)
		error = set(clock);
	return 0;
}

SEC("tc")
int cancel(struct __sk_buff *ctx)
{
	struct tick_clock *clock;
	__u32 key = 0;

	clock = bpf_map_lookup_elem(&clocks, &key);
	if (clock) /* 1: the timer was set, 0: it was not */
		error = bpf_timer_cancel(&clock->timer);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
