// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The smallest BPF program that shows that it runs: the kernel calls it on each
 * write(2) of any process; for the writes of its own user half it counts and prints
 * a line. It reads no kernel type, so it needs no BTF in the kernel.
 *
 * Needs: Linux 5.2 (global variables), tracepoints of system calls
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "common/self.bpf.h"

/* The user half sets these before load: constants to the verifier. */
const volatile struct self self; /* its process */
const volatile __u32 token;	 /* marks its lines in the trace */

/* The user half reads and writes these while the program runs. */
bool armed;
__u32 triggered;

SEC("tp/syscalls/sys_enter_write")
int on_write(void *ctx)
{
	if (!armed || !is_self(&self))
		return 0;

	triggered++; /* not atomic: the user half is one thread */
	bpf_printk("BPF triggered from PID %u. (%x #%u)", self.pid, token, triggered);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
