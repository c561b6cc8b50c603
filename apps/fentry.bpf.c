// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * fentry: a BPF program at the entry of a kernel function. Unlike a kprobe it is
 * called directly, without a trap, and knows the function's arguments by BTF: all
 * four, whatever their size. It follows pointers as C does; the verifier makes sure
 * that a bad pointer reads as 0.
 *
 * Needs: Linux 5.8 (ring buffer), BTF, a JIT with trampolines
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"
#include "fentry.h"

const volatile struct self self;
const volatile bool watch_all;

__u32 events_lost; /* the ring buffer was full */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024); /* with -a, events may come faster than they are read */
} events SEC(".maps");

SEC("fentry/vfs_fallocate")
int BPF_PROG(on_fallocate, struct file *file, int mode, loff_t offset, loff_t length)
{
	struct event *e;

	if (!watch_all && !is_self(&self))
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&events_lost, 1);
		return 0;
	}
	e->inode = file->f_inode->i_ino;
	e->offset = offset;
	e->length = length;
	e->mode = mode;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
