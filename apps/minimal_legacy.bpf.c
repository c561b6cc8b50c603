// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Like minimal, a program on the tracepoint of write(2), but for kernels older than
 * 2019: no global variables (Linux 5.2), no CO-RE, no ring buffer, no helper that is
 * newer than Linux 4.7. The two halves share a map only, which has an entry for each
 * process name whose writes are counted.
 *
 * Needs: Linux 4.7, tracepoints of system calls
 */
#include "vmlinux.h"
#define BPF_NO_GLOBAL_DATA
#include <bpf/bpf_helpers.h>

struct name {
	char text[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, struct name);
	__type(value, __u64);
} writes SEC(".maps");

SEC("tp/syscalls/sys_enter_write")
int count_write(void *ctx)
{
	struct name name = {};
	__u64 *count;

	bpf_get_current_comm(&name, sizeof(name));
	count = bpf_map_lookup_elem(&writes, &name);
	if (count)
		(*count)++; /* not atomic: only one thread has the name */
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
