/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef TAIL_CALL_H
#define TAIL_CALL_H

/* The slots of the table. */
enum {
	SLOT_RED,
	SLOT_BLUE,
	SLOT_CHAIN,
	SLOT_EMPTY,
	SLOTS,
};

#define BLUE_RETURNS 42
#define CHAIN_MAX    33 /* tail calls in a row; some JITs before Linux 5.17 take one fewer */

#endif
