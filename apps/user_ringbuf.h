/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of user_ringbuf share: fixed-size types, no hidden padding. */
#ifndef USER_RINGBUF_H
#define USER_RINGBUF_H

struct user_sample {
	__u32 seq;   /* from 0 */
	__u32 check; /* not seq, so that damage is seen */
};

#endif
