/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* ppc's registers at a probe; a BPF program's long has 64 bits, so they are no longs here. */
struct pt_regs {
	__u32 gpr[32];
	__u32 nip, msr, orig_gpr3, ctr, link, xer, ccr, mq, trap, dar, dsisr, result;
};
