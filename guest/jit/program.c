// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The code before and after the tested part of each program. */
#include "lab.h"

void emit(struct program *prog, struct bpf_insn insn)
{
	if (prog->n == PROGRAM_MAX)
		bail_out("a program of more than %u instructions", PROGRAM_MAX);
	prog->insns[prog->n++] = insn;
}

static void fill_registers(struct program *prog, int map_fd)
{
	unsigned int base = prog->base;

	if (prog->keeps_context)
		emit(prog, STX(BPF_DW, BPF_REG_10, CONTEXT_SLOT, BPF_REG_1));
	emit(prog, INSN(BPF_LD | BPF_IMM | BPF_DW, base, BPF_PSEUDO_MAP_VALUE, 0, map_fd));
	emit(prog, INSN(0, 0, 0, 0, AREA_PAD));
	emit(prog, LDX(BPF_DW, BPF_REG_0, base, AT(canary)));
	emit(prog, STX(BPF_DW, BPF_REG_10, CANARY_SLOT, BPF_REG_0));
	for (unsigned int reg = 0; reg < 10; reg++)
		if (reg != base)
			emit(prog, LDX(BPF_DW, reg, base, REG_AT(in, reg)));
}

static void leave_results(struct program *prog)
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
	leave_results(prog);
}

void begin_tail(struct program *prog, int map_fd)
{
	prog->tail = prog->n;
	fill_registers(prog, map_fd);
}

void end_tail(struct program *prog)
{
	leave_results(prog);
}
