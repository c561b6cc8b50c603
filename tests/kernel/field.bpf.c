// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Reads a field that no kernel has. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct task_struct {
	int pid, no_such_field;
} __attribute__((preserve_access_index));

SEC("raw_tp/sched_switch")
int field(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[1];

	return BPF_CORE_READ(task, pid) + BPF_CORE_READ(task, no_such_field);
}

char LICENSE[] SEC("license") = "GPL";
