// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A ring buffer from user space to the kernel: user space writes samples, without a
 * system call for each, and the BPF program reads the samples that are there when it
 * runs. The kernel calls a function of the program for each sample; its return value
 * says whether to continue.
 *
 * Needs: Linux 6.1, a JIT
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "user_ringbuf.h"

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 64 * 1024); /* a multiple of every page size */
} samples SEC(".maps");

__u64 sum; /* of the seqs */
__u32 received;
__u32 wrong;   /* out of order, or damaged */
__s32 drained; /* samples of the last run, or a negative error */

static __u32 last_seq;

static long on_sample(struct bpf_dynptr *data, void *ctx)
{
	struct user_sample s;

	/* User space chose the length: check it. */
	if (bpf_dynptr_read(&s, sizeof(s), data, 0, 0)) {
		wrong++;
		return 0;
	}
	if (s.check != ~s.seq || (received && s.seq <= last_seq))
		wrong++;
	last_seq = s.seq;
	sum += s.seq;
	received++;
	return 0; /* 1 would leave the rest for the next run */
}

SEC("tc")
int drain(struct __sk_buff *ctx)
{
	/* The user half does not sleep: no wakeup is needed. */
	drained = bpf_user_ringbuf_drain(&samples, on_sample, NULL, BPF_RB_NO_WAKEUP);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
