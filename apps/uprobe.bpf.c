// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A uprobe and a uretprobe: BPF programs at the entry and at the return of a
 * function of a program in user space, here of the user half itself. The section
 * names file and function; libbpf looks the function up in the file's symbols.
 * Pointers are the process's: what they point to is copied by a helper.
 *
 * Needs: Linux 5.2 (global variables), uprobes
 */
/* Registers lie the same way in every kernel: CO-RE, which takes BTF, is not needed. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "common/self.bpf.h"
#include "uprobe.h"

/* The probes are in the file: whoever runs it comes by. */
const volatile struct self self;

struct call seen;	/* the last one */

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
