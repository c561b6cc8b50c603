// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A raw tracepoint: the program gets the arguments of the kernel's tracepoint, here
 * task_rename(task, name), before the kernel makes them into the record that a program
 * of type tracepoint gets. It costs less, needs no tracefs, and sees more than the
 * record has: here, the new name of a task that still has the old one.
 *
 * Needs: Linux 5.8 (ring buffer)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"
#include "raw_tp.h"

const volatile struct self self;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

SEC("raw_tp/task_rename")
int BPF_PROG(on_rename, struct task_struct *task, const char *name)
{
	struct event *e;

	if (!is_self(&self))
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e)
		return 0;
	__builtin_memset(e, 0, sizeof(*e)); /* it may hold an old event */
	bpf_get_current_comm(e->from, sizeof(e->from));
	bpf_probe_read_kernel_str(e->to, sizeof(e->to), name);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
