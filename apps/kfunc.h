/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef KFUNC_H
#define KFUNC_H

#define COMM_LEN 16 /* the kernel's TASK_COMM_LEN */

#endif
