// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A BPF LSM: a program at a hook where the kernel asks its security modules whether an
 * operation is allowed. 0 allows it, a negative errno forbids it, even to root. This
 * program forbids the user half nice values above a limit.
 *
 * Needs: Linux 5.7, BTF, a JIT with trampolines, bpf among the LSMs
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"

#define EPERM 1

const volatile struct self self;
const volatile __s32 limit;

__u32 asked, forbidden; /* not atomic: the user half is one thread */

/* @ret: the answer of the BPF program that was called before: a refusal stands. */
SEC("lsm/task_setnice")
int BPF_PROG(on_setnice, struct task_struct *task, int nice, int ret)
{
	if (ret || !is_self(&self))
		return ret;
	asked++;
	if (nice <= limit)
		return 0;
	forbidden++;
	return -EPERM;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
