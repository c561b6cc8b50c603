/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* ppc64's registers at a probe. */
struct pt_regs {
	__u64 gpr[32];
	__u64 nip, msr, orig_gpr3, ctr, link, xer, ccr, softe, trap, dar, dsisr, result;
};
