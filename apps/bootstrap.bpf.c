// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Follows processes from exec to exit. Two tracepoints report the events, a hash map
 * remembers when a process began, a ring buffer carries the events to the user half.
 * CO-RE reads of task_struct make the program independent of the kernel's version: its
 * layout differs between kernels, and libbpf adjusts the offsets to the running
 * kernel's at load.
 *
 * Needs: Linux 5.8 (ring buffer), BTF
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "common/pid.bpf.h"
#include "bootstrap.h"

const volatile __u64 pidns_dev, pidns_ino;
const volatile bool watch_all;

__u32 watched; /* without watch_all: the only process to report, or 0 */
__u32 dropped; /* events that found the ring buffer full */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);   /* PID, the kernel's */
	__type(value, __u64); /* time of the exec, ns */
} started SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

/*
 * Returns the PID under which the current process is reported, or 0 to leave it out.
 * With "watched" that is the PID in the user half's PID namespace; with watch_all, the
 * kernel's own PID, since processes may be in different namespaces.
 */
static __always_inline __u32 reported_pid(void)
{
	__u32 pid;

	if (watch_all)
		return bpf_get_current_pid_tgid() >> 32;
	pid = current_pid(pidns_dev, pidns_ino);
	return pid == watched ? pid : 0;
}

static __always_inline struct event *new_event(__u32 pid)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct event *e;

	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&dropped, 1);
		return NULL;
	}
	__builtin_memset(e, 0, sizeof(*e)); /* it may hold an old event */
	e->pid = pid;
	e->ppid = BPF_CORE_READ(task, real_parent, tgid);
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	return e;
}

SEC("tp/sched/sched_process_exec")
int on_exec(struct trace_event_raw_sched_process_exec *ctx)
{
	__u32 key = bpf_get_current_pid_tgid() >> 32;
	__u64 now = bpf_ktime_get_ns();
	__u32 pid = reported_pid();
	struct event *e;
	__u32 offset;

	if (!pid)
		return 0;
	bpf_map_update_elem(&started, &key, &now, BPF_ANY);

	e = new_event(pid);
	if (!e)
		return 0;
	/* A variable-length field: its place is in the low half. */
	offset = ctx->__data_loc_filename & 0xffff;
	bpf_probe_read_kernel_str(e->filename, sizeof(e->filename), (void *)ctx + offset);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 id = bpf_get_current_pid_tgid();
	__u64 now = bpf_ktime_get_ns();
	__u32 pid = reported_pid();
	__u32 key = id >> 32;
	struct event *e;
	__u64 *start;
	int code;

	if (!pid || key != (__u32)id) /* a thread exits, not its process */
		return 0;

	e = new_event(pid);
	if (e) {
		code = BPF_CORE_READ(task, exit_code);
		start = bpf_map_lookup_elem(&started, &key);
		e->is_exit = 1;
		e->exit_code = code >> 8;
		e->exit_signal = code & 0x7f;
		e->duration_ns = start ? now - *start : 0;
		bpf_ringbuf_submit(e, 0);
	}
	bpf_map_delete_elem(&started, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
