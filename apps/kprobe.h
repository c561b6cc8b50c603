/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of kprobe share: fixed-size types, no hidden padding. */
#ifndef KPROBE_H
#define KPROBE_H

struct event {
	__u32 pid; /* the kernel's number */
	__u8 is_return;
	__u8 pad[3];
	__s32 mode; /* entry: what was asked for */
	__s32 ret;  /* return: 0 or a negative errno */
	char comm[16];
};

#endif
