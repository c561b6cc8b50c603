// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A lock inside a map's value: several CPUs change it at once, and yet nobody ever
 * sees it half changed, user space neither, if it asks for that (BPF_F_LOCK). The
 * verifier sees to it that what is locked gets unlocked, and that nothing is called
 * in between.
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

bool stop;		/* told by the first process of the user half to the others */

/* The same count without any lock: what goes wrong then. */
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
