// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Statistics without locks or atomics: in a per-CPU array each CPU has a copy of its
 * own, and a BPF program stays on the CPU on which it began. A lookup finds the copy
 * of that CPU; user space reads all copies at once, and adds them up.
 *
 * Needs: Linux 5.2 (global variables)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "percpu.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_stats);
} stats SEC(".maps");

SEC("tc")
int count(struct __sk_buff *ctx)
{
	struct cpu_stats *own;
	__u32 key = 0;

	own = bpf_map_lookup_elem(&stats, &key);
	if (!own)
		return 0;
	own->runs++;
	own->cpus += bpf_get_smp_processor_id();
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
