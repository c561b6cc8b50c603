// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Random programs that the verifier takes.  Registers hold numbers, never addresses; memory is
 * the map, by the register that holds its address, and some words of the stack.  A program is a
 * row of units, with a function behind it: a unit is an instruction with what it needs, a loop that
 * ends, or a call.  Branches go forward from unit to unit.
 */
#include <string.h>
#include <unistd.h>

#include "lab.h"

static const struct variant *usable[256];
static unsigned int n_usable;
static bool can_call;

/* Calls are made apart; jumps without a condition and shifts by any count are made in no program. */
static bool is_material(const struct variant *variant)
{
	uint8_t code = variant->insn.code, class = BPF_CLASS(code), op = BPF_OP(code);

	return !variant->beyond && !((class == BPF_JMP || class == BPF_JMP32) &&
				     (op == BPF_JA || op == BPF_CALL || op == BPF_JCOND));
}

void generate_open(struct kernel *kernel)
{
	bool has_jit = !set_mode(find_mode("jit"));
	static struct program prog;
	unsigned int n;
	const struct variant *variants = isa_variants(false, &n);

	if (!has_jit)
		set_mode(find_mode("interpreter"));
	n_usable = 0;
	for (unsigned int i = 0; i < n; i++) {
		bool calls = !strcmp(variants[i].name, "call-local");
		int fd;

		if (!is_material(&variants[i]) && !calls)
			continue;
		isa_build(&variants[i], 0, kernel->map_fd, &prog);
		fd = kernel_load(kernel, prog.insns, prog.n, 0, false);
		if (fd < 0)
			continue;
		if (calls)
			can_call = !has_jit || kernel_jited(fd);
		else if (!has_jit || kernel_jited(fd))
			usable[n_usable++] = &variants[i];
		close(fd);
	}
	if (!n_usable)
		bail_out("the kernel loads no instruction at all");
}

/* --- one program --- */

#define STACK_LOW  (-64) /* the words of the stack that are used ... */
#define STACK_HIGH (-16)
#define MAP_WORDS  8  /* ... and of the map's memory operands */
#define FURTHEST   10 /* units that a jump may skip */

static uint64_t state;

static unsigned int below(unsigned int n)
{
	return random_below(&state, n);
}

/* Registers that units leave alone: the map's address, the counter of a loop. */
static unsigned int reserved;
static bool in_function; /* which has no map */

static unsigned int some_register(void)
{
	unsigned int reg;

	do
		reg = below(10);
	while (reserved & 1u << reg);
	return reg;
}

static uint64_t some_value(void)
{
	return below(2) ? values[below(n_values)] : next_random(&state) >> below(64);
}

static int32_t some_immediate(void)
{
	return below(2) ? immediates[below(n_immediates)] :
			  (int32_t)next_random(&state) >> below(32);
}

static void emit_alu(struct program *prog, struct bpf_insn insn)
{
	uint8_t op = BPF_OP(insn.code);
	unsigned int width = BPF_CLASS(insn.code) == BPF_ALU64 ? 64 : 32;
	bool shift = op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH;

	insn.dst_reg = some_register();
	if (op == BPF_END || op == BPF_NEG) {
		;
	} else if (BPF_SRC(insn.code) == BPF_X) {
		insn.src_reg = some_register();
		if (shift)
			emit(prog, ALU64_IMM(BPF_AND, insn.src_reg, width - 1));
	} else if (shift) {
		insn.imm = below(width);
	} else {
		insn.imm = some_immediate();
		if (!insn.imm && (op == BPF_DIV || op == BPF_MOD))
			insn.imm = 1;
	}
	emit(prog, insn);
}

static void emit_memory(struct program *prog, struct bpf_insn insn)
{
	static const unsigned int sizes[] = { 4, 2, 1, 8 };
	unsigned int size = sizes[BPF_SIZE(insn.code) >> 3];
	bool loads = BPF_CLASS(insn.code) == BPF_LDX ||
		     (BPF_MODE(insn.code) == BPF_ATOMIC && insn.imm == BPF_LOAD_ACQ);
	bool on_stack = in_function || below(2);
	unsigned int words = on_stack ? (STACK_HIGH - STACK_LOW) / 8 : MAP_WORDS;
	unsigned int base = on_stack ? BPF_REG_10 : prog->base, data = some_register();

	insn.off = (on_stack ? STACK_LOW : AT(mem)) + 8 * below(words) + size * below(8 / size);
	insn.dst_reg = loads ? data : base;
	insn.src_reg = loads ? base : data;
	if (BPF_CLASS(insn.code) == BPF_ST) {
		insn.src_reg = 0;
		insn.imm = some_immediate();
	}
	emit(prog, insn);
}

/* Where it goes is filled in when the rest of the program is there. */
static void emit_branch(struct program *prog, struct bpf_insn insn)
{
	insn.dst_reg = some_register();
	if (BPF_SRC(insn.code) == BPF_X)
		insn.src_reg = some_register();
	else
		insn.imm = some_immediate();
	emit(prog, insn);
}

static bool is_branch(const struct bpf_insn *insn)
{
	unsigned int class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_JA && op != BPF_CALL &&
	       op != BPF_EXIT;
}

static void emit_instruction(struct program *prog, struct bpf_insn insn)
{
	uint64_t value;

	switch (BPF_CLASS(insn.code)) {
	case BPF_ALU:
	case BPF_ALU64:
		emit_alu(prog, insn);
		break;
	case BPF_JMP:
	case BPF_JMP32:
		emit_branch(prog, insn);
		break;
	case BPF_LD:
		value = some_value();
		emit(prog, INSN(insn.code, some_register(), 0, 0, (int32_t)value));
		emit(prog, INSN(0, 0, 0, 0, (int32_t)(value >> 32)));
		break;
	default:
		emit_memory(prog, insn);
	}
}

/* One to four turns; the body leaves the counter alone, which is not r0: compare-and-exchange writes that. */
static void emit_loop(struct program *prog)
{
	unsigned int before = reserved, counter, start, units = 1 + below(3);

	do
		counter = some_register();
	while (!counter);
	emit(prog, ALU64_IMM(BPF_AND, counter, 3));
	start = prog->n;
	reserved |= 1u << counter;
	while (units--) {
		const struct bpf_insn *insn;

		do
			insn = &usable[below(n_usable)]->insn;
		while (is_branch(insn));
		emit_instruction(prog, *insn);
	}
	reserved = before;
	emit(prog, ALU64_IMM(BPF_ADD, counter, -1));
	emit(prog, INSN(BPF_JMP | BPF_JSGT | BPF_K, counter, 0, (int)start - (int)prog->n - 1, 0));
}

/* Registers that a call leaves unset are loaded again. */
static void emit_call(struct program *prog)
{
	emit(prog, INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0));
	for (unsigned int reg = BPF_REG_1; reg <= BPF_REG_5; reg++)
		emit(prog, LDX(BPF_DW, reg, prog->base, REG_AT(in, reg)));
}

static void emit_units(struct program *prog, unsigned int units)
{
	static unsigned int unit_at[PROGRAM_MAX]; /* the first instruction of each unit */

	for (unsigned int i = 0; i < units; i++) {
		unit_at[i] = prog->n;
		if (!below(24))
			emit_loop(prog);
		else if (!below(24) && can_call && !in_function && prog->base >= BPF_REG_6)
			emit_call(prog);
		else
			emit_instruction(prog, usable[below(n_usable)]->insn);
	}
	unit_at[units] = prog->n;
	for (unsigned int i = 0; i < units; i++) {
		struct bpf_insn *insn = &prog->insns[unit_at[i]];
		unsigned int to = i + 2 + below(FURTHEST);

		if (is_branch(insn))
			insn->off = unit_at[to < units ? to : units] - unit_at[i] - 1;
	}
}

/* The words of the stack that are used are set. */
static void emit_stack(struct program *prog)
{
	for (int offset = STACK_LOW; offset < STACK_HIGH; offset += 8)
		emit(prog, STX(BPF_DW, BPF_REG_10, offset, some_register()));
}

/* r0 = f(r1 ... r5): all registers are set from the arguments. */
static void emit_function(struct program *prog, unsigned int units)
{
	unsigned int at = prog->n;

	for (unsigned int i = prog->first; i < at; i++)
		if (prog->insns[i].code == (BPF_JMP | BPF_CALL))
			prog->insns[i].imm = at - i - 1;
	in_function = true;
	emit(prog, MOV64_REG(BPF_REG_0, BPF_REG_1));
	for (unsigned int reg = BPF_REG_6; reg <= BPF_REG_9; reg++)
		emit(prog, MOV64_REG(reg, reg - 5));
	emit_stack(prog);
	emit_units(prog, units);
	emit(prog, EXIT());
	in_function = false;
}

static uint64_t state_of(uint64_t seed, unsigned int number)
{
	uint64_t mixed = (seed + 1) * 0x9e3779b97f4a7c15ULL + number * 0xbf58476d1ce4e5b9ULL;

	mixed ^= mixed >> 31;
	return mixed ? mixed : 1;
}

void generate(uint64_t seed, unsigned int number, unsigned int len, int map_fd,
	      struct program *prog)
{
	bool calls = false;

	state = state_of(seed, number);
	/* Not in r0, which compare-and-exchange writes. */
	prologue(prog, 1 + below(9), map_fd);
	reserved = 1u << prog->base;
	prog->number = number;
	prog->tested = prog->first;
	emit_stack(prog);
	emit_units(prog, len);
	epilogue(prog);
	for (unsigned int i = prog->first; i < prog->end; i++)
		calls |= prog->insns[i].code == (BPF_JMP | BPF_CALL);
	if (calls)
		emit_function(prog, 1 + len / 4);
}

void generate_operands(uint64_t seed, unsigned int number, unsigned int k, struct area *area)
{
	state = state_of(seed ^ 0x5555555555555555ULL, number) + k;
	fill_operands(&state, area);
	for (unsigned int i = 0; i < 10; i++)
		area->in[i] = some_value();
	for (unsigned int i = 0; i < MAP_WORDS; i++)
		area->mem[i] = some_value();
}
