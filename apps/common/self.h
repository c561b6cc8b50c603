/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Identifies the user half's process to the BPF half, so that an app counts its own actions
 * only. The user half, before load:
 *
 *	skel->rodata->self = app_self();
 *
 * The BPF half (common/self.bpf.h): const volatile struct self self; is_self(&self).
 */
#ifndef SELF_H
#define SELF_H

struct self {
	__u64 pidns_dev; /* of app_pid_namespace() */
	__u64 pidns_ino;
	__u32 pid; /* in that namespace */
	__u32 pad;
};

#ifndef __bpf__
struct self app_self(void);
#endif

#endif
