/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* sparc64's registers at a probe, and the names by which libbpf's bpf_tracing.h finds them. */
struct pt_regs {
	__u64 u_regs[16]; /* globals, ins */
	__u64 tstate, tpc, tnpc;
	__u32 y, magic;
};
#define UREG_I0	 8
#define UREG_I1	 9
#define UREG_I2	 10
#define UREG_I3	 11
#define UREG_I4	 12
#define UREG_I5	 13
#define UREG_FP	 14
#define UREG_I7	 15
#define __arch64__ 1 /* bpf_tracing.h: tpc is the program counter */
