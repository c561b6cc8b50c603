// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Instructions as clang's assembler reads them. */
#include <stdio.h>

#include "lab.h"

static const char *const alu_ops[16] = {
	[BPF_ADD >> 4] = "+=",	[BPF_SUB >> 4] = "-=",	[BPF_MUL >> 4] = "*=",
	[BPF_DIV >> 4] = "/=",	[BPF_OR >> 4] = "|=",	[BPF_AND >> 4] = "&=",
	[BPF_LSH >> 4] = "<<=", [BPF_RSH >> 4] = ">>=", [BPF_MOD >> 4] = "%=",
	[BPF_XOR >> 4] = "^=",	[BPF_MOV >> 4] = "=",	[BPF_ARSH >> 4] = "s>>=",
};

static const char *const jump_ops[16] = {
	[BPF_JEQ >> 4] = "==",	 [BPF_JGT >> 4] = ">",	  [BPF_JGE >> 4] = ">=",
	[BPF_JSET >> 4] = "&",	 [BPF_JNE >> 4] = "!=",	  [BPF_JSGT >> 4] = "s>",
	[BPF_JSGE >> 4] = "s>=", [BPF_JLT >> 4] = "<",	  [BPF_JLE >> 4] = "<=",
	[BPF_JSLT >> 4] = "s<",	 [BPF_JSLE >> 4] = "s<=",
};

static const unsigned int bits[4] = {
	[BPF_W >> 3] = 32,
	[BPF_H >> 3] = 16,
	[BPF_B >> 3] = 8,
	[BPF_DW >> 3] = 64,
};

static void operand(const struct bpf_insn *insn, char reg, char *text, size_t size)
{
	if (BPF_SRC(insn->code) == BPF_X)
		snprintf(text, size, "%c%u", reg, insn->src_reg);
	else
		snprintf(text, size, "%d", insn->imm);
}

static void alu(const struct bpf_insn *insn, char *text, size_t size)
{
	char reg = BPF_CLASS(insn->code) == BPF_ALU64 ? 'r' : 'w', src[16];
	unsigned int op = BPF_OP(insn->code), dst = insn->dst_reg;

	operand(insn, reg, src, sizeof(src));
	if (op == BPF_END)
		snprintf(text, size, "r%u = %s%d r%u", dst,
			 BPF_CLASS(insn->code) == BPF_ALU64 ? "bswap" :
			 BPF_SRC(insn->code) == BPF_TO_LE   ? "le" :
							      "be",
			 insn->imm, dst);
	else if (op == BPF_NEG)
		snprintf(text, size, "%c%u = -%c%u", reg, dst, reg, dst);
	else if (op == BPF_MOV && insn->off)
		snprintf(text, size, "%c%u = (s%d)%s", reg, dst, insn->off, src);
	else if (!alu_ops[op >> 4])
		snprintf(text, size, "(code 0x%02x)", insn->code);
	else
		snprintf(text, size, "%c%u %s%s %s", reg, dst,
			 insn->off && op != BPF_MOV ? "s" : "", alu_ops[op >> 4], src);
}

static void jump(const struct bpf_insn *insn, char *text, size_t size)
{
	char reg = BPF_CLASS(insn->code) == BPF_JMP ? 'r' : 'w', src[16];
	unsigned int op = BPF_OP(insn->code);

	operand(insn, reg, src, sizeof(src));
	if (insn->code == (BPF_JMP | BPF_JA))
		snprintf(text, size, "goto %+d", insn->off);
	else if (insn->code == (BPF_JMP32 | BPF_JA))
		snprintf(text, size, "gotol %+d", insn->imm);
	else if (insn->code == (BPF_JMP | BPF_JCOND))
		snprintf(text, size, "may_goto %+d", insn->off);
	else if (insn->code == (BPF_JMP | BPF_EXIT))
		snprintf(text, size, "exit");
	else if (insn->code == (BPF_JMP | BPF_CALL))
		snprintf(text, size, insn->src_reg ? "call %+d" : "call %d", insn->imm);
	else if (jump_ops[op >> 4])
		snprintf(text, size, "if %c%u %s %s goto %+d", reg, insn->dst_reg,
			 jump_ops[op >> 4], src, insn->off);
	else
		snprintf(text, size, "(code 0x%02x)", insn->code);
}

static void atomic(const struct bpf_insn *insn, char *text, size_t size)
{
	unsigned int n = bits[BPF_SIZE(insn->code) >> 3], op = insn->imm & ~BPF_FETCH;
	char reg = n == 64 ? 'r' : 'w', at[32];
	const char *name = op == BPF_ADD ? "add" :
			   op == BPF_OR	 ? "or" :
			   op == BPF_AND ? "and" :
					   "xor";

	snprintf(at, sizeof(at), "(u%u *)(r%u %+d)", n, insn->dst_reg, insn->off);
	if (insn->imm == BPF_LOAD_ACQ)
		snprintf(text, size, "%c%u = load_acquire((u%u *)(r%u %+d))", reg, insn->dst_reg, n,
			 insn->src_reg, insn->off);
	else if (insn->imm == BPF_STORE_REL)
		snprintf(text, size, "store_release(%s, %c%u)", at, reg, insn->src_reg);
	else if (insn->imm == BPF_CMPXCHG)
		snprintf(text, size,
			 n == 64 ? "r0 = cmpxchg_64(r%u %+d, r0, r%u)" :
				   "w0 = cmpxchg32_32(r%u %+d, w0, w%u)",
			 insn->dst_reg, insn->off, insn->src_reg);
	else if (insn->imm == BPF_XCHG)
		snprintf(text, size, "%c%u = xchg%s(r%u %+d, %c%u)", reg, insn->src_reg,
			 n == 64 ? "_64" : "32_32", insn->dst_reg, insn->off, reg, insn->src_reg);
	else if (insn->imm & BPF_FETCH)
		snprintf(text, size, "%c%u = atomic_fetch_%s(%s, %c%u)", reg, insn->src_reg, name,
			 at, reg, insn->src_reg);
	else
		snprintf(text, size, "lock *%s %s %c%u", at,
			 alu_ops[op >> 4] ? alu_ops[op >> 4] : "?", reg, insn->src_reg);
}

static struct {
	int fd;
	const char *name;
} maps[4];

void disasm_map(int fd, const char *name)
{
	for (unsigned int i = 0; i < N_OF(maps); i++)
		if (!maps[i].name || maps[i].fd == fd) {
			maps[i].fd = fd;
			maps[i].name = name;
			return;
		}
}

static const char *name_of_map(int fd)
{
	for (unsigned int i = 0; i < N_OF(maps); i++)
		if (maps[i].name && maps[i].fd == fd)
			return maps[i].name;
	return "map";
}

void disasm(const struct bpf_insn *insn, char *text, size_t size)
{
	unsigned int class = BPF_CLASS(insn->code), n = bits[BPF_SIZE(insn->code) >> 3];

	if (class == BPF_ALU || class == BPF_ALU64)
		alu(insn, text, size);
	else if (class == BPF_JMP || class == BPF_JMP32)
		jump(insn, text, size);
	else if (IS_WIDE(insn) && insn->src_reg == BPF_PSEUDO_MAP_VALUE)
		snprintf(text, size, "r%u = area ll", insn->dst_reg);
	else if (IS_WIDE(insn) && insn->src_reg == BPF_PSEUDO_MAP_FD)
		snprintf(text, size, "r%u = %s ll", insn->dst_reg, name_of_map(insn->imm));
	else if (IS_FUNC(insn))
		snprintf(text, size, "r%u = function %+d ll", insn->dst_reg, insn->imm);
	else if (IS_WIDE(insn))
		snprintf(text, size, "r%u = 0x%llx ll", insn->dst_reg,
			 (unsigned long long)(uint32_t)insn[1].imm << 32 | (uint32_t)insn->imm);
	else if (class == BPF_LDX)
		snprintf(text, size, "r%u = *(%c%u *)(r%u %+d)", insn->dst_reg,
			 BPF_MODE(insn->code) == BPF_MEMSX ? 's' : 'u', n, insn->src_reg,
			 insn->off);
	else if (class == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC)
		atomic(insn, text, size);
	else if (class == BPF_STX)
		snprintf(text, size, "*(u%u *)(r%u %+d) = r%u", n, insn->dst_reg, insn->off,
			 insn->src_reg);
	else if (class == BPF_ST)
		snprintf(text, size, "*(u%u *)(r%u %+d) = %d", n, insn->dst_reg, insn->off,
			 insn->imm);
	else
		snprintf(text, size, "(code 0x%02x)", insn->code);
}
