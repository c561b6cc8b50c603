/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of ring share: fixed-size types, no hidden padding. */
#ifndef RING_H
#define RING_H

#define PAYLOAD_WORDS 4

struct event {
	__u64 time_ns;
	__u32 seq; /* from 0, for each buffer */
	__u32 cpu;
	__u32 payload[PAYLOAD_WORDS]; /* seq in each, so that damage is seen */
};

/* What the BPF program saw of one buffer. */
struct counts {
	__u32 produced;
	__u32 dropped; /* of those produced: no room */
};

#endif
