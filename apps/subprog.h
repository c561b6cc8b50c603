/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef SUBPROG_H
#define SUBPROG_H

#define MAX_TERMS 100 /* the verifier walks through every iteration of the loop */
#define FUNCTIONS 3   /* of the BPF program, its entry included */

#endif
