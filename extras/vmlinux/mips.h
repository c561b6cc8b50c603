/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* mips' registers at a probe, in a kernel for 32 bits: pad0 has the arguments on the stack. */
struct pt_regs {
	__u32 pad0[8];
	__u32 regs[32];
	__u32 cp0_status, hi, lo, cp0_badvaddr, cp0_cause, cp0_epc;
};
