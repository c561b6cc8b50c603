/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Per-CPU maps: each CPU counts for itself, and the user half adds up.
 */
#ifndef CPUS_H
#define CPUS_H

#include <linux/types.h>

struct bpf_map;

/*
 * Adds up what all CPUs have counted in a per-CPU map whose values are __u64.
 * @sum: 0 if it cannot be read
 * Returns 0 or a negative errno.
 */
int cpus_sum(const struct bpf_map *map, __u32 key, __u64 *sum);

#endif
