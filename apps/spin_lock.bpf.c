// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A lock inside a map's value: several CPUs change the value at once, and no BPF
 * program sees it half changed, nor does user space if it reads with BPF_F_LOCK. The
 * verifier makes sure that a lock is released, and that nothing is called while it is
 * held.
 *
 * Needs: Linux 5.2 (global variables)
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "spin_lock.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct locked_account);
} accounts SEC(".maps");

bool stop; /* the first process of the user half tells the others to stop */

/* The same count without a lock, for comparison. */
volatile __u32 unlocked;

SEC("tc")
int transfer(struct __sk_buff *ctx)
{
	struct locked_account *account;
	__u32 key = 0;

	account = bpf_map_lookup_elem(&accounts, &key);
	if (!account)
		return 0;
	unlocked++;

	bpf_spin_lock(&account->lock);
	account->transfers++;
	account->from--;
	account->to++;
	bpf_spin_unlock(&account->lock);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
