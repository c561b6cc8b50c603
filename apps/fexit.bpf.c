// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * fexit: a BPF program at the return of a function of the kernel that gets both
 * the function's arguments and its return value. A kretprobe has the value alone:
 * to know what was asked for, it needs a second program at the entry and a map
 * between them. Here it sums up in a hash map, by result, what was asked for.
 * It does not see a call that is under way while another program comes to the same
 * function or goes from it: the kernel then leaves out what was to run at the return.
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
	__type(key, __s32);	/* what the function returned */
	__type(value, struct outcome);
} outcomes SEC(".maps");

SEC("fexit/vfs_fallocate")
int BPF_PROG(after_fallocate, struct file *file, int mode, loff_t offset, loff_t length,
	     int ret)
{
	struct outcome first = { .calls = 1, .bytes = length };
	struct outcome *outcome;

	if (!is_self(&self))
		return 0;
	outcome = bpf_map_lookup_elem(&outcomes, &ret);
	if (outcome) {
		outcome->calls++;	/* not atomic: one thread calls */
		outcome->bytes += length;
	} else {
		bpf_map_update_elem(&outcomes, &ret, &first, BPF_NOEXIST);
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
