// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * PID namespaces: a process has a PID in each one that it is in, and the kernel's
 * own is another one than a container's. This program reports the processes of one
 * namespace that come to their end, under both numbers; those that are not in the
 * namespace have no number there, and are passed over.
 *
 * Needs: Linux 5.8 (ring buffer), tracepoints of system calls
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "common/pid.bpf.h"
#include "minimal_ns.h"

__u64 pidns_dev, pidns_ino;	/* the namespace; there is none yet at load */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

SEC("tp/sched/sched_process_exit")
int on_exit(void *ctx)
{
	struct event e = { .kernel_pid = bpf_get_current_pid_tgid() >> 32 };

	if (!pidns_ino)
		return 0;
	e.pid = current_pid(pidns_dev, pidns_ino);
	if (e.pid)
		bpf_ringbuf_output(&events, &e, sizeof(e), 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
