// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * PID namespaces: a process has a PID in each namespace that it is in, and the
 * kernel's own PID of a process differs from a container's. This program reports the
 * processes of one namespace that exit, under both numbers; processes outside the
 * namespace have no number there, and are skipped.
 *
 * Needs: Linux 5.8 (ring buffer), tracepoints of system calls
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "common/pid.bpf.h"
#include "minimal_ns.h"

__u64 pidns_dev, pidns_ino; /* the namespace; made after load */

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
