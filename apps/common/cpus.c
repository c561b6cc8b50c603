// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See cpus.h. */
#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/cpus.h"

int cpus_sum(const struct bpf_map *map, __u32 key, __u64 *sum)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *values;
	int err = 0;
	int i;

	*sum = 0;
	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(bpf_map__fd(map), &key, values))
		err = -errno;
	for (i = 0; i < cpus; i++)
		*sum += values[i];
	free(values);
	return err;
}
