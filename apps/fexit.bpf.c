// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * fexit: a BPF program at the return of a kernel function that gets both the
 * function's arguments and its return value. A kretprobe has the value only: for the
 * arguments it needs a second program at the entry, and a map between them. Here the
 * program adds up in a hash map, by result, what the calls requested. A call is not
 * seen if another program is attached to the same function, or detached from it,
 * during the call: the kernel then leaves out the programs at the return.
 *
 * Needs: Linux 5.5, BTF, a JIT with trampolines
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"
#include "fexit.h"

const volatile struct self self;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __s32); /* what the function returned */
	__type(value, struct outcome);
} outcomes SEC(".maps");

SEC("fexit/vfs_fallocate")
int BPF_PROG(after_fallocate, struct file *file, int mode, loff_t offset, loff_t length, int ret)
{
	struct outcome first = { .calls = 1, .bytes = length };
	struct outcome *outcome;

	if (!is_self(&self))
		return 0;
	outcome = bpf_map_lookup_elem(&outcomes, &ret);
	if (outcome) {
		outcome->calls++; /* not atomic: one thread calls */
		outcome->bytes += length;
	} else {
		bpf_map_update_elem(&outcomes, &ret, &first, BPF_NOEXIST);
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
