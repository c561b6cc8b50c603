/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The registers of struct pt_regs by their roles, for BPF halves: what libbpf's bpf_tracing.h has of other
 * architectures.  Arguments from the fifth on are on the stack (arch/parisc/include/asm/ptrace.h and
 * syscall.h of Linux).
 */
#define bpf_target_defined

#define __PT_PARM1_REG gr[26]
#define __PT_PARM2_REG gr[25]
#define __PT_PARM3_REG gr[24]
#define __PT_PARM4_REG gr[23]

/* parisc does not select ARCH_HAS_SYSCALL_WRAPPER. */
#define PT_REGS_SYSCALL_REGS(ctx) ctx
#define __PT_PARM1_SYSCALL_REG __PT_PARM1_REG
#define __PT_PARM2_SYSCALL_REG __PT_PARM2_REG
#define __PT_PARM3_SYSCALL_REG __PT_PARM3_REG
#define __PT_PARM4_SYSCALL_REG __PT_PARM4_REG
#define __PT_PARM5_SYSCALL_REG gr[22]
#define __PT_PARM6_SYSCALL_REG gr[21]

#define __PT_RET_REG gr[2]
#define __PT_FP_REG gr[3]
#define __PT_RC_REG gr[28]
#define __PT_SP_REG gr[30]
#define __PT_IP_REG iaoq[0]
