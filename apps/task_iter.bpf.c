// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * An iterator over tasks: whoever reads from its descriptor has the kernel walk all
 * tasks and call this program for each, and reads what the program prints. A table
 * of the kernel in a format of one's own, made on demand: ps without /proc.
 *
 * Needs: Linux 5.8, BTF
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

SEC("iter/task")
int show_task(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;

	if (!task)	/* called once more after the last one */
		return 0;
	if (ctx->meta->seq_num == 0)
		BPF_SEQ_PRINTF(seq, "    TGID      PID     PPID COMM\n");
	BPF_SEQ_PRINTF(seq, "%8d %8d %8d %s\n", task->tgid, task->pid,
		       task->real_parent->tgid, task->comm);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
