// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The reference interpreter.  Each function is one table or section of RFC 9669; where the
 * RFC is silent, a comment says what is taken.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ref.h"

/* The most turns that bpf_loop() makes. */
#define MAX_TURNS (8 * 1024 * 1024)

/* Far more than a program of the lab runs; only a loop without an end gets there. */
#define STEP_LIMIT 1000000

#define STACK_BOTTOM (REF_STACK - REF_FRAMES * REF_STACK_SIZE)

/* What registers hold that name a map, or the program's context. */
#define MAP_BY_FD   0x300000000000ULL
#define WORDS_BY_FD 0x300000000001ULL
#define TAILS_BY_FD 0x300000000002ULL
#define CONTEXT	    0x500000000000ULL

/* The keys that bpf_for_each_map_elem() shows, one for each frame; and the functions' addresses. */
#define KEYS	  0x600000000000ULL
#define FUNCTIONS 0x700000000000ULL

static int fault(struct ref *ref, const char *what)
{
	ref->fault = what;
	return -1;
}

/* --- registers: using one before it is set is a fault ------------------------------ */

static bool is_defined(const struct ref *ref, unsigned int reg)
{
	return ref->defined & 1u << reg;
}

static bool is_address(const struct ref *ref, unsigned int reg)
{
	return ref->addresses & 1u << reg;
}

static void set(struct ref *ref, unsigned int reg, uint64_t value)
{
	ref->reg[reg] = value;
	ref->defined |= 1u << reg;
	ref->addresses &= ~(1u << reg);
}

static void set_address(struct ref *ref, unsigned int reg, uint64_t value)
{
	set(ref, reg, value);
	ref->addresses |= 1u << reg;
}

static uint64_t sign_extend(uint64_t value, unsigned int bits)
{
	uint64_t sign = 1ULL << (bits - 1);

	value &= sign << 1 ? (sign << 1) - 1 : ~0ULL;
	return (value ^ sign) - sign;
}

/* --- 4.1 Arithmetic instructions ----------------------------------------------------- */

/* The RFC says that overflow wraps, so the quotient of the lowest value and -1 is the former. */
static uint64_t signed_divide(int64_t a, int64_t b)
{
	return b == -1 ? -(uint64_t)a : (uint64_t)(a / b);
}

/* a % n = a - n * trunc(a / n) */
static uint64_t signed_modulo(int64_t a, int64_t n)
{
	return (uint64_t)a - (uint64_t)n * signed_divide(a, n);
}

/* The operation on operands of @bits, of which the upper bits are zero. */
static int arithmetic(unsigned int op, int offset, unsigned int bits, uint64_t dst, uint64_t src,
		      uint64_t *result)
{
	uint64_t mask = bits == 64 ? 0x3f : 0x1f;

	/* SDIV, SMOD and MOVSX alone have an offset. */
	if (offset && op != BPF_DIV && op != BPF_MOD && op != BPF_MOV)
		return -1;
	switch (op) {
	case BPF_ADD:
		*result = dst + src;
		break;
	case BPF_SUB:
		*result = dst - src;
		break;
	case BPF_MUL:
		*result = dst * src;
		break;
	case BPF_OR:
		*result = dst | src;
		break;
	case BPF_AND:
		*result = dst & src;
		break;
	case BPF_XOR:
		*result = dst ^ src;
		break;
	case BPF_LSH:
		*result = dst << (src & mask);
		break;
	case BPF_RSH:
		*result = dst >> (src & mask);
		break;
	case BPF_ARSH:
		*result = (uint64_t)((int64_t)sign_extend(dst, bits) >> (src & mask));
		break;
	case BPF_NEG:
		*result = -dst;
		break;
	case BPF_DIV:
		if (offset != 0 && offset != SIGNED)
			return -1;
		if (!src)
			*result = 0;
		else if (offset == SIGNED)
			*result = signed_divide(sign_extend(dst, bits), sign_extend(src, bits));
		else
			*result = dst / src;
		break;
	case BPF_MOD:
		if (offset != 0 && offset != SIGNED)
			return -1;
		if (!src)
			*result = dst;
		else if (offset == SIGNED)
			*result = signed_modulo(sign_extend(dst, bits), sign_extend(src, bits));
		else
			*result = dst % src;
		break;
	case BPF_MOV:
		if (!offset)
			*result = src;
		else if (offset == 8 || offset == 16 || (offset == 32 && bits == 64))
			*result = sign_extend(src, offset);
		else
			return -1;
		break;
	default:
		return -1;
	}
	return 0;
}

/* --- 4.2 Byte swap instructions ------------------------------------------------------ */

static int byte_swap(const struct bpf_insn *insn, uint64_t dst, uint64_t *result)
{
	bool little_host = *(const uint8_t *)&(const uint16_t){ 1 };
	bool swap = true;

	if (insn->imm != 16 && insn->imm != 32 && insn->imm != 64)
		return -1;
	if (BPF_CLASS(insn->code) == BPF_ALU)
		swap = (BPF_SRC(insn->code) == BPF_TO_LE) != little_host;
	else if (BPF_SRC(insn->code))
		return -1;
	*result = 0;
	for (int i = 0; i < insn->imm; i += 8)
		*result |= (dst >> i & 0xff) << (swap ? insn->imm - 8 - i : i);
	return 0;
}

/*
 * The address that an instruction makes of an address: a copy, or one some bytes away.  The distance
 * of two addresses is a number.  Everything else has no defined result.
 */
static int address_arithmetic(struct ref *ref, const struct bpf_insn *insn)
{
	unsigned int dst = insn->dst_reg, src = insn->src_reg;

	if (insn->off)
		return fault(ref, "arithmetic with an address");
	switch (insn->code) {
	case BPF_ALU64 | BPF_MOV | BPF_X:
		set_address(ref, dst, ref->reg[src]);
		return 0;
	case BPF_ALU64 | BPF_ADD | BPF_K:
		set_address(ref, dst, ref->reg[dst] + (uint64_t)(int64_t)insn->imm);
		return 0;
	case BPF_ALU64 | BPF_SUB | BPF_X:
		if (!is_address(ref, dst) || !is_address(ref, src))
			break;
		set(ref, dst, ref->reg[dst] - ref->reg[src]);
		return 0;
	}
	return fault(ref, "arithmetic with an address");
}

static int alu(struct ref *ref, const struct bpf_insn *insn)
{
	unsigned int bits = BPF_CLASS(insn->code) == BPF_ALU64 ? 64 : 32;
	unsigned int op = BPF_OP(insn->code);
	/* An immediate is sign extended to 64 bits. */
	uint64_t dst = ref->reg[insn->dst_reg], src = (uint64_t)(int64_t)insn->imm, result;

	if (insn->dst_reg == BPF_REG_10)
		return fault(ref, "r10 is read-only");
	if (op != BPF_MOV && !is_defined(ref, insn->dst_reg))
		return fault(ref, "the destination is not set");
	if (op != BPF_MOV && is_address(ref, insn->dst_reg))
		return address_arithmetic(ref, insn);
	if (op == BPF_END) {
		if (byte_swap(insn, dst, &result))
			return fault(ref, "not an instruction");
		set(ref, insn->dst_reg, result);
		return 0;
	}
	if (BPF_SRC(insn->code) == BPF_X) {
		if (!is_defined(ref, insn->src_reg))
			return fault(ref, "the source is not set");
		if (is_address(ref, insn->src_reg))
			return address_arithmetic(ref, insn);
		src = ref->reg[insn->src_reg];
	}
	/* NEG has no source register, MOVSX no immediate. */
	if ((op == BPF_NEG && BPF_SRC(insn->code) == BPF_X) ||
	    (op == BPF_MOV && insn->off && BPF_SRC(insn->code) == BPF_K))
		return fault(ref, "not an instruction");
	if (bits == 32) {
		dst = (uint32_t)dst;
		src = (uint32_t)src;
	}
	if (arithmetic(op, insn->off, bits, dst, src, &result))
		return fault(ref, "not an instruction");
	set(ref, insn->dst_reg, bits == 32 ? (uint32_t)result : result);
	return 0;
}

/* --- 4.3 Jump instructions ------------------------------------------------------------ */

/* Whether the condition holds for operands of @bits; -1: there is no such jump. */
static int condition(unsigned int op, unsigned int bits, uint64_t dst, uint64_t src)
{
	int64_t sdst, ssrc;

	if (bits == 32) {
		dst = (uint32_t)dst;
		src = (uint32_t)src;
	}
	sdst = sign_extend(dst, bits);
	ssrc = sign_extend(src, bits);
	switch (op) {
	case BPF_JEQ:
		return dst == src;
	case BPF_JNE:
		return dst != src;
	case BPF_JSET:
		return (dst & src) != 0;
	case BPF_JGT:
		return dst > src;
	case BPF_JGE:
		return dst >= src;
	case BPF_JLT:
		return dst < src;
	case BPF_JLE:
		return dst <= src;
	case BPF_JSGT:
		return sdst > ssrc;
	case BPF_JSGE:
		return sdst >= ssrc;
	case BPF_JSLT:
		return sdst < ssrc;
	case BPF_JSLE:
		return sdst <= ssrc;
	}
	return -1;
}

static int load(struct ref *ref, uint64_t address, unsigned int size, uint64_t *value);
static void begin(struct ref *ref);
static void begin_frame(struct ref *ref);
static int enter(struct ref *ref, unsigned int *pc, int distance);

/*
 * The helpers are not the RFC's: what they return is taken from the kernel's documentation of them.
 * Each reads registers from r1 on, and leaves none of r1 to r5 defined.
 */
static int map_lookup(struct ref *ref)
{
	uint64_t key;

	if (load(ref, ref->reg[2], sizeof(uint32_t), &key))
		return -1;
	if (ref->reg[1] == MAP_BY_FD && !key)
		set_address(ref, 0, REF_MAP);
	else if (ref->reg[1] == WORDS_BY_FD && key < ref->n_words)
		set_address(ref, 0, REF_WORDS + 8 * key);
	else
		set(ref, 0, 0);
	return 0;
}

static int map_update(struct ref *ref)
{
	uint64_t key, value, flags = ref->reg[4];

	if (ref->reg[1] != WORDS_BY_FD)
		return fault(ref, "an update of a map that programs do not update");
	if (!is_defined(ref, 3) || !is_defined(ref, 4) || is_address(ref, 4))
		return fault(ref, "bpf_map_update_elem() without a value and flags");
	if (load(ref, ref->reg[2], sizeof(uint32_t), &key) ||
	    load(ref, ref->reg[3], sizeof(uint64_t), &value))
		return -1;
	if (flags > BPF_EXIST)
		set(ref, 0, -EINVAL);
	else if (key >= ref->n_words)
		set(ref, 0, -E2BIG);
	else if (flags == BPF_NOEXIST)
		set(ref, 0, -EEXIST);
	else
		set(ref, 0, 0);
	if (!ref->reg[0])
		ref->words[key] = value;
	return 0;
}

/* An element of an array cannot be deleted. */
static int map_delete(struct ref *ref)
{
	uint64_t key;

	if (load(ref, ref->reg[2], sizeof(uint32_t), &key))
		return -1;
	set(ref, 0, -EINVAL);
	return 0;
}

/* The index is the lower half of r3.  Without a program there, the caller goes on, with no r0. */
static int tail_call(struct ref *ref, unsigned int *pc)
{
	if (ref->reg[1] != CONTEXT || ref->reg[2] != TAILS_BY_FD || !is_defined(ref, 3) ||
	    is_address(ref, 3))
		return fault(ref, "bpf_tail_call() without context, programs and index");
	if (ref->frame && ref->frames[ref->frame].helper)
		return fault(ref, "bpf_tail_call() in a function that is called back");
	ref->defined &= ~1u;
	if (!(uint32_t)ref->reg[3]) {
		/* In a function it takes the function's place: its exit returns to the caller. */
		ref->frames[ref->frame].tail_called = true;
		begin(ref);
		*pc = ref->tail;
	}
	return 0;
}

/* The function is called for another turn. */
static void call_back(struct ref *ref, unsigned int *pc)
{
	struct ref_frame *frame = &ref->frames[ref->frame];
	unsigned int last;

	begin_frame(ref);
	ref->defined = ref->addresses = 1u << 10;
	if (frame->helper == HELPER_LOOP) {
		set(ref, 1, frame->turn);
		last = 2;
	} else {
		set_address(ref, 1, WORDS_BY_FD);
		set_address(ref, 2, KEYS + sizeof(uint64_t) * ref->frame);
		set_address(ref, 3, REF_WORDS + sizeof(uint64_t) * frame->turn);
		last = 4;
	}
	if (frame->argument_is_address)
		set_address(ref, last, frame->argument);
	else
		set(ref, last, frame->argument);
	frame->turn++;
	*pc = frame->start;
}

/*
 * bpf_loop(): as often as r1 says; bpf_for_each_map_elem(): for each element of r1.  They return how
 * often they have called the function in r2, which ends it by returning 1.
 */
static int begin_turns(struct ref *ref, int helper, unsigned int *pc)
{
	uint32_t turns = helper == HELPER_LOOP ? (uint32_t)ref->reg[1] : ref->n_words;
	struct ref_frame *frame;

	if (ref->reg[2] < FUNCTIONS || !is_address(ref, 2) || !is_defined(ref, 3) ||
	    !is_defined(ref, 4) || is_address(ref, 4))
		return fault(ref, "no function to call back, argument and flags");
	if (is_address(ref, 1) != (helper == HELPER_FOR_EACH) ||
	    (helper == HELPER_FOR_EACH && ref->reg[1] != WORDS_BY_FD))
		return fault(ref, "nothing to call a function back for");
	if (ref->reg[4])
		set(ref, 0, -EINVAL);
	else if (turns > MAX_TURNS)
		set(ref, 0, -E2BIG);
	else
		set(ref, 0, 0);
	if (ref->reg[0] || !turns)
		return 0;
	if (enter(ref, pc, 0))
		return -1;
	frame = &ref->frames[ref->frame];
	frame->helper = helper;
	frame->start = ref->reg[2] - FUNCTIONS;
	frame->turn = 0;
	frame->turns = turns;
	frame->argument = ref->reg[3];
	frame->argument_is_address = is_address(ref, 3);
	call_back(ref, pc);
	return 1;
}

static int call_helper(struct ref *ref, int helper, unsigned int *pc)
{
	int err;

	if (!is_defined(ref, 1) || !is_defined(ref, 2))
		return fault(ref, "a call of a helper without a map");
	switch (helper) {
	case BPF_FUNC_map_lookup_elem:
		err = map_lookup(ref);
		break;
	case BPF_FUNC_map_update_elem:
		err = map_update(ref);
		break;
	case BPF_FUNC_map_delete_elem:
		err = map_delete(ref);
		break;
	case BPF_FUNC_tail_call:
		err = tail_call(ref, pc);
		if (!err && *pc == ref->tail)
			return 0;
		break;
	case HELPER_LOOP:
	case HELPER_FOR_EACH:
		err = begin_turns(ref, helper, pc);
		if (err > 0)
			return 0;
		break;
	default:
		return fault(ref, "a call of an unknown helper");
	}
	ref->defined &= ~0x3eu;
	ref->addresses &= ref->defined;
	return err;
}

/* The frame's stack, of which nothing is set yet. */
static void begin_frame(struct ref *ref)
{
	ref->reg[10] = REF_STACK - ref->frame * REF_STACK_SIZE;
	memset(ref->stack_defined + (ref->reg[10] - REF_STACK_SIZE - STACK_BOTTOM), 0,
	       REF_STACK_SIZE);
	memset(ref->stack_address + (ref->reg[10] - REF_STACK_SIZE - STACK_BOTTOM) / 8, 0,
	       REF_STACK_SIZE / 8);
}

/* A program starts with its context in r1. */
static void begin(struct ref *ref)
{
	ref->defined = ref->addresses = 1u << 10;
	begin_frame(ref);
	set_address(ref, 1, CONTEXT);
}

static int enter(struct ref *ref, unsigned int *pc, int distance)
{
	struct ref_frame *frame;

	if (ref->frame + 1 == REF_FRAMES)
		return fault(ref, "too many calls in each other");
	frame = &ref->frames[++ref->frame];
	memcpy(frame->saved, &ref->reg[6], sizeof(frame->saved));
	frame->saved_defined = ref->defined & 0x3c0;
	frame->saved_addresses = ref->addresses & 0x3c0;
	frame->return_to = *pc;
	frame->helper = 0;
	frame->tail_called = false;
	begin_frame(ref);
	ref->defined &= ~0x3c1u;
	*pc += distance;
	return 0;
}

/* Returns 1 at the end of the program. */
static int leave(struct ref *ref, unsigned int *pc)
{
	struct ref_frame *frame = &ref->frames[ref->frame];

	if (!is_defined(ref, 0))
		return fault(ref, "exit, and r0 is not set");
	if (is_address(ref, 0))
		return fault(ref, "exit with an address");
	if (!ref->frame)
		return 1;
	if (frame->helper) {
		if (ref->reg[0] > 1)
			return fault(ref, "a function that is called back returns 0 or 1");
		if (!ref->reg[0] && frame->turn < frame->turns) {
			call_back(ref, pc);
			return 0;
		}
		set(ref, 0, frame->turn);
	}
	/* More than the verifier expects of it, it must not return. */
	if (frame->tail_called && ref->reg[0] > INT32_MAX)
		return fault(ref,
			     "a program in place of a function returns a number that is no int");
	memcpy(&ref->reg[6], frame->saved, sizeof(frame->saved));
	ref->defined = (ref->defined & 0x401) | frame->saved_defined;
	ref->addresses = 0x400 | frame->saved_addresses;
	*pc = frame->return_to;
	ref->frame--;
	ref->reg[10] += REF_STACK_SIZE;
	return 0;
}

static int jump(struct ref *ref, const struct bpf_insn *insn, unsigned int *pc)
{
	unsigned int bits = BPF_CLASS(insn->code) == BPF_JMP ? 64 : 32;
	unsigned int op = BPF_OP(insn->code);
	uint64_t src = (uint64_t)(int64_t)insn->imm;
	int taken;

	switch (insn->code) {
	case BPF_JMP | BPF_JA:
		*pc += insn->off;
		return 0;
	case BPF_JMP32 | BPF_JA:
		*pc += insn->imm;
		return 0;
	case BPF_JMP | BPF_JCOND:
		/* Not in the RFC: may_goto goes on until the kernel has had enough of the loop. */
		return 0;
	case BPF_JMP | BPF_CALL:
		if (insn->src_reg == 0)
			return call_helper(ref, insn->imm, pc);
		if (insn->src_reg == BPF_PSEUDO_CALL)
			return enter(ref, pc, insn->imm);
		return fault(ref, "a call of an unknown kind");
	case BPF_JMP | BPF_EXIT:
		return leave(ref, pc);
	}
	if (BPF_SRC(insn->code) == BPF_X) {
		if (!is_defined(ref, insn->src_reg))
			return fault(ref, "the source is not set");
		src = ref->reg[insn->src_reg];
	}
	if (!is_defined(ref, insn->dst_reg))
		return fault(ref, "the destination is not set");
	/* An address may be compared with nothing, as that of an element must be. */
	if ((BPF_SRC(insn->code) == BPF_X && is_address(ref, insn->src_reg)) ||
	    (is_address(ref, insn->dst_reg) &&
	     ((op != BPF_JEQ && op != BPF_JNE) || bits == 32 || src)))
		return fault(ref, "a comparison of an address");
	taken = condition(op, bits, ref->reg[insn->dst_reg], src);
	if (taken < 0)
		return fault(ref, "not an instruction");
	if (taken)
		*pc += insn->off;
	return 0;
}

/* --- 5 Load and store instructions ---------------------------------------------------- */

static const unsigned int size_bytes[] = {
	[BPF_W >> 3] = 4,
	[BPF_H >> 3] = 2,
	[BPF_B >> 3] = 1,
	[BPF_DW >> 3] = 8,
};

/* The memory at @address; *@defined is that of the stack, NULL of the map. */
static uint8_t *memory(struct ref *ref, uint64_t address, unsigned int size, uint8_t **defined)
{
	uint64_t bottom = ref->reg[10] - REF_STACK_SIZE, map = REF_MAP + ref->map_offset;
	uint64_t words_size = sizeof(*ref->words) * ref->n_words;

	*defined = NULL;
	if (address % size) {
		fault(ref, "an unaligned access");
		return NULL;
	}
	if (address >= map && address - map <= ref->map_size - size)
		return ref->map + (address - map);
	if (ref->words && address >= REF_WORDS && address - REF_WORDS <= words_size - size)
		return (uint8_t *)ref->words + (address - REF_WORDS);
	if (address >= bottom && address <= REF_STACK - size) {
		*defined = ref->stack_defined + (address - STACK_BOTTOM);
		return ref->stack + (address - STACK_BOTTOM);
	}
	fault(ref, "an access to no memory");
	return NULL;
}

static uint64_t get(const uint8_t *at, unsigned int size)
{
	uint32_t w;
	uint16_t h;
	uint64_t dw;

	switch (size) {
	case 1:
		return *at;
	case 2:
		memcpy(&h, at, sizeof(h));
		return h;
	case 4:
		memcpy(&w, at, sizeof(w));
		return w;
	}
	memcpy(&dw, at, sizeof(dw));
	return dw;
}

static void put(uint8_t *at, unsigned int size, uint64_t value)
{
	uint32_t w = value;
	uint16_t h = value;

	switch (size) {
	case 1:
		*at = value;
		break;
	case 2:
		memcpy(at, &h, sizeof(h));
		break;
	case 4:
		memcpy(at, &w, sizeof(w));
		break;
	default:
		memcpy(at, &value, sizeof(value));
	}
}

/* Whether the slot of the stack that @defined is in holds an address. */
static uint8_t *slot_of(struct ref *ref, const uint8_t *defined)
{
	return &ref->stack_address[(defined - ref->stack_defined) / 8];
}

static int load(struct ref *ref, uint64_t address, unsigned int size, uint64_t *value)
{
	uint8_t *defined, *at;

	/* A key, which is for reading alone. */
	if (address >= KEYS && address < KEYS + sizeof(uint64_t) * REF_FRAMES) {
		if (address % sizeof(uint64_t) || size != sizeof(uint32_t))
			return fault(ref, "not the whole of a key");
		*value = ref->frames[(address - KEYS) / sizeof(uint64_t)].turn - 1;
		return 0;
	}
	at = memory(ref, address, size, &defined);
	if (!at)
		return -1;
	if (defined && *slot_of(ref, defined))
		return fault(ref, "a load of an address as a number");
	if (defined)
		for (unsigned int i = 0; i < size; i++)
			if (!defined[i])
				return fault(ref, "a load of stack that is not set");
	*value = get(at, size);
	return 0;
}

static int store(struct ref *ref, uint64_t address, unsigned int size, uint64_t value)
{
	uint8_t *defined, *at = memory(ref, address, size, &defined);

	if (!at)
		return -1;
	if (defined) {
		uint8_t *slot = slot_of(ref, defined);

		/* What is left of an address is nothing. */
		if (*slot)
			memset(ref->stack_defined + 8 * (slot - ref->stack_address), 0, 8);
		*slot = 0;
		memset(defined, 1, size);
	}
	put(at, size, value);
	return 0;
}

/* An address goes to a slot of the stack alone, as a whole. */
static int store_address(struct ref *ref, uint64_t address, unsigned int size, uint64_t value)
{
	uint8_t *defined;

	if (!memory(ref, address, size, &defined))
		return -1;
	if (!defined || size != 8)
		return fault(ref, "a store of an address");
	if (store(ref, address, size, value))
		return -1;
	*slot_of(ref, defined) = 1;
	return 0;
}

/* Returns whether register @dst got the address that is at @address. */
static bool load_address(struct ref *ref, unsigned int dst, uint64_t address)
{
	uint8_t *defined, *at = memory(ref, address, 8, &defined);

	if (!at || !defined || !*slot_of(ref, defined))
		return false;
	set_address(ref, dst, get(at, 8));
	return true;
}

/* 5.3 Atomic operations; and, not in the RFC, load-acquire and store-release */
static int atomic(struct ref *ref, const struct bpf_insn *insn, unsigned int size)
{
	bool loads = insn->imm == BPF_LOAD_ACQ;
	uint64_t address = ref->reg[loads ? insn->src_reg : insn->dst_reg] + insn->off;
	uint64_t src = ref->reg[insn->src_reg], old, value;

	if (insn->imm == BPF_STORE_REL)
		return store(ref, address, size, src);
	if (load(ref, address, size, &old))
		return -1;
	if (loads) {
		set(ref, insn->dst_reg, old);
		return 0;
	}
	if (size < 4)
		return fault(ref, "not an instruction");
	if (size == 4)
		src = (uint32_t)src;
	switch (insn->imm & ~BPF_FETCH) {
	case BPF_ADD:
		value = old + src;
		break;
	case BPF_OR:
		value = old | src;
		break;
	case BPF_AND:
		value = old & src;
		break;
	case BPF_XOR:
		value = old ^ src;
		break;
	case BPF_XCHG & ~BPF_FETCH:
		value = src;
		break;
	case BPF_CMPXCHG & ~BPF_FETCH:
		if (!is_defined(ref, 0))
			return fault(ref, "r0 is not set");
		if (is_address(ref, 0))
			return fault(ref, "a comparison of an address");
		/* Of a word, the lower half of r0 is compared. */
		value = old == (size == 4 ? (uint32_t)ref->reg[0] : ref->reg[0]) ? src : old;
		set(ref, 0, old);
		return store(ref, address, size, value);
	default:
		return fault(ref, "not an instruction");
	}
	/* A fetched word is zero extended, as loads are. */
	if (insn->imm & BPF_FETCH)
		set(ref, insn->src_reg, old);
	return store(ref, address, size, value);
}

static int load_store(struct ref *ref, const struct bpf_insn *insn)
{
	unsigned int class = BPF_CLASS(insn->code), mode = BPF_MODE(insn->code);
	unsigned int size = size_bytes[BPF_SIZE(insn->code) >> 3];
	unsigned int base = class == BPF_LDX ? insn->src_reg : insn->dst_reg;
	uint64_t address = ref->reg[base] + insn->off, value;
	bool loads = class == BPF_STX && mode == BPF_ATOMIC && insn->imm == BPF_LOAD_ACQ;

	if (class != BPF_ST && !is_defined(ref, insn->src_reg) && class != BPF_LDX)
		return fault(ref, "the source is not set");
	if (!loads && !is_defined(ref, base))
		return fault(ref, "the base is not set");

	if (insn->code == (BPF_LDX | BPF_MEM | BPF_DW) && load_address(ref, insn->dst_reg, address))
		return 0;
	if (insn->code == (BPF_STX | BPF_MEM | BPF_DW) && is_address(ref, insn->src_reg))
		return store_address(ref, address, size, ref->reg[insn->src_reg]);
	if (class == BPF_STX && !loads && is_address(ref, insn->src_reg))
		return fault(ref, "a store of an address");
	if (class == BPF_LDX && (mode == BPF_MEM || (mode == BPF_MEMSX && size < 8))) {
		if (load(ref, address, size, &value))
			return -1;
		set(ref, insn->dst_reg, mode == BPF_MEMSX ? sign_extend(value, 8 * size) : value);
		return 0;
	}
	if (class == BPF_ST && mode == BPF_MEM)
		return store(ref, address, size, (uint64_t)(int64_t)insn->imm);
	if (class == BPF_STX && mode == BPF_MEM)
		return store(ref, address, size, ref->reg[insn->src_reg]);
	if (class == BPF_STX && mode == BPF_ATOMIC)
		return atomic(ref, insn, size);
	return fault(ref, "not an instruction");
}

/* 5.4 64-bit immediate instructions */
static int load_imm64(struct ref *ref, const struct bpf_insn *insn, unsigned int *pc)
{
	if (!IS_WIDE(insn) || insn[1].code)
		return fault(ref, "not an instruction");
	(*pc)++;
	if (insn->src_reg == 0) {
		set(ref, insn->dst_reg,
		    (uint64_t)(uint32_t)insn[1].imm << 32 | (uint32_t)insn->imm);
		return 0;
	}
	if (insn->src_reg == BPF_PSEUDO_MAP_VALUE && insn->imm == ref->map_fd)
		set_address(ref, insn->dst_reg, REF_MAP + (uint32_t)insn[1].imm);
	else if (insn->src_reg == BPF_PSEUDO_FUNC)
		set_address(ref, insn->dst_reg, FUNCTIONS + (*pc - 1 + insn->imm));
	else if (insn->src_reg != BPF_PSEUDO_MAP_FD)
		return fault(ref, "not an instruction, or an unknown map");
	else if (insn->imm == ref->map_fd)
		set_address(ref, insn->dst_reg, MAP_BY_FD);
	else if (ref->words && insn->imm == ref->words_fd)
		set_address(ref, insn->dst_reg, WORDS_BY_FD);
	else if (ref->tail && insn->imm == ref->tails_fd)
		set_address(ref, insn->dst_reg, TAILS_BY_FD);
	else
		return fault(ref, "an unknown map");
	return 0;
}

/* --- 3 Instruction encoding ------------------------------------------------------------ */

static int step(struct ref *ref, const struct bpf_insn *insn, unsigned int *pc)
{
	if (insn->dst_reg > BPF_REG_10 || insn->src_reg > BPF_REG_10)
		return fault(ref, "a register that there is not");
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return alu(ref, insn);
	case BPF_JMP:
	case BPF_JMP32:
		return jump(ref, insn, pc);
	case BPF_LD:
		return load_imm64(ref, insn, pc);
	}
	return load_store(ref, insn);
}

int ref_run(struct ref *ref, const struct bpf_insn *insns, unsigned int n)
{
	unsigned int pc = 0;
	int ret = 0;

	ref->fault = NULL;
	ref->frame = 0;
	begin(ref);
	for (unsigned int i = 0; !ret; i++) {
		ref->pc = pc;
		if (pc >= n)
			return fault(ref, "a jump out of the program");
		if (i == STEP_LIMIT)
			return fault(ref, "a loop without an end");
		pc++;
		ret = step(ref, &insns[pc - 1], &pc);
	}
	return ret < 0 ? -1 : 0;
}
