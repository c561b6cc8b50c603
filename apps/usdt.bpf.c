// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * USDT: a BPF program on a probe that the author of a program has put into its source,
 * with a name and arguments (common/usdt.h makes one). To the kernel it is a uprobe;
 * libbpf reads from the file where the probe is and where each of its arguments is,
 * and leaves that in a map, where BPF_USDT looks it up.
 *
 * Needs: Linux 5.8 (ring buffer), uprobes
 */
/* The layout of registers is the same in every kernel: no CO-RE, so no BTF is needed. */
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

SEC("usdt") /* the user half attaches it to testbench:step, in its own process only */
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
