/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * BPF instructions: what a cross compiler's linux/bpf.h may be too old for, and
 * macros that make instructions.
 */
#ifndef INSN_H
#define INSN_H

#include <linux/bpf.h>

#ifndef BPF_JMP32
#define BPF_JMP32 0x06
#endif
#ifndef BPF_ATOMIC
#define BPF_ATOMIC 0xc0
#endif
#ifndef BPF_FETCH
#define BPF_FETCH   0x01
#define BPF_XCHG    (0xe0 | BPF_FETCH)
#define BPF_CMPXCHG (0xf0 | BPF_FETCH)
#endif
#ifndef BPF_MEMSX
#define BPF_MEMSX 0x80
#endif
#ifndef BPF_PSEUDO_FUNC
#define BPF_PSEUDO_FUNC 4
#endif
/* Helpers, which are an enum there. */
#define HELPER_FOR_EACH 164
#define HELPER_LOOP	181
#ifndef BPF_JCOND
#define BPF_JCOND 0xe0
#endif
#ifndef BPF_LOAD_ACQ
#define BPF_LOAD_ACQ  0x100
#define BPF_STORE_REL 0x110
#endif

/* The offset of a signed DIV or MOD. */
#define SIGNED 1

#define INSN(c, d, s, o, i) \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })

#define MOV64_REG(d, s)	    INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV64_IMM(d, i)	    INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ALU64_REG(op, d, s) INSN(BPF_ALU64 | (op) | BPF_X, d, s, 0, 0)
#define ALU64_IMM(op, d, i) INSN(BPF_ALU64 | (op) | BPF_K, d, 0, 0, i)
#define LDX(size, d, s, o)  INSN(BPF_LDX | BPF_MEM | (size), d, s, o, 0)
#define STX(size, d, o, s)  INSN(BPF_STX | BPF_MEM | (size), d, s, o, 0)
#define JA(o)		    INSN(BPF_JMP | BPF_JA, 0, 0, o, 0)
#define CALL(helper)	    INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define EXIT()		    INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* The first half of an instruction of two, whose second half has code 0. */
#define IS_WIDE(insn) ((insn)->code == (BPF_LD | BPF_IMM | BPF_DW))

/* A call of a function, and an address of one, for a helper that calls it back. */
#define IS_CALL(insn) ((insn)->code == (BPF_JMP | BPF_CALL) && (insn)->src_reg == BPF_PSEUDO_CALL)
#define IS_FUNC(insn) (IS_WIDE(insn) && (insn)->src_reg == BPF_PSEUDO_FUNC)
#define IS_HELPER(insn, helper) \
	((insn)->code == (BPF_JMP | BPF_CALL) && (insn)->src_reg == 0 && \
	 (insn)->imm == (int)(helper))

#endif
