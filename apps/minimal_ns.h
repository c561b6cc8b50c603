/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of minimal_ns share: fixed-size types, no hidden padding. */
#ifndef MINIMAL_NS_H
#define MINIMAL_NS_H

struct event {
	__u32 pid;	  /* in the PID namespace that is watched */
	__u32 kernel_pid; /* the kernel's own number */
};

#endif
