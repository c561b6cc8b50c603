/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* LoongArch's registers at a probe, in the kernel and as libbpf's bpf_tracing.h names them. */
struct pt_regs {
	__u64 regs[32];
	__u64 orig_a0;
	__u64 csr_era, csr_badvaddr, csr_crmd, csr_prmd, csr_euen, csr_ecfg, csr_estat;
};
struct user_pt_regs {
	__u64 regs[32];
	__u64 orig_a0;
	__u64 csr_era, csr_badv;
};
