/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* mips64's registers at a probe. */
struct pt_regs {
	__u64 regs[32];
	__u64 cp0_status, hi, lo, cp0_badvaddr, cp0_cause, cp0_epc;
};
