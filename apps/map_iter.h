/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of map_iter share: fixed-size types, no hidden padding. */
#ifndef MAP_ITER_H
#define MAP_ITER_H

struct stock {
	__u64 pieces;
	__u32 price;
	__u32 pad;
};

#endif
