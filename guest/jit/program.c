// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The code before and after the tested part of each program. */
#include <string.h>

#include "lab.h"

void emit(struct program *prog, struct bpf_insn insn)
{
	if (prog->n == PROGRAM_MAX)
		bail_out("a program of more than %u instructions", PROGRAM_MAX);
	prog->insns[prog->n++] = insn;
}

void emit_wide(struct program *prog, unsigned int reg, unsigned int src, uint64_t value)
{
	emit(prog, INSN(BPF_LD | BPF_IMM | BPF_DW, reg, src, 0, (int32_t)value));
	emit(prog, INSN(0, 0, 0, 0, (int32_t)(value >> 32)));
}

void emit_area(struct program *prog, unsigned int reg, int map_fd)
{
	emit_wide(prog, reg, BPF_PSEUDO_MAP_VALUE, (uint64_t)AREA_PAD << 32 | (uint32_t)map_fd);
}

unsigned int functions_of(const struct bpf_insn *insns, unsigned int n, unsigned int *starts)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int start = i + 1 + insns[i].imm, at = 0;

		if (!IS_CALL(&insns[i]) && !IS_FUNC(&insns[i]))
			continue;
		while (at < count && starts[at] < start)
			at++;
		if ((at < count && starts[at] == start) || count == FUNCTIONS_MAX)
			continue;
		memmove(&starts[at + 1], &starts[at], (count++ - at) * sizeof(starts[0]));
		starts[at] = start;
	}
	return count;
}

bool needs_jit(const struct bpf_insn *insns, unsigned int n)
{
	bool functions = false, tail_call = false;

	for (unsigned int i = 0; i < n; i++) {
		if (IS_FUNC(&insns[i]))
			return true;
		functions |= IS_CALL(&insns[i]);
		tail_call |= IS_HELPER(&insns[i], BPF_FUNC_tail_call);
	}
	return functions && tail_call;
}

static void fill_registers(struct program *prog, int map_fd)
{
	unsigned int base = prog->base;

	if (prog->keeps_context)
		emit(prog, STX(BPF_DW, BPF_REG_10, CONTEXT_SLOT, BPF_REG_1));
	emit_area(prog, base, map_fd);
	emit(prog, LDX(BPF_DW, BPF_REG_0, base, AT(canary)));
	emit(prog, STX(BPF_DW, BPF_REG_10, CANARY_SLOT, BPF_REG_0));
	for (unsigned int reg = 0; reg < 10; reg++)
		if (reg != base)
			emit(prog, LDX(BPF_DW, reg, base, REG_AT(in, reg)));
}

static void leave_results(struct program *prog, bool returns_int)
{
	unsigned int base = prog->base;

	for (unsigned int reg = 0; reg < 10; reg++) {
		if (reg == base || prog->lost & 1u << reg)
			continue;
		/* The kernel's addresses are not the reference's; the distance is the same. */
		if (prog->addresses & 1u << reg)
			emit(prog, ALU64_REG(BPF_SUB, reg, base));
		emit(prog, STX(BPF_DW, base, REG_AT(out, reg), reg));
	}
	emit(prog, LDX(BPF_DW, BPF_REG_0, BPF_REG_10, CANARY_SLOT));
	emit(prog, STX(BPF_DW, base, AT(canary_out), BPF_REG_0));
	emit(prog, LDX(BPF_DW, BPF_REG_0, base, AT(ret)));
	if (returns_int)
		emit(prog, ALU64_IMM(BPF_AND, BPF_REG_0, INT32_MAX));
	emit(prog, EXIT());
}

void prologue(struct program *prog, unsigned int base, int map_fd)
{
	prog->n = prog->tail = 0;
	prog->base = base;
	prog->addresses = prog->lost = 0;
	fill_registers(prog, map_fd);
	prog->first = prog->n;
}

void epilogue(struct program *prog)
{
	prog->end = prog->n;
	leave_results(prog, false);
}

void begin_tail(struct program *prog, int map_fd)
{
	prog->tail = prog->n;
	fill_registers(prog, map_fd);
}

void end_tail(struct program *prog)
{
	leave_results(prog, prog->returns_int);
}
