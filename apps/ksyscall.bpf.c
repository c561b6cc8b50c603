// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * ksyscall: a kprobe on a system call, here kill(2). The kernel's function for a
 * system call has another name on each architecture, which libbpf finds, and takes its
 * arguments in another way, which BPF_KSYSCALL handles. The program at the entry
 * stores the arguments in a hash map, by thread; the program at the return takes them
 * out.
 *
 * Needs: Linux 5.8 (ring buffer), kprobes
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"
#include "ksyscall.h"

const volatile struct self self;
const volatile bool watch_all;

__u32 events_lost; /* the ring buffer was full */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32); /* the thread */
	__type(value, struct event);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024); /* with -a, events may come faster than they are read */
} events SEC(".maps");

/* On 32-bit machines BPF_KSYSCALL casts a 32-bit register to a 64-bit pointer. */
#pragma clang diagnostic ignored "-Wint-to-pointer-cast"

SEC("ksyscall/kill")
int BPF_KSYSCALL(on_kill, int pid, int sig)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct event call = { .caller = id >> 32, .pid = pid, .sig = sig };
	__u32 thread = id;

	if (!watch_all && !is_self(&self))
		return 0;
	bpf_get_current_comm(call.comm, sizeof(call.comm));
	bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
	return 0;
}

SEC("kretsyscall/kill")
int BPF_KRETPROBE(on_return, int ret)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct event *call;

	call = bpf_map_lookup_elem(&calls, &thread);
	if (!call) /* not reported, or it was in kill(2) before the programs were attached */
		return 0;
	call->ret = ret;
	if (bpf_ringbuf_output(&events, call, sizeof(*call), 0))
		__sync_fetch_and_add(&events_lost, 1);
	bpf_map_delete_elem(&calls, &thread);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
