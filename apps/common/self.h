/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Who the user half is, in a form that the BPF half can know it by, so that an app
 * counts what it does itself and nobody else. The user half, before load:
 *
 *	skel->rodata->self = app_self();
 *
 * The BPF half (common/self.bpf.h): const volatile struct self self; is_self(&self).
 */
#ifndef SELF_H
#define SELF_H

struct self {
	__u64 pidns_dev;	/* as app_pid_namespace() gives them */
	__u64 pidns_ino;
	__u32 pid;		/* in that namespace */
	__u32 pad;
};

#ifndef __bpf__
struct self app_self(void);
#endif

#endif
