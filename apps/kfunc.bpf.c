// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Functions of the kernel itself (kfuncs), called like one's own. Beside the helpers,
 * whose list is closed, the kernel offers them by name in its BTF; a kernel may have
 * them or not. The verifier knows what each takes and gives: here it sees to it that
 * the task is not used unless it was found, and that it is given back.
 *
 * Needs: Linux 6.2 (bpf_task_from_pid), BTF, a JIT that calls kernel functions
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "kfunc.h"

/* As in a vmlinux.h that has them; older ones do not. */
extern struct task_struct *bpf_task_from_pid(s32 pid) __weak __ksym;
extern void bpf_task_release(struct task_struct *p) __weak __ksym;

__s32 pid;		/* set by the user half: whom to look for */

/* What was found. */
__u32 found;		/* how often */
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
	/* A task that the kernel vouches for: no bpf_probe_read(). */
	tgid = task->tgid;
	__builtin_memcpy(comm, task->comm, sizeof(comm));
	bpf_task_release(task);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
