/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of spin_lock share: fixed-size types, no hidden padding. */
#ifndef SPIN_LOCK_H
#define SPIN_LOCK_H

/* A transfer subtracts from one field and adds to the other: the sum never changes. */
struct locked_account {
	struct bpf_spin_lock lock; /* 32 bits; user space reads 0 */
	__u32 transfers;
	__s64 from, to;
};

#endif
