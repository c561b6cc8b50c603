// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A uprobe and a uretprobe: BPF programs at the entry and at the return of a function
 * of a program in user space, here of the user half itself. The section names file and
 * function; libbpf looks the function up in the file's symbols. Pointers are addresses
 * of the process: a helper copies the data that they point to.
 *
 * Needs: Linux 5.2 (global variables), uprobes
 */
/* The layout of registers is the same in every kernel: no CO-RE, so no BTF is needed. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"
#include "uprobe.h"

/* Every process that runs the file calls the probes. */
const volatile struct self self;

struct call seen; /* the last call */

SEC("uprobe//proc/self/exe:multiply")
int BPF_UPROBE(on_multiply, int a, int b, const char *text)
{
	if (!is_self(&self))
		return 0;
	seen.a = a;
	seen.b = b;
	bpf_probe_read_user_str(seen.text, sizeof(seen.text), text);
	return 0;
}

SEC("uretprobe//proc/self/exe:multiply")
int BPF_URETPROBE(on_product, int ret)
{
	if (!is_self(&self))
		return 0;
	seen.ret = ret;
	seen.count++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
