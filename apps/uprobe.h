/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of uprobe share: fixed-size types, no hidden padding. */
#ifndef UPROBE_H
#define UPROBE_H

struct call {
	__s32 a, b;    /* the function's arguments */
	__s32 ret;     /* what it returned */
	__u32 count;   /* calls so far */
	char text[16]; /* what its third argument points to */
};

#endif
