/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* arm's registers at a probe; a BPF program's long has 64 bits, so they are no longs here. */
struct pt_regs {
	__u32 uregs[18];
};
