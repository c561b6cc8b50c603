// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Random programs that the verifier takes.  Between units, registers hold numbers and no addresses,
 * except the register with the map's address; memory is the map and some words of the stack.  A
 * program is a row of units, and behind them the functions and the second program that it calls.  A
 * unit is an instruction with what it needs, a loop that ends, or a call: of the function, of a
 * helper, which may call a function back, or a tail call of the second program.  Branches go forward
 * from unit to unit.
 */
#include <string.h>
#include <unistd.h>

#include "lab.h"

static const struct variant *usable[256];
static unsigned int n_usable;
/*
 * Kinds of units that are made of more than one instruction.  The kernel refuses some, and a JIT
 * that gives up on one leaves the whole program to the interpreter, so each is tried alone.
 */
enum kind {
	CALL_LOCAL,
	LOOKUP,
	UPDATE,
	DELETE,
	TAIL_CALL,
	LOOP,
	FOR_EACH,
	CALL_TAIL, /* a call of the function, which makes a tail call */
	N_KINDS
};
static bool can[N_KINDS];

/* Jumps without a condition are made in no program; so are shifts by a count beyond the width. */
static bool is_material(const struct variant *variant)
{
	uint8_t code = variant->insn.code, class = BPF_CLASS(code), op = BPF_OP(code);

	return !variant->beyond && !((class == BPF_JMP || class == BPF_JMP32) &&
				     (op == BPF_JA || op == BPF_CALL || op == BPF_JCOND));
}

/* Whether the kernel loads the program, and JITs it where it has a JIT. */
static bool is_loaded(struct kernel *kernel, const struct program *prog, bool has_jit)
{
	int fd = kernel_load_program(kernel, prog, 0, false);
	bool loaded = fd >= 0 && (!has_jit || kernel_jited(fd));

	if (fd >= 0)
		close(fd);
	return loaded;
}

static void generate_kind(const struct kernel *kernel, enum kind kind, struct program *prog);

static void collect(struct kernel *kernel, bool has_jit,
		    bool (*is_usable)(struct kernel *, const struct program *, bool))
{
	static struct program prog;
	unsigned int n;
	const struct variant *variants = isa_variants(false, &n);

	n_usable = 0;
	for (unsigned int i = 0; i < n; i++) {
		if (!is_material(&variants[i]))
			continue;
		isa_build(&variants[i], 0, kernel->map_fd, &prog);
		if (is_usable(kernel, &prog, has_jit))
			usable[n_usable++] = &variants[i];
	}
	if (!n_usable)
		bail_out("the kernel loads no instruction at all");
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		generate_kind(kernel, kind, &prog);
		can[kind] = is_usable(kernel, &prog, has_jit);
	}
}

void generate_open(struct kernel *kernel)
{
	bool has_jit = !set_mode(find_mode("jit"));

	if (!has_jit)
		set_mode(find_mode("interpreter"));
	collect(kernel, has_jit, is_loaded);
}

static bool is_anything(struct kernel *kernel, const struct program *prog, bool has_jit)
{
	(void)kernel;
	(void)prog;
	return has_jit;
}

void generate_open_all(struct kernel *kernel)
{
	collect(kernel, true, is_anything);
}

/* --- one program --- */

#define STACK_LOW   (-64) /* the words of the stack that are used ... */
#define STACK_HIGH  (-16)
#define STACK_WORDS ((STACK_HIGH - STACK_LOW) / 8)
#define MAP_WORDS   8	  /* ... and of the map's memory operands */
#define KEY_SLOT    (-72) /* what helpers take from the stack */
#define VALUE_SLOT  DEEPEST_SLOT
#define FURTHEST    10 /* units that a jump may skip */

static uint64_t state;
static const struct kernel *maps; /* the kernel, for its maps */

static unsigned int below(unsigned int n)
{
	return random_below(&state, n);
}

/* Registers that units leave alone: an address of memory, the counter of a loop. */
static unsigned int reserved;

/* The memory that units have beside their stack: the map's, or of a function the stack of its caller. */
static struct memory {
	unsigned int base; /* the register with its address, or r10: none */
	int offset;	   /* of its words there */
	unsigned int words;
	int reload; /* the words there that registers are set from again */
} memory;

static bool in_function; /* or in the second program: neither calls functions */

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
	return below(2) ? values[below(n_values)] : random_value(&state);
}

static int32_t some_immediate(void)
{
	int32_t value;

	if (below(2))
		return immediates[below(n_immediates)];
	value = next_random(&state);
	return value >> below(32);
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

static bool is_load(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_LDX ||
	       (BPF_MODE(insn->code) == BPF_ATOMIC && insn->imm == BPF_LOAD_ACQ);
}

static bool is_access(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_LDX || BPF_CLASS(insn->code) == BPF_ST ||
	       BPF_CLASS(insn->code) == BPF_STX;
}

/* An access to one of the @words at @offset from the address in @base. */
static void emit_access(struct program *prog, struct bpf_insn insn, unsigned int base, int offset,
			unsigned int words, unsigned int data)
{
	static const unsigned int sizes[] = { 4, 2, 1, 8 };
	unsigned int size = sizes[BPF_SIZE(insn.code) >> 3];
	bool loads = is_load(&insn);

	insn.off = offset + 8 * below(words);
	insn.off += size * below(8 / size);
	insn.dst_reg = loads ? data : base;
	insn.src_reg = loads ? base : data;
	if (BPF_CLASS(insn.code) == BPF_ST) {
		insn.src_reg = 0;
		insn.imm = some_immediate();
	}
	emit(prog, insn);
}

static void emit_memory(struct program *prog, struct bpf_insn insn)
{
	if (memory.base == BPF_REG_10 || below(2))
		emit_access(prog, insn, BPF_REG_10, STACK_LOW, STACK_WORDS, some_register());
	else
		emit_access(prog, insn, memory.base, memory.offset, memory.words, some_register());
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
		emit_wide(prog, some_register(), 0, value);
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

/* Registers that a call leaves unset are set again. */
static void emit_reload(struct program *prog)
{
	for (unsigned int reg = BPF_REG_1; reg <= BPF_REG_5; reg++)
		emit(prog, memory.base == BPF_REG_10 ?
				   MOV64_REG(reg, BPF_REG_6 + reg % 4) :
				   LDX(BPF_DW, reg, memory.base, memory.reload + 8 * (int)reg));
}

static bool function_tails; /* the function makes tail calls, too, so it gets the context in r1 */

static void emit_call(struct program *prog)
{
	if (function_tails)
		emit(prog, LDX(BPF_DW, BPF_REG_1, BPF_REG_10, CONTEXT_SLOT));
	emit(prog, INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0));
	emit_reload(prog);
}

static void emit_map(struct program *prog, unsigned int reg, int fd)
{
	emit_wide(prog, reg, BPF_PSEUDO_MAP_FD, (uint32_t)fd);
}

static void emit_stack_address(struct program *prog, unsigned int reg, int offset)
{
	emit(prog, MOV64_REG(reg, BPF_REG_10));
	emit(prog, ALU64_IMM(BPF_ADD, reg, offset));
}

/* r1 is the map of words, r2 a key: there is an element of that key, or in some programs there is not. */
static void emit_key(struct program *prog)
{
	unsigned int reg = some_register();

	emit(prog, ALU64_IMM(BPF_AND, reg, below(2) ? N_WORDS - 1 : 2 * N_WORDS - 1));
	emit(prog, STX(BPF_W, BPF_REG_10, KEY_SLOT, reg));
	emit_stack_address(prog, BPF_REG_2, KEY_SLOT);
	emit_map(prog, BPF_REG_1, maps->words_fd);
}

/* r0 is the address of an element, by which one access is made, or 0. */
static void emit_lookup(struct program *prog)
{
	const struct bpf_insn *insn;
	unsigned int data;

	emit_key(prog);
	emit(prog, CALL(BPF_FUNC_map_lookup_elem));
	emit_reload(prog);
	emit(prog, INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 2, 0));
	/* Compare-and-exchange compares r0, which is the address. */
	do
		insn = &usable[below(n_usable)]->insn;
	while (!is_access(insn) ||
	       (BPF_MODE(insn->code) == BPF_ATOMIC && insn->imm == BPF_CMPXCHG));
	do
		data = some_register();
	while (data == BPF_REG_0 && !is_load(insn));
	emit_access(prog, *insn, BPF_REG_0, 0, 1, data);
	emit(prog, is_load(insn) && data == BPF_REG_0 ? ALU64_IMM(BPF_ADD, 0, some_immediate()) :
							MOV64_IMM(BPF_REG_0, some_immediate()));
}

/*
 * What a map's operation returns: before Linux 6.4 an int, of which a JIT leaves the upper half of
 * r0 zero, and the interpreter extends the sign.
 */
static void emit_result(struct program *prog)
{
	if (maps->release < 604) {
		emit(prog, ALU64_IMM(BPF_LSH, BPF_REG_0, 32));
		emit(prog, ALU64_IMM(BPF_ARSH, BPF_REG_0, 32));
	}
	emit_reload(prog);
}

static void emit_update(struct program *prog)
{
	emit(prog, STX(BPF_DW, BPF_REG_10, VALUE_SLOT, some_register()));
	emit_key(prog);
	emit_stack_address(prog, BPF_REG_3, VALUE_SLOT);
	emit(prog, MOV64_IMM(BPF_REG_4, below(2) ? BPF_ANY : below(4)));
	emit(prog, CALL(BPF_FUNC_map_update_elem));
	emit_result(prog);
}

static void emit_delete(struct program *prog)
{
	emit_key(prog);
	emit(prog, CALL(BPF_FUNC_map_delete_elem));
	emit_result(prog);
}

/* The index is the lower half of r3: 0 is the second program, 1 none, and there are no more. */
static void emit_tail_call(struct program *prog)
{
	emit(prog, MOV64_REG(BPF_REG_3, some_register()));
	emit(prog, MOV64_REG(BPF_REG_4, some_register()));
	emit(prog, ALU64_IMM(BPF_AND, BPF_REG_3, below(2) ? 1 : 3));
	emit(prog, ALU64_IMM(BPF_LSH, BPF_REG_4, 32));
	emit(prog, ALU64_REG(BPF_OR, BPF_REG_3, BPF_REG_4));
	emit(prog, LDX(BPF_DW, BPF_REG_1, BPF_REG_10, CONTEXT_SLOT));
	emit_map(prog, BPF_REG_2, maps->tails_fd);
	emit(prog, CALL(BPF_FUNC_tail_call));
	emit(prog, MOV64_IMM(BPF_REG_0, some_immediate()));
	emit_reload(prog);
}

/* r2 is the address of a function, which is filled in when it is there. */
static void emit_turns(struct program *prog, int helper)
{
	emit(prog, MOV64_REG(BPF_REG_4, some_register()));
	emit(prog, MOV64_REG(BPF_REG_1, some_register()));
	/* Flags other than 0 are an error; the verifier inlines bpf_loop() if it knows that they are 0. */
	emit(prog, ALU64_IMM(BPF_AND, BPF_REG_4, below(3) ? 0 : 1));
	if (helper == HELPER_LOOP)
		emit(prog, ALU64_IMM(BPF_AND, BPF_REG_1, 3));
	else
		emit_map(prog, BPF_REG_1, maps->words_fd);
	emit_stack_address(prog, BPF_REG_3, STACK_LOW);
	emit_wide(prog, BPF_REG_2, BPF_PSEUDO_FUNC, 0);
	emit(prog, CALL(helper));
	/* It is an operation of the map. */
	if (helper == HELPER_FOR_EACH)
		emit_result(prog);
	else
		emit_reload(prog);
}

static void emit_bpf_loop(struct program *prog)
{
	emit_turns(prog, HELPER_LOOP);
}

static void emit_for_each(struct program *prog)
{
	emit_turns(prog, HELPER_FOR_EACH);
}

static void (*const emit_kind[N_KINDS])(struct program *) = {
	[CALL_LOCAL] = emit_call,   [LOOKUP] = emit_lookup,	  [UPDATE] = emit_update,
	[DELETE] = emit_delete,	    [TAIL_CALL] = emit_tail_call, [LOOP] = emit_bpf_loop,
	[FOR_EACH] = emit_for_each, [CALL_TAIL] = emit_call,
};

/* Whether the program makes tail calls; the kernel may refuse one that has functions, too. */
static bool tail_calls;
/* The interpreter runs no program with functions that are called back, so not all programs have them. */
static bool callbacks;

static bool may_emit(const struct program *prog, enum kind kind)
{
	if (!can[kind] || (!in_function && prog->base < BPF_REG_6))
		return false;
	switch (kind) {
	case CALL_LOCAL:
		return !in_function && (!tail_calls || function_tails);
	case CALL_TAIL:
		return !in_function && function_tails;
	case TAIL_CALL:
		return tail_calls && (!in_function || function_tails);
	case LOOP:
	case FOR_EACH:
		return !in_function && callbacks;
	default:
		return true;
	}
}

static void emit_units(struct program *prog, unsigned int units)
{
	static unsigned int unit_at[PROGRAM_MAX]; /* the first instruction of each unit */

	for (unsigned int i = 0; i < units; i++) {
		enum kind kind = below(N_KINDS);

		unit_at[i] = prog->n;
		if (!below(24))
			emit_loop(prog);
		else if (!below(8) && may_emit(prog, kind))
			emit_kind[kind](prog);
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

static bool makes_tail_call(const struct program *prog)
{
	for (unsigned int i = prog->first; i < prog->n; i++)
		if (IS_HELPER(&prog->insns[i], BPF_FUNC_tail_call))
			return true;
	return false;
}

/* Lets calls, or what helper @helper calls back, go to the end of the program; returns whether any does. */
static bool set_function(struct program *prog, int helper)
{
	unsigned int at = prog->n;
	bool any = false;

	for (unsigned int i = prog->first; i < prog->end; i++) {
		struct bpf_insn *insn = &prog->insns[i];

		if (helper ? IS_FUNC(insn) && IS_HELPER(insn + 2, helper) : IS_CALL(insn)) {
			insn->imm = at - i - 1;
			any = true;
		}
	}
	return any;
}

static void begin_function(unsigned int base)
{
	in_function = true;
	memory = (struct memory){ .base = base, .words = STACK_WORDS };
	reserved = base == BPF_REG_10 ? 0 : 1u << base;
}

/* r0 = f(r1 ... r5): all registers are set from the arguments. */
static void emit_function(struct program *prog, unsigned int units)
{
	begin_function(BPF_REG_10);
	if (function_tails) {
		emit(prog, STX(BPF_DW, BPF_REG_10, CONTEXT_SLOT, BPF_REG_1));
		emit(prog, MOV64_REG(BPF_REG_1, BPF_REG_5));
	}
	emit(prog, MOV64_REG(BPF_REG_0, BPF_REG_1));
	for (unsigned int reg = BPF_REG_6; reg <= BPF_REG_9; reg++)
		emit(prog, MOV64_REG(reg, reg - 5));
	emit_stack(prog);
	emit_units(prog, units / 2);
	if (function_tails)
		emit_tail_call(prog);
	emit_units(prog, units - units / 2);
	/* The verifier may take its result for that of the program which a tail call runs instead. */
	if (function_tails) {
		emit_area(prog, BPF_REG_1, maps->map_fd);
		emit(prog, STX(BPF_W, BPF_REG_1, RESULT_AT, BPF_REG_0));
		emit(prog, UNKNOWN_RESULT);
	}
	emit(prog, EXIT());
}

/*
 * f(r1: the turn, r2: words of the caller's stack), or f(r1: the map, r2: the key, r3: the element,
 * r4: words of the caller's stack): from these, all registers are set.  It returns 0 or 1.
 */
static void emit_callback(struct program *prog, int helper, unsigned int units)
{
	unsigned int base = BPF_REG_6 + below(4);
	const struct bpf_insn *insn;

	begin_function(base);
	emit(prog, MOV64_REG(base, helper == HELPER_LOOP ? BPF_REG_2 : BPF_REG_4));
	if (helper == HELPER_LOOP) {
		emit(prog, MOV64_REG(BPF_REG_0, BPF_REG_1));
	} else {
		emit(prog, LDX(BPF_W, BPF_REG_0, BPF_REG_2, 0));
		do
			insn = &usable[below(n_usable)]->insn;
		while (!is_access(insn));
		emit_access(prog, *insn, BPF_REG_3, 0, 1, BPF_REG_0);
	}
	for (unsigned int reg = BPF_REG_1; reg <= BPF_REG_9; reg++)
		if (reg != base)
			emit(prog, LDX(BPF_DW, reg, base, 8 * (int)(reg % STACK_WORDS)));
	emit_stack(prog);
	emit_units(prog, units);
	emit(prog, below(2) ? MOV64_IMM(BPF_REG_0, 0) : ALU64_IMM(BPF_AND, BPF_REG_0, 1));
	emit(prog, EXIT());
}

static void emit_tail(struct program *prog, unsigned int units)
{
	in_function = true;
	memory = (struct memory){ prog->base, AT(mem), MAP_WORDS, AT(in) };
	reserved = 1u << prog->base;
	begin_tail(prog, maps->map_fd);
	emit_stack(prog);
	emit_units(prog, units);
	end_tail(prog);
}

/* Behind the first program stands what it calls. */
static void emit_rest(struct program *prog, unsigned int units)
{
	const unsigned int few = (units + 1) / 2;
	bool tail;

	if (set_function(prog, 0))
		emit_function(prog, units);
	tail = makes_tail_call(prog);
	tail_calls = false;
	if (set_function(prog, HELPER_LOOP))
		emit_callback(prog, HELPER_LOOP, few);
	if (set_function(prog, HELPER_FOR_EACH))
		emit_callback(prog, HELPER_FOR_EACH, few);
	if (tail)
		emit_tail(prog, units);
	in_function = false;
}

/* What the program may have beside plain units; one with tail calls keeps the context for them. */
static void begin(const struct kernel *kernel, unsigned int base, bool tails, bool in_functions,
		  bool calls_back, struct program *prog)
{
	maps = kernel;
	tail_calls = prog->keeps_context = tails;
	function_tails = prog->returns_int = in_functions;
	callbacks = calls_back;
	in_function = false;
	prologue(prog, base, kernel->map_fd);
	memory = (struct memory){ base, AT(mem), MAP_WORDS, AT(in) };
	reserved = 1u << base;
	emit_stack(prog);
	if (tails)
		emit(prog, DEEPEST_STORE);
}

/* A program of one unit of @kind. */
static void generate_kind(const struct kernel *kernel, enum kind kind, struct program *prog)
{
	state = 1;
	begin(kernel, BPF_REG_9, kind == TAIL_CALL || kind == CALL_TAIL, kind == CALL_TAIL,
	      kind == LOOP || kind == FOR_EACH, prog);
	emit_kind[kind](prog);
	epilogue(prog);
	emit_rest(prog, 0);
}

static uint64_t state_of(uint64_t seed, unsigned int number)
{
	uint64_t mixed = (seed + 1) * 0x9e3779b97f4a7c15ULL + number * 0xbf58476d1ce4e5b9ULL;

	mixed ^= mixed >> 31;
	return mixed ? mixed : 1;
}

void generate(const struct kernel *kernel, uint64_t seed, unsigned int number, unsigned int len,
	      struct program *prog)
{
	bool tails, in_functions, calls_back;
	unsigned int base;

	state = state_of(seed, number);
	/* Not in r0, which compare-and-exchange writes. */
	base = 1 + below(9);
	tails = can[TAIL_CALL] && base >= BPF_REG_6 && !below(3);
	in_functions = tails && can[CALL_TAIL] && below(2);
	/* Where functions make no tail calls, a program with both functions and tail calls is refused. */
	calls_back = base >= BPF_REG_6 && below(2) && (!tails || can[CALL_TAIL]);
	begin(kernel, base, tails, in_functions, calls_back, prog);
	prog->number = number;
	prog->tested = prog->first;
	emit_units(prog, len);
	epilogue(prog);
	emit_rest(prog, 1 + len / 4);
}

void generate_operands(uint64_t seed, unsigned int number, unsigned int k, struct area *area)
{
	state = state_of(seed ^ 0x5555555555555555ULL, number) + k;
	fill_operands(&state, area);
	for (unsigned int i = 0; i < 10; i++)
		area->in[i] = some_value();
	for (unsigned int i = 0; i < MAP_WORDS; i++)
		area->mem[i] = some_value();
	for (unsigned int i = 0; i < N_WORDS; i++)
		area->words[i] = some_value();
}
