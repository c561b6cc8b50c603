// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Kernel functions that a BPF program may call (kfuncs): the kernel offers them by
 * name in its BTF, unlike helpers, whose list is fixed. A kernel may have a kfunc or
 * not. The verifier knows what each takes and returns: here it makes sure that the
 * task is not used unless it was found, and that it is released.
 *
 * Needs: Linux 6.2 (bpf_task_from_pid), BTF, a JIT that calls kernel functions
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "kfunc.h"

/* Declared here because a vmlinux.h of an older kernel lacks them. */
extern struct task_struct *bpf_task_from_pid(s32 pid) __weak __ksym;
extern void bpf_task_release(struct task_struct *p) __weak __ksym;

__s32 pid; /* set by the user half: the process to find */

/* The result. */
__u32 found; /* how many times */
__s32 tgid;
char comm[COMM_LEN];

SEC("tc")
int find_task(struct __sk_buff *ctx)
{
	struct task_struct *task;

	task = bpf_task_from_pid(pid);
	if (!task)
		return 0;
	found++;
	/* The verifier trusts this pointer: no bpf_probe_read(). */
	tgid = task->tgid;
	__builtin_memcpy(comm, task->comm, sizeof(comm));
	bpf_task_release(task);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
