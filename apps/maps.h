/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of maps share: fixed-size types, no hidden padding. */
#ifndef MAPS_H
#define MAPS_H

#define RUNS 10 /* of each BPF program */
#define ROOM 8	/* entries of a map that gets full */

/* The key of an LPM trie: how many bits count, then those bits, highest first. */
struct lpm_key {
	__u32 bits;
	__u8 address[4];
};

#endif
