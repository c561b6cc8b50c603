/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* As parisc's, but eight arguments of a function are in registers, as those of a system call are. */
#include "parisc.h"

#define __PT_PARM5_REG gr[22]
#define __PT_PARM6_REG gr[21]
#define __PT_PARM7_REG gr[20]
#define __PT_PARM8_REG gr[19]
