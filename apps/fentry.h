/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of fentry share: fixed-size types, no hidden padding. */
#ifndef FENTRY_H
#define FENTRY_H

struct event {
	__u64 inode;
	__s64 offset;
	__s64 length;
	__s32 mode;
	__u32 pid; /* the kernel's number */
	char comm[16];
};

#endif
