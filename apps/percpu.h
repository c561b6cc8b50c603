/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Data that the two halves of percpu share: fixed-size types, a multiple of 8 bytes. */
#ifndef PERCPU_H
#define PERCPU_H

/* What one CPU counted. */
struct cpu_stats {
	__u64 runs;
	__u64 cpus; /* the numbers of the CPUs it ran on, added up */
};

#endif
