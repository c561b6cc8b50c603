// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * USDT: a BPF program on a probe that a program's author has put into it, with a
 * name and arguments that mean something (common/usdt.h makes one). The kernel knows
 * but the uprobe; libbpf reads from the file where the probe is and where each of
 * its arguments is to be found, and leaves that in a map for BPF_USDT to look up.
 *
 * Needs: Linux 5.8 (ring buffer), uprobes
 */
/* Registers lie the same way in every kernel: CO-RE, which takes BTF, is not needed. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>
#include "usdt.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

SEC("usdt")	/* the user half attaches it to testbench:step, in itself alone */
int BPF_USDT(on_step, long nth, long cube)
{
	struct event e = {
		.nth = nth,
		.cube = cube,
		.arguments = bpf_usdt_arg_cnt(ctx),
	};

	bpf_ringbuf_output(&events, &e, sizeof(e), 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
