/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of raw_tp share. */
#ifndef RAW_TP_H
#define RAW_TP_H

#define COMM_LEN 16

struct event {
	char from[COMM_LEN];
	char to[COMM_LEN];
};

#endif
