/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef LOOP_H
#define LOOP_H

#define PLAIN_MAX	100
#define HELPER_MAX	(1 << 23)	/* the kernel's BPF_MAX_LOOPS */

struct loop_outcome {
	__u64 sum;	/* of the turns' numbers, that of the one that broke out excluded */
	__s32 turns;	/* that one included; negative: an error */
	__u32 unused;
};

#endif
