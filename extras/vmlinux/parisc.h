/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* parisc's registers at a probe; a BPF program's long has 64 bits, so they are no longs here. */
struct pt_regs {
	__u32 gr[32];
	__u64 fr[32];
	__u32 sr[8], iasq[2], iaoq[2];
	__u32 cr27, pad0, orig_r28, ksp, kpc, sar, iir, isr, ior, ipsw;
};
