// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The instructions of RFC 9669 by conformance group, and those of later kernels: for each, how
 * many programs there are, how one is built, and which operands it takes.
 */
#include <stdio.h>
#include <string.h>

#include "lab.h"

const char *const group_names[N_GROUPS] = {
	[BASE32] = "base32",	 [BASE64] = "base64",	  [DIVMUL32] = "divmul32",
	[DIVMUL64] = "divmul64", [ATOMIC32] = "atomic32", [ATOMIC64] = "atomic64",
	[LATER] = "later",
};

#define REG_PAIRS 13 /* each register is destination and source once; three are both */

static void pick_pair(unsigned int k, bool full, unsigned int *dst, unsigned int *src)
{
	static const unsigned int both[] = { 0, 3, 9 };

	if (full) {
		*dst = k % 10;
		*src = k / 10 % 10;
	} else if (k % REG_PAIRS < 10) {
		*dst = k % REG_PAIRS;
		*src = (3 * *dst + 1) % 10;
	} else {
		*dst = *src = both[k % REG_PAIRS - 10];
	}
}

static bool full_run;

#define BIT(reg) (1u << (reg))

/* The highest register that is not in @used. */
static unsigned int other_than(unsigned int used)
{
	unsigned int reg = 9;

	while (used & BIT(reg))
		reg--;
	return reg;
}

static int map;

static void begin(struct program *prog, unsigned int base)
{
	prologue(prog, base, map);
}

/* The instruction that the program is about, whose registers get the operands. */
static void emit_tested(struct program *prog, struct bpf_insn insn)
{
	prog->tested = prog->n;
	emit(prog, insn);
}

/* --- operands ----------------------------------------------------------------------- */

/* Where the memory operand is: with room before and after it. */
#define MEM_SLOT 8
#define MEM_AT	 REG_AT(mem, MEM_SLOT)

void fill_operands(uint64_t *random, struct area *area)
{
	memset(area, 0, sizeof(*area));
	for (unsigned int i = 0; i < 10; i++)
		area->in[i] = next_random(random);
	area->ret = next_random(random);
	area->canary = next_random(random);
	for (unsigned int i = MEM_SLOT - 2; i < MEM_SLOT + 3; i++)
		area->mem[i] = next_random(random);
}

static unsigned int tested_size(const struct variant *variant)
{
	static const unsigned int sizes[] = { 4, 2, 1, 8 };

	return sizes[BPF_SIZE(variant->insn.code) >> 3];
}

/*
 * A pair of values.  Each program sees each value on both sides, and in ten programs of a variant
 * each value meets each; then come random ones.
 */
#define CASES_OF_PAIRS (n_values * n_values / 10 + 1)

static void pick_values(const struct program *prog, unsigned int k, uint64_t *random, uint64_t *a,
			uint64_t *b)
{
	unsigned int i = prog->number % 10 * CASES_OF_PAIRS + k;

	if (k < CASES_OF_PAIRS && i < n_values * n_values) {
		*a = values[i % n_values];
		*b = values[(i / n_values + 5 * i) % n_values];
	} else {
		*a = random_value(random);
		*b = random_value(random);
	}
}

static void registers(const struct variant *variant, const struct program *prog, unsigned int k,
		      uint64_t *random, struct area *area)
{
	const struct bpf_insn *insn = &prog->insns[prog->tested];
	uint64_t a, b;

	(void)variant;
	fill_operands(random, area);
	pick_values(prog, k, random, &a, &b);
	area->in[insn->dst_reg] = a;
	if (BPF_SRC(insn->code) == BPF_X && BPF_OP(insn->code) != BPF_END)
		area->in[insn->src_reg] = b;
}

/* The count of a shift: below the width, or beyond it. */
static void shifts(const struct variant *variant, const struct program *prog, unsigned int k,
		   uint64_t *random, struct area *area)
{
	const struct bpf_insn *insn = &prog->insns[prog->tested];
	unsigned int width = BPF_CLASS(insn->code) == BPF_ALU64 ? 64 : 32;
	uint64_t a, b;

	registers(variant, prog, k, random, area);
	pick_values(prog, k, random, &a, &b);
	/* Of a 32-bit shift, the upper half of the register says nothing. */
	if (!variant->beyond)
		b = (b & (width - 1)) | (width == 32 ? next_random(random) << 32 : 0);
	else if ((width == 64 ? b : (uint32_t)b) < width)
		b += width;
	area->in[insn->src_reg] = b;
}

static void put_sized(struct area *area, unsigned int at, unsigned int size, uint64_t value)
{
	uint8_t *p = (uint8_t *)area + at;
	uint16_t h = value;
	uint32_t w = value;

	memcpy(p,
	       size == 8 ? (void *)&value :
	       size == 4 ? (void *)&w :
	       size == 2 ? (void *)&h :
			   (void *)&(uint8_t){ value },
	       size);
}

/* A value in memory, another in the register, and for compare-and-exchange the first one in r0. */
static void in_memory(const struct variant *variant, const struct program *prog, unsigned int k,
		      uint64_t *random, struct area *area)
{
	const struct bpf_insn *insn = &prog->insns[prog->tested];
	unsigned int size = tested_size(variant);
	uint64_t a, b;

	fill_operands(random, area);
	pick_values(prog, k, random, &a, &b);
	put_sized(area, MEM_AT, size, a);
	if (BPF_CLASS(insn->code) == BPF_STX && insn->src_reg != BPF_REG_10)
		area->in[insn->src_reg] = b;
	if (BPF_MODE(insn->code) == BPF_ATOMIC && insn->imm == BPF_CMPXCHG && k % 2)
		area->in[0] = size == 4 ?
				      (uint32_t)a | (k % 4 == 1 ? next_random(random) << 32 : 0) :
				      a;
}

static void anything(const struct variant *variant, const struct program *prog, unsigned int k,
		     uint64_t *random, struct area *area)
{
	(void)variant;
	(void)prog;
	(void)k;
	fill_operands(random, area);
}

/* --- arithmetic --------------------------------------------------------------------- */

static void build_alu_reg(const struct variant *variant, unsigned int k, struct program *prog)
{
	struct bpf_insn insn = variant->insn;
	unsigned int dst, src;

	pick_pair(k, full_run, &dst, &src);
	insn.dst_reg = dst;
	insn.src_reg = src;
	begin(prog, other_than(BIT(dst) | BIT(src)));
	emit_tested(prog, insn);
}

/* The immediate of program @k: what the verifier refuses is replaced. */
static int32_t immediate(const struct variant *variant, unsigned int k)
{
	static const uint8_t counts[] = { 0, 1, 31, 8, 16, 7, 24, 15, 32, 33, 63, 48 };
	unsigned int op = BPF_OP(variant->insn.code), class = BPF_CLASS(variant->insn.code);

	if ((class == BPF_ALU || class == BPF_ALU64) &&
	    (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)) {
		unsigned int width = class == BPF_ALU64 ? 64 : 32;

		return full_run ? k % width : counts[k % (width == 64 ? 12 : 8)];
	}
	return immediates[k % n_immediates];
}

static void build_alu_imm(const struct variant *variant, unsigned int k, struct program *prog)
{
	struct bpf_insn insn = variant->insn;

	insn.dst_reg = k % 10;
	insn.imm = immediate(variant, k);
	begin(prog, other_than(BIT(insn.dst_reg)));
	emit_tested(prog, insn);
}

/* NEG and the byte swaps, whose immediate says the width. */
static void build_alu_one(const struct variant *variant, unsigned int k, struct program *prog)
{
	struct bpf_insn insn = variant->insn;

	insn.dst_reg = k % 10;
	begin(prog, other_than(BIT(insn.dst_reg)));
	emit_tested(prog, insn);
}

static void build_imm64(const struct variant *variant, unsigned int k, struct program *prog)
{
	uint64_t value = values[k % n_values];

	(void)variant;
	begin(prog, other_than(BIT(k % 10)));
	emit_tested(prog, INSN(BPF_LD | BPF_IMM | BPF_DW, k % 10, 0, 0, (int32_t)value));
	emit(prog, INSN(0, 0, 0, 0, (int32_t)(value >> 32)));
}

/* --- jumps --------------------------------------------------------------------------- */

/* As many instructions as a short native jump does not reach over. */
static void emit_distance(struct program *prog, unsigned int n, unsigned int reg)
{
	for (unsigned int i = 0; i < n; i++)
		emit(prog, ALU64_IMM(BPF_XOR, reg, 0x12345678 + i));
}

static void set_offset(struct bpf_insn *insn, int offset)
{
	if (insn->code == (BPF_JMP32 | BPF_JA))
		insn->imm = offset;
	else
		insn->off = offset;
}

/*
 * Forward:   if ... goto over; mark = reg; over:
 * Backward:  goto test; back: goto over; test: if ... goto back; mark = reg; over:
 * @distance instructions stand between the jump and its target.  Before a jump without a condition
 * stands another one that may go round it, since the verifier removes what is never reached.
 */
static void emit_jump(struct program *prog, struct bpf_insn insn, bool backward,
		      unsigned int distance, unsigned int reg)
{
	int always = BPF_OP(insn.code) == BPF_JA;

	if (backward) {
		emit(prog, JA(distance + 1));
		emit_distance(prog, distance, reg);
		emit(prog, JA(2 + always));
	}
	if (always)
		emit(prog, INSN(BPF_JMP | BPF_JSET | BPF_K, reg, 0, 1, 1));
	set_offset(&insn, backward ? -(int)distance - 2 - always : (int)distance + 1);
	emit_tested(prog, insn);
	if (!backward)
		emit_distance(prog, distance, reg);
	emit(prog, STX(BPF_DW, prog->base, AT(mark), reg));
}

static void build_jump(const struct variant *variant, unsigned int k, struct program *prog)
{
	struct bpf_insn insn = variant->insn;
	unsigned int dst = k % 10, src = dst, base, distance = 0;

	if (BPF_SRC(insn.code) == BPF_X) {
		pick_pair(k, full_run, &dst, &src);
		insn.src_reg = src;
	}
	if (BPF_OP(insn.code) != BPF_JA) {
		insn.dst_reg = dst;
		if (BPF_SRC(insn.code) == BPF_K)
			insn.imm = immediate(variant, k);
	}
	/* Further than 127 bytes; with FULL=1, which takes its time, than 4095. */
	if (k % 10 == 5 || k % 10 == 6)
		distance = full_run ? 1100 : 50;
	base = other_than(BIT(dst) | BIT(src));
	begin(prog, base);
	emit_jump(prog, insn, k / 2 % 2, distance, other_than(BIT(dst) | BIT(src) | BIT(base)));
}

/* While a counter is not 0: the loop that may_goto stands in has an end of its own. */
static void build_may_goto(const struct variant *variant, unsigned int k, struct program *prog)
{
	unsigned int count = k % 8, sum = count + 1;

	(void)variant;
	begin(prog, 9);
	emit(prog, ALU64_IMM(BPF_AND, count, 7));
	emit(prog, INSN(BPF_JMP | BPF_JEQ | BPF_K, count, 0, 4, 0));
	emit_tested(prog, INSN(BPF_JMP | BPF_JCOND, 0, 0, 3, 0));
	emit(prog, ALU64_IMM(BPF_ADD, count, -1));
	emit(prog, ALU64_REG(BPF_ADD, sum, count));
	emit(prog, JA(-5));
}

/* r0 = f(r1 ... r5), which has a stack of its own and uses all registers. */
static void build_call_local(const struct variant *variant, unsigned int k, struct program *prog)
{
	(void)variant;
	begin(prog, 6 + k % 4);
	emit_tested(prog, INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0));
	prog->lost = 0x3e;
}

/* The function stands behind the program's end. */
static void finish_call_local(struct program *prog)
{
	prog->insns[prog->tested].imm = prog->n - prog->tested - 1;
	emit(prog, STX(BPF_DW, BPF_REG_10, -8, BPF_REG_1));
	for (unsigned int reg = BPF_REG_2; reg <= BPF_REG_5; reg++)
		emit(prog, ALU64_REG(reg % 2 ? BPF_SUB : BPF_XOR, BPF_REG_1, reg));
	for (unsigned int reg = BPF_REG_6; reg <= BPF_REG_9; reg++)
		emit(prog, MOV64_REG(reg, BPF_REG_1));
	emit(prog, LDX(BPF_DW, BPF_REG_0, BPF_REG_10, -8));
	emit(prog, ALU64_REG(BPF_ADD, BPF_REG_0, BPF_REG_9));
	emit(prog, EXIT());
}

/* r0 = bpf_map_lookup_elem(): the area, or nothing for the key that there is not. */
static void build_call_helper(const struct variant *variant, unsigned int k, struct program *prog)
{
	(void)variant;
	begin(prog, 6 + k % 4);
	emit(prog, INSN(BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, -16, k % 2));
	emit(prog, MOV64_REG(BPF_REG_2, BPF_REG_10));
	emit(prog, ALU64_IMM(BPF_ADD, BPF_REG_2, -16));
	emit_wide(prog, BPF_REG_1, BPF_PSEUDO_MAP_FD, (uint32_t)map);
	emit_tested(prog, CALL(BPF_FUNC_map_lookup_elem));
	emit(prog, INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 1, 0));
	emit(prog, LDX(BPF_DW, BPF_REG_0, BPF_REG_0, AREA_PAD + AT(canary)));
	prog->lost = 0x3e;
}

/* --- memory -------------------------------------------------------------------------- */

/* The memory operand on the stack, where it is copied to and from. */
#define STACK_SLOT (-32)

static void copy(struct program *prog, unsigned int to, int to_offset, unsigned int from,
		 int from_offset, unsigned int reg)
{
	emit(prog, LDX(BPF_DW, reg, from, from_offset));
	emit(prog, STX(BPF_DW, to, to_offset, reg));
}

/*
 * The address is in register @at, @offset away from the memory operand; every fourth program's
 * is r10.  @data is the other register, or the same: a load may overwrite its address.
 */
static void build_memory(const struct variant *variant, unsigned int k, struct program *prog)
{
	struct bpf_insn insn = variant->insn;
	bool loads = BPF_CLASS(insn.code) == BPF_LDX ||
		     (BPF_MODE(insn.code) == BPF_ATOMIC && insn.imm == BPF_LOAD_ACQ);
	bool on_stack = k % 4 == 3,
	     cmpxchg = BPF_MODE(insn.code) == BPF_ATOMIC && insn.imm == BPF_CMPXCHG;
	unsigned int at, data, base, spare;
	int16_t offset = offsets[k % n_offsets];

	pick_pair(k, full_run, &at, &data);
	/* The stored value, and the value that compare-and-exchange compares, is no address. */
	if (!loads && at == data)
		at = (at + 1) % 10;
	if (cmpxchg && at == BPF_REG_0)
		at = data == 5 ? 4 : 5;
	base = other_than(BIT(at) | BIT(data));
	spare = other_than(BIT(at) | BIT(data) | BIT(base));
	begin(prog, base);
	if (on_stack) {
		copy(prog, BPF_REG_10, STACK_SLOT, base, MEM_AT, spare);
		emit(prog, LDX(BPF_DW, spare, base, REG_AT(in, spare)));
		at = BPF_REG_10;
		offset = STACK_SLOT;
	} else {
		emit(prog, MOV64_REG(at, base));
		emit(prog, ALU64_IMM(BPF_ADD, at, MEM_AT - offset));
		if (!loads || at != data)
			prog->addresses = BIT(at);
	}
	insn.dst_reg = loads ? data : at;
	insn.src_reg = BPF_CLASS(insn.code) == BPF_ST ? 0 : loads ? at : data;
	insn.off = offset;
	if (BPF_CLASS(insn.code) == BPF_ST)
		insn.imm = immediate(variant, k);
	emit_tested(prog, insn);
	if (on_stack) {
		/* The spare register is set already, and lost. */
		copy(prog, base, MEM_AT, BPF_REG_10, STACK_SLOT, spare);
		prog->lost |= BIT(spare);
	}
}

/* --- the table ------------------------------------------------------------------------ */

static struct variant variants[256];
static unsigned int n_variants;

static struct variant *add(enum group group, struct bpf_insn insn, unsigned int since,
			   void (*build)(const struct variant *, unsigned int, struct program *),
			   unsigned int quick, unsigned int full)
{
	struct variant *variant = &variants[n_variants++];

	if (n_variants == N_OF(variants))
		bail_out("more variants than there is room for");
	memset(variant, 0, sizeof(*variant));
	variant->group = group;
	variant->insn = insn;
	variant->since = since;
	variant->build = build;
	variant->operands = registers;
	variant->programs = full_run ? full : quick;
	if (BPF_SRC(insn.code) == BPF_X || BPF_CLASS(insn.code) == BPF_STX)
		variant->cases = CASES_OF_PAIRS + (full_run ? 100 : 4);
	else
		variant->cases = n_values + (full_run ? 100 : 8);
	return variant;
}

#define NAME(variant, ...) snprintf((variant)->name, sizeof((variant)->name), __VA_ARGS__)

static void add_alu(void)
{
	static const struct {
		const char *name;
		uint8_t op;
		int16_t off;
		unsigned int since;
	} ops[] = {
		{ "add", BPF_ADD, 0, 0 },	  { "sub", BPF_SUB, 0, 0 },
		{ "mul", BPF_MUL, 0, 0 },	  { "div", BPF_DIV, 0, 0 },
		{ "sdiv", BPF_DIV, SIGNED, 606 }, { "mod", BPF_MOD, 0, 0 },
		{ "smod", BPF_MOD, SIGNED, 606 }, { "or", BPF_OR, 0, 0 },
		{ "and", BPF_AND, 0, 0 },	  { "xor", BPF_XOR, 0, 0 },
		{ "mov", BPF_MOV, 0, 0 },	  { "lsh", BPF_LSH, 0, 0 },
		{ "rsh", BPF_RSH, 0, 0 },	  { "arsh", BPF_ARSH, 0, 0 },
	};
	static const struct {
		uint8_t class;
		const char *name;
		enum group base, divmul;
	} classes[] = {
		{ BPF_ALU, "alu32", BASE32, DIVMUL32 },
		{ BPF_ALU64, "alu64", BASE64, DIVMUL64 },
	};

	for (unsigned int c = 0; c < N_OF(classes); c++) {
		uint8_t class = classes[c].class;
		struct variant *v;

		for (unsigned int i = 0; i < N_OF(ops); i++) {
			uint8_t op = ops[i].op;
			bool shift = op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH;
			enum group group = op == BPF_MUL || op == BPF_DIV || op == BPF_MOD ?
						   classes[c].divmul :
						   classes[c].base;

			v = add(group, INSN(class | op | BPF_X, 0, 0, ops[i].off, 0), ops[i].since,
				build_alu_reg, REG_PAIRS, 100);
			NAME(v, "%s-%s-reg", classes[c].name, ops[i].name);
			if (shift) {
				v->operands = shifts;
				v = add(group, INSN(class | op | BPF_X, 0, 0, 0, 0), 0,
					build_alu_reg, REG_PAIRS, 100);
				NAME(v, "%s-%s-beyond", classes[c].name, ops[i].name);
				v->operands = shifts;
				v->beyond = true;
			}
			v = add(group, INSN(class | op | BPF_K, 0, 0, ops[i].off, 0), ops[i].since,
				build_alu_imm, n_quick_immediates,
				shift ? (class == BPF_ALU ? 32 : 64) : n_immediates);
			NAME(v, "%s-%s-imm", classes[c].name, ops[i].name);
		}
		v = add(classes[c].base, INSN(class | BPF_NEG | BPF_K, 0, 0, 0, 0), 0,
			build_alu_one, 10, 10);
		NAME(v, "%s-neg", classes[c].name);
		for (int bits = 8; bits <= (class == BPF_ALU ? 16 : 32); bits *= 2) {
			v = add(classes[c].base, INSN(class | BPF_MOV | BPF_X, 0, 0, bits, 0), 606,
				build_alu_reg, REG_PAIRS, 100);
			NAME(v, "%s-movsx-%d-reg", classes[c].name, bits);
		}
	}
}

static void add_swaps(void)
{
	static const struct {
		const char *name;
		uint8_t code;
		unsigned int since;
	} kinds[] = {
		{ "alu32-le", BPF_ALU | BPF_END | BPF_TO_LE, 0 },
		{ "alu32-be", BPF_ALU | BPF_END | BPF_TO_BE, 0 },
		{ "alu64-bswap", BPF_ALU64 | BPF_END, 606 },
	};

	for (unsigned int i = 0; i < N_OF(kinds); i++)
		for (int bits = 16; bits <= 64; bits *= 2)
			NAME(add(bits == 64 ? BASE64 : BASE32, INSN(kinds[i].code, 0, 0, 0, bits),
				 kinds[i].since, build_alu_one, 10, 10),
			     "%s-%d", kinds[i].name, bits);
}

static void add_jumps(void)
{
	static const struct {
		const char *name;
		uint8_t op;
	} ops[] = {
		{ "jeq", BPF_JEQ },   { "jne", BPF_JNE },   { "jset", BPF_JSET },
		{ "jgt", BPF_JGT },   { "jge", BPF_JGE },   { "jlt", BPF_JLT },
		{ "jle", BPF_JLE },   { "jsgt", BPF_JSGT }, { "jsge", BPF_JSGE },
		{ "jslt", BPF_JSLT }, { "jsle", BPF_JSLE },
	};
	struct variant *v;

	for (unsigned int c = 0; c < 2; c++)
		for (unsigned int i = 0; i < N_OF(ops); i++) {
			uint8_t code = (c ? BPF_JMP : BPF_JMP32) | ops[i].op;

			NAME(add(c ? BASE64 : BASE32, INSN(code | BPF_X, 0, 0, 0, 0), 0, build_jump,
				 REG_PAIRS, 100),
			     "%s-%s-reg", c ? "jmp64" : "jmp32", ops[i].name);
			NAME(add(c ? BASE64 : BASE32, INSN(code | BPF_K, 0, 0, 0, 0), 0, build_jump,
				 n_quick_immediates, n_immediates),
			     "%s-%s-imm", c ? "jmp64" : "jmp32", ops[i].name);
		}
	NAME(v = add(BASE32, INSN(BPF_JMP | BPF_JA, 0, 0, 0, 0), 0, build_jump, 8, 20), "ja");
	v->operands = anything;
	NAME(v = add(BASE32, INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, 0), 606, build_jump, 8, 20),
	     "gotol");
	v->operands = anything;
	NAME(v = add(BASE32, CALL(0), 0, build_call_local, 8, 8), "call-local");
	v->operands = anything;
	NAME(v = add(BASE32, CALL(0), 0, build_call_helper, 8, 8), "call-helper");
	v->operands = anything;
	NAME(v = add(LATER, INSN(BPF_JMP | BPF_JCOND, 0, 0, 0, 0), 609, build_may_goto, 8, 8),
	     "may-goto");
	v->operands = anything;
}

static struct variant *add_memory(enum group group, struct bpf_insn insn, unsigned int since)
{
	struct variant *v = add(group, insn, since, build_memory,
				BPF_CLASS(insn.code) == BPF_ST ? n_quick_immediates : REG_PAIRS,
				100);

	v->operands = in_memory;
	return v;
}

static void add_loads_and_stores(void)
{
	static const struct {
		const char *name;
		uint8_t size;
	} sizes[] = {
		{ "b", BPF_B },
		{ "h", BPF_H },
		{ "w", BPF_W },
		{ "dw", BPF_DW },
	};
	struct variant *v;

	for (unsigned int i = 0; i < N_OF(sizes); i++) {
		uint8_t size = sizes[i].size;
		enum group group = size == BPF_DW ? BASE64 : BASE32;

		NAME(add_memory(group, INSN(BPF_LDX | BPF_MEM | size, 0, 0, 0, 0), 0), "ldx-%s",
		     sizes[i].name);
		if (size != BPF_DW)
			NAME(add_memory(group, INSN(BPF_LDX | BPF_MEMSX | size, 0, 0, 0, 0), 606),
			     "ldx-s%s", sizes[i].name);
		NAME(add_memory(group, INSN(BPF_ST | BPF_MEM | size, 0, 0, 0, 0), 0), "st-%s",
		     sizes[i].name);
		NAME(add_memory(group, INSN(BPF_STX | BPF_MEM | size, 0, 0, 0, 0), 0), "stx-%s",
		     sizes[i].name);
		NAME(add_memory(LATER, INSN(BPF_STX | BPF_ATOMIC | size, 0, 0, 0, BPF_LOAD_ACQ),
				615),
		     "load-acquire-%s", sizes[i].name);
		NAME(add_memory(LATER, INSN(BPF_STX | BPF_ATOMIC | size, 0, 0, 0, BPF_STORE_REL),
				615),
		     "store-release-%s", sizes[i].name);
	}
	v = add(BASE64, INSN(BPF_LD | BPF_IMM | BPF_DW, 0, 0, 0, 0), 0, build_imm64, n_values,
		n_values);
	NAME(v, "ld-imm64");
	v->operands = anything;
	v->cases = 4;
}

static void add_atomics(void)
{
	static const struct {
		const char *name;
		int32_t op;
	} ops[] = {
		{ "add", BPF_ADD },
		{ "or", BPF_OR },
		{ "and", BPF_AND },
		{ "xor", BPF_XOR },
		{ "fetch-add", BPF_ADD | BPF_FETCH },
		{ "fetch-or", BPF_OR | BPF_FETCH },
		{ "fetch-and", BPF_AND | BPF_FETCH },
		{ "fetch-xor", BPF_XOR | BPF_FETCH },
		{ "xchg", BPF_XCHG },
		{ "cmpxchg", BPF_CMPXCHG },
	};

	for (unsigned int c = 0; c < 2; c++)
		for (unsigned int i = 0; i < N_OF(ops); i++)
			NAME(add_memory(c ? ATOMIC64 : ATOMIC32,
					INSN(BPF_STX | BPF_ATOMIC | (c ? BPF_DW : BPF_W), 0, 0, 0,
					     ops[i].op),
					ops[i].op == BPF_ADD ? 0 : 512),
			     "%s-%s", c ? "atomic64" : "atomic32", ops[i].name);
}

const struct variant *isa_variants(bool full, unsigned int *n)
{
	full_run = full;
	n_variants = 0;
	add_alu();
	add_swaps();
	add_jumps();
	add_loads_and_stores();
	add_atomics();
	*n = n_variants;
	return variants;
}

void isa_build(const struct variant *variant, unsigned int k, int map_fd, struct program *prog)
{
	map = map_fd;
	prog->number = k;
	variant->build(variant, k, prog);
	epilogue(prog);
	if (variant->build == build_call_local)
		finish_call_local(prog);
}
