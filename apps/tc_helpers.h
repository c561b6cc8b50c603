/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* What the programs of tc_helpers write into frames. */
#ifndef TC_HELPERS_H
#define TC_HELPERS_H

#define NEW_SEQ	    0x12345678
#define NEW_TTL	    5
#define NEW_PORT    4321
#define NEW_ADDRESS 0xc6336407 /* 198.51.100.7 */

#endif
