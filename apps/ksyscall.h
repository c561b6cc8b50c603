/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of ksyscall share: fixed-size types, no hidden padding. */
#ifndef KSYSCALL_H
#define KSYSCALL_H

struct event {
	__u32 caller; /* PID, the kernel's number */
	__s32 pid;    /* the arguments of kill(2) ... */
	__s32 sig;
	__s32 ret; /* ... and its result: 0 or a negative errno */
	char comm[16];
};

#endif
