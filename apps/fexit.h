/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of fexit share: fixed-size types, no hidden padding. */
#ifndef FEXIT_H
#define FEXIT_H

/* The calls with one result. */
struct outcome {
	__u64 calls;
	__u64 bytes; /* the sum of the bytes that they requested */
};

#endif
