/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef LOOP_H
#define LOOP_H

#define PLAIN_MAX  100
#define HELPER_MAX (1 << 23) /* the kernel's BPF_MAX_LOOPS */

struct loop_outcome {
	__u64 sum;   /* of the numbers of the iterations, without the one that broke the loop */
	__s32 turns; /* including that one; negative: an error */
	__u32 unused;
};

#endif
