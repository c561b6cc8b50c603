/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* The registers of a 64-bit PA-RISC kernel at a probe. */
struct pt_regs {
	__u64 gr[32], fr[32];
	__u64 sr[8], iasq[2], iaoq[2];
	__u64 cr27, pad0, orig_r28, ksp, kpc, sar, iir, isr, ior, ipsw;
};
