/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* riscv32's registers at a probe, in the kernel and as libbpf's bpf_tracing.h names them. */
struct user_regs_struct {
	__u32 pc, ra, sp, gp, tp;
	__u32 t0, t1, t2, s0, s1;
	__u32 a0, a1, a2, a3, a4, a5, a6, a7;
	__u32 s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
	__u32 t3, t4, t5, t6;
};
struct pt_regs {
	__u32 epc, ra, sp, gp, tp;
	__u32 t0, t1, t2, s0, s1;
	__u32 a0, a1, a2, a3, a4, a5, a6, a7;
	__u32 s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
	__u32 t3, t4, t5, t6;
	__u32 status, badaddr, cause, orig_a0;
};
