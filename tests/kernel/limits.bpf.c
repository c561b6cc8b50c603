// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* More branches than the verifier follows at once. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("?tc")
__attribute__((naked)) int branches(struct __sk_buff *ctx)
{
	asm volatile("r2 = *(u32 *)(r1 + %[len])\n"
		     "r3 = *(u32 *)(r1 + %[mark])\n"
		     ".rept 9000\n"
		     "if r2 > r3 goto +0\n"
		     ".endr\n"
		     "r0 = 0\n"
		     "exit\n"
		     :: [len] "i"(__builtin_offsetof(struct __sk_buff, len)),
			[mark] "i"(__builtin_offsetof(struct __sk_buff, mark)));
}

char LICENSE[] SEC("license") = "GPL";
