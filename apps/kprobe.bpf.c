// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A kprobe and a kretprobe: BPF programs at the entry and at the return of a kernel
 * function, here vfs_fallocate(file, mode, offset, length). Their context is the CPU's
 * registers; BPF_KPROBE and BPF_KRETPROBE know which registers hold arguments and
 * return value. A probe needs no BTF, and works on any function that /proc/kallsyms
 * lists and the compiler did not inline.
 *
 * Needs: Linux 5.8 (ring buffer), kprobes
 */
/* The layout of registers is the same in every kernel: no CO-RE, so no BTF is needed. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"
#include "kprobe.h"

const volatile struct self self;
const volatile bool watch_all;

/* The ring buffer was full. Not atomic: some JITs (i386's) have no atomic instructions. */
__u32 events_lost;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024); /* with -a, events may come faster than they are read */
} events SEC(".maps");

static __always_inline int report(bool is_return, int mode, int ret)
{
	struct event *e;

	if (!watch_all && !is_self(&self))
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		events_lost++;
		return 0;
	}
	__builtin_memset(e, 0, sizeof(*e)); /* it may hold an old event */
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->is_return = is_return;
	e->mode = mode;
	e->ret = ret;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("kprobe/vfs_fallocate")
int BPF_KPROBE(on_entry, struct file *file, int mode)
{
	return report(false, mode, 0);
}

SEC("kretprobe/vfs_fallocate")
int BPF_KRETPROBE(on_return, int ret)
{
	return report(true, 0, ret);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
