/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of profile share: fixed-size types, no hidden padding. */
#ifndef PROFILE_H
#define PROFILE_H

#define DEPTH 32

/* A sample of the stack: return addresses, the innermost first. */
struct stack_sample {
	__s32 kernel_bytes; /* of addresses; negative: there are none */
	__s32 user_bytes;
	__u64 kernel[DEPTH];
	__u64 user[DEPTH];
};

#endif
