/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of usdt share: fixed-size types, no hidden padding. */
#ifndef USDT_APP_H
#define USDT_APP_H

struct event {
	__s64 nth; /* the probe's arguments */
	__s64 cube;
	__u32 arguments; /* how many it has */
	__u32 pad;
};

#endif
