// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * An iterator over tasks: each read from its file descriptor makes the kernel call
 * this program for the tasks of the system, and returns what the program prints: a
 * table of kernel data in any format, made on demand, like ps without /proc.
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

	if (!task) /* the kernel calls once more after the last task */
		return 0;
	if (ctx->meta->seq_num == 0)
		BPF_SEQ_PRINTF(seq, "    TGID      PID     PPID COMM\n");
	BPF_SEQ_PRINTF(seq, "%8d %8d %8d %s\n", task->tgid, task->pid, task->real_parent->tgid,
		       task->comm);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
