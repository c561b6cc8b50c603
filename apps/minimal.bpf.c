// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The smallest BPF program that shows that it runs: it is called on each
 * write(2) of any process, and for those of its own user half it counts and
 * prints a line. It reads no kernel type, so it needs no BTF in the kernel.
 *
 * Needs: Linux 5.2 (global variables), tracepoints of system calls
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "common/pid.bpf.h"

/* Written by the user half before load: constants to the verifier. */
const volatile __u64 pidns_dev, pidns_ino;
const volatile __u32 token;

/* Shared with the user half while the program runs. */
__u32 writer;		/* PID whose writes count; 0: nobody's */
__u32 triggered;

SEC("tp/syscalls/sys_enter_write")
int on_write(void *ctx)
{
	__u32 pid = current_pid(pidns_dev, pidns_ino);

	if (!pid || pid != writer)
		return 0;

	triggered++;	/* not atomic: the writer is one thread */
	bpf_printk("BPF triggered from PID %u. (%x #%u)", pid, token,
		   triggered);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
