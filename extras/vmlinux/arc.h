/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * ARC HS' registers at a probe: struct pt_regs of arch/arc/include/asm/ptrace.h, with the
 * accumulator's (CONFIG_ARC_HAS_ACCL_REGS). libbpf looks for them in user_regs_struct, by
 * which ptrace shows them in another order; the kernel hands out the former all the same.
 * A BPF program's long has 64 bits, so they are no longs here.
 */
struct user_regs_struct {
	struct {
		__u32 orig_r0, ecr, bta, fp, r30, r12, gp, r58, r59, sp;
		__u32 r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11;
		__u32 blink, lp_end, lp_start, lp_count, ei, ldi, jli, ret, status32;
	} scratch;
};
