// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The reference interpreter, against results that were worked out by hand from the text of
 * RFC 9669.  The tables repeat no formula: each row has numbers alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ref.h"

#define N_OF(a)		(sizeof(a) / sizeof((a)[0]))
#define MAP_FD		7
#define WORDS_FD	8
#define TAILS_FD	9

static struct ref ref;
static uint8_t map[64];
static uint64_t words[2];
static unsigned int tail;

static int run(const struct bpf_insn *insns, unsigned int n)
{
	ref.map = map;
	ref.map_size = sizeof(map);
	ref.map_fd = MAP_FD;
	ref.words = words;
	ref.n_words = N_OF(words);
	ref.words_fd = WORDS_FD;
	ref.tail = tail;
	ref.tails_fd = TAILS_FD;
	return ref_run(&ref, insns, n);
}

#define RUN(...) ({ \
	const struct bpf_insn prog_[] = { __VA_ARGS__ }; \
	run(prog_, N_OF(prog_)); \
})

#define IMM64(d, v)	INSN(BPF_LD | BPF_IMM | BPF_DW, d, 0, 0, (int)(uint32_t)(v)), \
			INSN(0, 0, 0, 0, (int)(uint32_t)((uint64_t)(v) >> 32))
#define MAP_VALUE(d, o)	INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_VALUE, 0, MAP_FD), \
			INSN(0, 0, 0, 0, o)
#define BY_FD(d, fd)	INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define MAP(d)		BY_FD(d, MAP_FD)

/* --- 4.1 arithmetic --- */

#define A32(op)		(BPF_ALU | (op) | BPF_X)
#define A64(op)		(BPF_ALU64 | (op) | BPF_X)
#define K32(op)		(BPF_ALU | (op) | BPF_K)
#define K64(op)		(BPF_ALU64 | (op) | BPF_K)

static const struct {
	uint8_t code;
	int16_t off;
	uint64_t dst, src;	/* src of an immediate: its 32 bits */
	uint64_t want;
} arithmetic[] = {
	{ A64(BPF_ADD), 0, 0xffffffffffffffff, 2, 1 },
	{ A64(BPF_ADD), 0, 0xffffffff, 1, 0x100000000 },
	{ A32(BPF_ADD), 0, 0xffffffff, 1, 0 },
	{ A32(BPF_ADD), 0, 0x1111111100000001, 0x2222222200000002, 3 },
	{ K64(BPF_ADD), 0, 5, 0xffffffff, 4 },
	{ K32(BPF_ADD), 0, 5, 0xffffffff, 4 },
	{ K32(BPF_ADD), 0, 0, 0xffffffff, 0xffffffff },
	{ A64(BPF_SUB), 0, 1, 2, 0xffffffffffffffff },
	{ A32(BPF_SUB), 0, 1, 2, 0xffffffff },
	{ K64(BPF_SUB), 0, 0, 0x80000000, 0x80000000 },
	{ A64(BPF_MUL), 0, 0x100000001, 0x100000001, 0x200000001 },
	{ A32(BPF_MUL), 0, 0x10001, 0x10001, 0x20001 },
	{ A32(BPF_MUL), 0, 0xffffffff, 0xffffffff, 1 },
	{ K64(BPF_MUL), 0, 3, 0xffffffff, 0xfffffffffffffffd },
	{ K32(BPF_MUL), 0, 3, 0xffffffff, 0xfffffffd },
	{ A64(BPF_DIV), 0, 100, 7, 14 },
	{ A64(BPF_DIV), 0, 0xffffffffffffffff, 0x10, 0x0fffffffffffffff },
	{ A64(BPF_DIV), 0, 0x123456789, 0, 0 },
	{ A32(BPF_DIV), 0, 0x500000064, 0x900000007, 14 },
	{ A32(BPF_DIV), 0, 0xfffffffff, 0x100000000, 0 },
	{ K64(BPF_DIV), 0, 0xffffffffffffffff, 0xffffffff, 1 },
	{ K64(BPF_DIV), 0, 0xfffffffffffffffe, 0xffffffff, 0 },
	{ K32(BPF_DIV), 0, 0xfffffffe, 0xffffffff, 0 },
	{ A64(BPF_DIV), 1, -13, 3, -4 },
	{ A64(BPF_DIV), 1, 13, -3, -4 },
	{ A64(BPF_DIV), 1, -13, 0, 0 },
	{ A64(BPF_DIV), 1, 0x8000000000000000, -1, 0x8000000000000000 },
	{ A32(BPF_DIV), 1, 0x7fffffff3, 3, 0xfffffffc },	/* -13 / 3 */
	{ A32(BPF_DIV), 1, 0x80000000, 0xffffffff, 0x80000000 },
	{ A32(BPF_DIV), 1, 5, 0x100000000, 0 },
	{ K64(BPF_DIV), 1, 13, 0xfffffffd, -4 },
	{ K32(BPF_DIV), 1, 13, 0xfffffffd, 0xfffffffc },
	{ A64(BPF_MOD), 0, 100, 7, 2 },
	{ A64(BPF_MOD), 0, 0x123456789, 0, 0x123456789 },
	{ A32(BPF_MOD), 0, 0x500000064, 0x900000007, 2 },
	{ A32(BPF_MOD), 0, 0x500000064, 0x100000000, 0x64 },	/* by 0: the upper half is zeroed */
	{ K64(BPF_MOD), 0, 0xfffffffffffffffe, 0xffffffff, 0xfffffffffffffffe },
	{ A64(BPF_MOD), 1, -13, 3, -1 },
	{ A64(BPF_MOD), 1, 13, -3, 1 },
	{ A64(BPF_MOD), 1, -13, 0, -13 },
	{ A64(BPF_MOD), 1, 0x8000000000000000, -1, 0 },
	{ A32(BPF_MOD), 1, 0x7fffffff3, 3, 0xffffffff },	/* -13 % 3 */
	{ A32(BPF_MOD), 1, 0x80000000, 0xffffffff, 0 },
	{ A32(BPF_MOD), 1, 0x1fffffff3, 0x100000000, 0xfffffff3 },
	{ K32(BPF_MOD), 1, 13, 0xfffffffd, 1 },
	{ A64(BPF_OR), 0, 0xf0f0f0f000000000, 0x0f, 0xf0f0f0f00000000f },
	{ A32(BPF_OR), 0, 0xf0f0f0f000000000, 0x0f, 0x0f },
	{ K64(BPF_OR), 0, 0, 0x80000000, 0xffffffff80000000 },
	{ K32(BPF_OR), 0, 0, 0x80000000, 0x80000000 },
	{ A64(BPF_AND), 0, 0xff00ff00ff00ff00, 0x0ff00ff00ff00ff0, 0x0f000f000f000f00 },
	{ K64(BPF_AND), 0, 0x123456789abcdef0, 0xfffffff0, 0x123456789abcdef0 },
	{ K32(BPF_AND), 0, 0x123456789abcdef0, 0xfffffff0, 0x9abcdef0 },
	{ A64(BPF_XOR), 0, 0xff, 0xf0f, 0xff0 },
	{ K64(BPF_XOR), 0, 0, 0xffffffff, 0xffffffffffffffff },
	{ K32(BPF_XOR), 0, 0x100000000, 0xffffffff, 0xffffffff },
	{ A64(BPF_LSH), 0, 1, 63, 0x8000000000000000 },
	{ A64(BPF_LSH), 0, 1, 64, 1 },			/* mask 0x3f */
	{ A64(BPF_LSH), 0, 1, 0xffffffffffffff41, 2 },
	{ A32(BPF_LSH), 0, 1, 31, 0x80000000 },
	{ A32(BPF_LSH), 0, 1, 32, 1 },			/* mask 0x1f */
	{ A32(BPF_LSH), 0, 0xffffffff, 4, 0xfffffff0 },
	{ K64(BPF_LSH), 0, 1, 32, 0x100000000 },
	{ A64(BPF_RSH), 0, 0x8000000000000000, 63, 1 },
	{ A64(BPF_RSH), 0, 0x8000000000000000, 65, 0x4000000000000000 },
	{ A32(BPF_RSH), 0, 0xf80000000, 31, 1 },
	{ A32(BPF_RSH), 0, 0x80000000, 33, 0x40000000 },
	{ A64(BPF_ARSH), 0, 0x8000000000000000, 4, 0xf800000000000000 },
	{ A64(BPF_ARSH), 0, 0x7000000000000000, 4, 0x0700000000000000 },
	{ A64(BPF_ARSH), 0, 0x8000000000000000, 68, 0xf800000000000000 },
	{ A32(BPF_ARSH), 0, 0x80000000, 4, 0xf8000000 },
	{ A32(BPF_ARSH), 0, 0xf70000000, 4, 0x07000000 },
	{ A32(BPF_ARSH), 0, 0x80000000, 36, 0xf8000000 },
	{ K64(BPF_NEG), 0, 1, 0, 0xffffffffffffffff },
	{ K64(BPF_NEG), 0, 0x8000000000000000, 0, 0x8000000000000000 },
	{ K32(BPF_NEG), 0, 1, 0, 0xffffffff },
	{ K32(BPF_NEG), 0, 0x500000000, 0, 0 },
	{ A64(BPF_MOV), 0, 1, 0x123456789abcdef0, 0x123456789abcdef0 },
	{ A32(BPF_MOV), 0, -1, 0x123456789abcdef0, 0x9abcdef0 },
	{ K64(BPF_MOV), 0, 1, 0x80000000, 0xffffffff80000000 },
	{ K32(BPF_MOV), 0, -1, 0x80000000, 0x80000000 },
	{ A64(BPF_MOV), 8, 0, 0x7f, 0x7f },
	{ A64(BPF_MOV), 8, 0, 0x1280, 0xffffffffffffff80 },
	{ A64(BPF_MOV), 16, 0, 0x128000, 0xffffffffffff8000 },
	{ A64(BPF_MOV), 32, 0, 0x1280000000, 0xffffffff80000000 },
	{ A64(BPF_MOV), 32, 0, 0xff7fffffff, 0x7fffffff },
	{ A32(BPF_MOV), 8, -1, 0x1280, 0xffffff80 },
	{ A32(BPF_MOV), 16, -1, 0x128000, 0xffff8000 },
	{ A32(BPF_MOV), 16, -1, 0xffff7fff, 0x7fff },
};

static void computes(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < N_OF(arithmetic); i++) {
		const uint8_t code = arithmetic[i].code;
		const int reg = BPF_SRC(code) == BPF_X;

		assert_int_equal(RUN(
			IMM64(0, arithmetic[i].dst), IMM64(1, arithmetic[i].src),
			INSN(code, 0, reg, arithmetic[i].off, reg ? 0 : (int)arithmetic[i].src),
			EXIT()), 0);
		if (ref.reg[0] != arithmetic[i].want)
			fail_msg("row %u: code 0x%x: %llx, not %llx", i, code,
				 (unsigned long long)ref.reg[0], (unsigned long long)arithmetic[i].want);
	}
}

/* --- 4.2 byte swaps --- */

static void swaps_bytes(void **state)
{
	const uint64_t x = 0x0102030405060708;
	const int little = *(const uint8_t *)&(const uint16_t){ 1 };
	const struct {
		uint8_t code;
		int width;
		uint64_t want;
	} rows[] = {
		{ BPF_ALU64 | BPF_END, 16, 0x0807 },
		{ BPF_ALU64 | BPF_END, 32, 0x08070605 },
		{ BPF_ALU64 | BPF_END, 64, 0x0807060504030201 },
		{ BPF_ALU | BPF_END | BPF_TO_LE, 16, little ? 0x0708 : 0x0807 },
		{ BPF_ALU | BPF_END | BPF_TO_LE, 32, little ? 0x05060708 : 0x08070605 },
		{ BPF_ALU | BPF_END | BPF_TO_LE, 64, little ? x : 0x0807060504030201 },
		{ BPF_ALU | BPF_END | BPF_TO_BE, 16, little ? 0x0807 : 0x0708 },
		{ BPF_ALU | BPF_END | BPF_TO_BE, 32, little ? 0x08070605 : 0x05060708 },
		{ BPF_ALU | BPF_END | BPF_TO_BE, 64, little ? 0x0807060504030201 : x },
	};

	(void)state;
	for (unsigned int i = 0; i < N_OF(rows); i++) {
		assert_int_equal(RUN(IMM64(0, x), INSN(rows[i].code, 0, 0, 0, rows[i].width), EXIT()), 0);
		assert_true(ref.reg[0] == rows[i].want);
	}
}

/* --- 4.3 jumps --- */

#define J64(op)		(BPF_JMP | (op) | BPF_X)
#define J32(op)		(BPF_JMP32 | (op) | BPF_X)
#define JK64(op)	(BPF_JMP | (op) | BPF_K)
#define JK32(op)	(BPF_JMP32 | (op) | BPF_K)

static const struct {
	uint8_t code;
	uint64_t dst, src;
	int taken;
} jumps[] = {
	{ J64(BPF_JEQ), 5, 5, 1 }, { J64(BPF_JEQ), 5, 0x100000005, 0 },
	{ J32(BPF_JEQ), 5, 0x100000005, 1 }, { J32(BPF_JEQ), 5, 6, 0 },
	{ JK64(BPF_JEQ), -1, 0xffffffff, 1 }, { JK64(BPF_JEQ), 0xffffffff, 0xffffffff, 0 },
	{ JK32(BPF_JEQ), 0xffffffff, 0xffffffff, 1 },
	{ J64(BPF_JNE), 5, 5, 0 }, { J64(BPF_JNE), 5, 0x100000005, 1 },
	{ J32(BPF_JNE), 5, 0x100000005, 0 }, { J32(BPF_JNE), 5, 6, 1 },
	{ J64(BPF_JSET), 6, 9, 0 }, { J64(BPF_JSET), 6, 12, 1 },
	{ J64(BPF_JSET), 0x100000000, 0x100000000, 1 }, { J32(BPF_JSET), 0x100000000, 0x100000000, 0 },
	{ JK64(BPF_JSET), 0x100000000, 0x80000000, 1 }, { JK32(BPF_JSET), 0x100000000, 0x80000000, 0 },
	{ J64(BPF_JGT), -1, 1, 1 }, { J64(BPF_JGT), 1, 1, 0 }, { J64(BPF_JGT), 1, -1, 0 },
	{ J32(BPF_JGT), 0x100000001, 2, 0 }, { J32(BPF_JGT), 0xffffffff, 1, 1 },
	{ JK64(BPF_JGT), 0xffffffff, 0xffffffff, 0 }, { JK32(BPF_JGT), 0xffffffff, 0xfffffffe, 1 },
	{ J64(BPF_JGE), 1, 1, 1 }, { J64(BPF_JGE), 0, 1, 0 }, { J64(BPF_JGE), -1, 1, 1 },
	{ J32(BPF_JGE), 0x100000000, 1, 0 }, { J32(BPF_JGE), 1, 1, 1 },
	{ J64(BPF_JLT), 1, -1, 1 }, { J64(BPF_JLT), 1, 1, 0 }, { J64(BPF_JLT), -1, 1, 0 },
	{ J32(BPF_JLT), 0x100000001, 2, 1 }, { J32(BPF_JLT), 0xffffffff, 1, 0 },
	{ J64(BPF_JLE), 1, 1, 1 }, { J64(BPF_JLE), 2, 1, 0 }, { J64(BPF_JLE), 1, -1, 1 },
	{ J32(BPF_JLE), 0x100000000, 0, 1 }, { J32(BPF_JLE), 2, 1, 0 },
	{ J64(BPF_JSGT), -1, 1, 0 }, { J64(BPF_JSGT), 1, -1, 1 }, { J64(BPF_JSGT), 1, 1, 0 },
	{ J64(BPF_JSGT), 0xffffffff, 0, 1 }, { J32(BPF_JSGT), 0xffffffff, 0, 0 },
	{ JK64(BPF_JSGT), 0, 0xffffffff, 1 }, { JK32(BPF_JSGT), 0x80000000, 0xffffffff, 0 },
	{ J64(BPF_JSGE), -1, 1, 0 }, { J64(BPF_JSGE), 1, 1, 1 },
	{ J32(BPF_JSGE), 0x80000000, 0, 0 }, { J32(BPF_JSGE), 0x100000000, 0, 1 },
	{ J64(BPF_JSLT), -1, 1, 1 }, { J64(BPF_JSLT), 1, 1, 0 },
	{ J64(BPF_JSLT), 0x80000000, 0, 0 }, { J32(BPF_JSLT), 0x80000000, 0, 1 },
	{ J64(BPF_JSLE), -1, 1, 1 }, { J64(BPF_JSLE), 1, 1, 1 }, { J64(BPF_JSLE), 1, -1, 0 },
	{ J32(BPF_JSLE), 0xffffffff, 0, 1 }, { J32(BPF_JSLE), 0x7fffffff, 0, 0 },
};

static void branches(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < N_OF(jumps); i++) {
		const int reg = BPF_SRC(jumps[i].code) == BPF_X;

		assert_int_equal(RUN(
			IMM64(1, jumps[i].dst), IMM64(2, jumps[i].src), MOV64_IMM(0, 1),
			INSN(jumps[i].code, 1, reg ? 2 : 0, 1, reg ? 0 : (int)jumps[i].src),
			MOV64_IMM(0, 0), EXIT()), 0);
		if (ref.reg[0] != (uint64_t)jumps[i].taken)
			fail_msg("row %u: code 0x%x", i, jumps[i].code);
	}
}

static void goes_far_and_back(void **state)
{
	(void)state;
	assert_int_equal(RUN(MOV64_IMM(0, 1), JA(2), MOV64_IMM(0, 2), EXIT(), JA(-3)), 0);
	assert_true(ref.reg[0] == 2);
	assert_int_equal(RUN(MOV64_IMM(0, 1), INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, 2), MOV64_IMM(0, 2), EXIT(),
			     INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, -3)), 0);
	assert_true(ref.reg[0] == 2);
	/* may_goto: the loop is not left */
	assert_int_equal(RUN(MOV64_IMM(0, 1), INSN(BPF_JMP | BPF_JCOND, 0, 0, 1, 0), MOV64_IMM(0, 2), EXIT()), 0);
	assert_true(ref.reg[0] == 2);
}

static void calls_a_function(void **state)
{
	(void)state;
	/* r6 is the caller's again; r10 has another stack; r0 is the result */
	assert_int_equal(RUN(
		MOV64_IMM(6, 40), MOV64_IMM(1, 2), STX(BPF_DW, 10, -8, 1),
		INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 3),
		LDX(BPF_DW, 1, 10, -8), ALU64_REG(BPF_ADD, 0, 1), EXIT(),
		MOV64_IMM(6, 9), STX(BPF_DW, 10, -8, 6), MOV64_REG(0, 1), ALU64_IMM(BPF_ADD, 0, 100), EXIT()), 0);
	assert_true(ref.reg[0] == 104);
	assert_true(ref.reg[6] == 40);
}

/* r2 = the address of @key on the stack */
#define KEY(key) MOV64_IMM(3, key), STX(BPF_W, 10, -4, 3), MOV64_REG(2, 10), ALU64_IMM(BPF_ADD, 2, -4)

static void looks_up_the_maps(void **state)
{
	(void)state;
	/* r0 = whether there is an element, which for the map of words gets a new value */
	for (int key = 0; key < 2; key++) {
		assert_int_equal(RUN(KEY(key), MAP(1), CALL(BPF_FUNC_map_lookup_elem),
				     INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1, 0), MOV64_IMM(0, 1), EXIT()), 0);
		assert_true(ref.reg[0] == !key);
	}
	for (int key = 0; key < 3; key++) {
		words[0] = words[1] = 7;
		assert_int_equal(RUN(KEY(key), BY_FD(1, WORDS_FD), CALL(BPF_FUNC_map_lookup_elem),
				     INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2, 0), MOV64_IMM(3, 5),
				     STX(BPF_DW, 0, 0, 3), MOV64_IMM(0, 1), EXIT()), 0);
		assert_true(words[0] == (key == 0 ? 5 : 7));
		assert_true(words[1] == (key == 1 ? 5 : 7));
	}
}

static void updates_the_map_of_words(void **state)
{
	const struct {
		int key, flags;
		uint64_t want, want_word;
	} rows[] = {
		{ 1, 0, 0, 5 },
		{ 1, 2, 0, 5 },
		{ 1, 1, 0xffffffffffffffef, 7 },	/* -EEXIST */
		{ 1, 3, 0xffffffffffffffea, 7 },	/* -EINVAL */
		{ 2, 0, 0xfffffffffffffff9, 7 },	/* -E2BIG */
		{ 2, 1, 0xfffffffffffffff9, 7 },
	};

	(void)state;
	for (unsigned int i = 0; i < N_OF(rows); i++) {
		words[0] = words[1] = 7;
		assert_int_equal(RUN(KEY(rows[i].key), MOV64_IMM(4, 5), STX(BPF_DW, 10, -16, 4), MOV64_REG(3, 10),
				     ALU64_IMM(BPF_ADD, 3, -16), MOV64_IMM(4, rows[i].flags), BY_FD(1, WORDS_FD),
				     CALL(BPF_FUNC_map_update_elem), EXIT()), 0);
		if (ref.reg[0] != rows[i].want || words[1] != rows[i].want_word || words[0] != 7)
			fail_msg("row %u: returns %llx", i, (unsigned long long)ref.reg[0]);
	}
	assert_int_equal(RUN(KEY(1), BY_FD(1, WORDS_FD), CALL(BPF_FUNC_map_delete_elem), EXIT()), 0);
	assert_true(ref.reg[0] == 0xffffffffffffffea);
}

/* Index 0, of which the lower half counts, is the second program; others are none. */
static void calls_a_tail(void **state)
{
	(void)state;
	tail = 9;
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(RUN(STX(BPF_DW, 10, -8, 1), LDX(BPF_DW, 1, 10, -8), BY_FD(2, TAILS_FD),
				     IMM64(3, i == 2 ? 0x100000000 : i), CALL(BPF_FUNC_tail_call),
				     MOV64_IMM(0, 6), EXIT(), MOV64_IMM(0, 9), EXIT()), 0);
		assert_true(ref.reg[0] == (i == 1 ? 6 : 9));
	}
	/* It finds no register and no stack but its own. */
	assert_int_equal(RUN(STX(BPF_DW, 10, -8, 1), MOV64_IMM(3, 0), MOV64_IMM(0, 3), BY_FD(2, TAILS_FD),
			     CALL(BPF_FUNC_tail_call), EXIT(), JA(0), JA(0), LDX(BPF_DW, 0, 10, -8), EXIT()), -1);
	assert_string_equal(ref.fault, "a load of stack that is not set");
	tail = 0;
}

/* A tail call in a function takes its place: the caller goes on, with its own r6. */
static void calls_a_tail_in_a_function(void **state)
{
	(void)state;
	tail = 11;
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(RUN(MOV64_IMM(6, 40), MOV64_IMM(2, i), INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 2),
				     ALU64_REG(BPF_ADD, 0, 6), EXIT(),
				     MOV64_REG(3, 2), BY_FD(2, TAILS_FD), CALL(BPF_FUNC_tail_call), MOV64_IMM(0, 6), EXIT(),
				     MOV64_IMM(6, 1), MOV64_IMM(0, 9), EXIT()), 0);
		assert_true(ref.reg[0] == (i ? 46 : 49));
		assert_true(ref.reg[6] == 40);
	}
	tail = 0;
}

#define FUNCTION(d, distance) INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_FUNC, 0, distance), INSN(0, 0, 0, 0, 0)

/* A word on the stack, which begins as 100, gets the numbers of all turns; the turn @last ends it. */
static void makes_turns(void **state)
{
	const struct {
		int turns, flags, last;
		uint64_t want, want_word;
	} rows[] = {
		{ 0, 0, 9, 0, 100 },
		{ 1, 0, 9, 1, 100 },
		{ 4, 0, 9, 4, 106 },
		{ 4, 0, 2, 3, 103 },
		{ 4, 0, 0, 1, 100 },
		{ 4, 1, 9, 0xffffffffffffffea, 100 },		/* -EINVAL */
		{ 0x800001, 0, 9, 0xfffffffffffffff9, 100 },	/* -E2BIG */
	};

	(void)state;
	for (unsigned int i = 0; i < N_OF(rows); i++) {
		assert_int_equal(RUN(INSN(BPF_ST | BPF_MEM | BPF_DW, 10, 0, -8, 100), MOV64_IMM(1, rows[i].turns),
				     FUNCTION(2, 7), MOV64_REG(3, 10), ALU64_IMM(BPF_ADD, 3, -8),
				     MOV64_IMM(4, rows[i].flags), CALL(HELPER_LOOP), LDX(BPF_DW, 6, 10, -8), EXIT(),
				     LDX(BPF_DW, 3, 2, 0), ALU64_REG(BPF_ADD, 3, 1), STX(BPF_DW, 2, 0, 3),
				     MOV64_IMM(0, 0), INSN(BPF_JMP | BPF_JNE | BPF_K, 1, 0, 1, rows[i].last),
				     MOV64_IMM(0, 1), EXIT()), 0);
		if (ref.reg[0] != rows[i].want || ref.reg[6] != rows[i].want_word)
			fail_msg("row %u: returns %llx, word %llx", i, (unsigned long long)ref.reg[0],
				 (unsigned long long)ref.reg[6]);
	}
}

/* Each element gets its key, and the map's number of elements is what is returned. */
static void visits_elements(void **state)
{
	(void)state;
	words[0] = 7;
	words[1] = 9;
	assert_int_equal(RUN(BY_FD(1, WORDS_FD), FUNCTION(2, 5), MOV64_IMM(3, 0), MOV64_IMM(4, 0),
			     CALL(HELPER_FOR_EACH), EXIT(),
			     LDX(BPF_W, 5, 2, 0), LDX(BPF_DW, 6, 3, 0), ALU64_REG(BPF_ADD, 6, 5),
			     STX(BPF_DW, 3, 0, 6), MOV64_IMM(0, 0), EXIT()), 0);
	assert_true(ref.reg[0] == 2);
	assert_true(words[0] == 7 && words[1] == 10);
}

/* --- 5 loads and stores; words of the map are put and looked at as bytes of one value --- */

static void fill(void)
{
	memset(map, 0x8f, sizeof(map));
}

static void loads(void **state)
{
	const struct {
		uint8_t code;
		uint64_t want;
	} rows[] = {
		{ BPF_LDX | BPF_MEM | BPF_B, 0x8f },
		{ BPF_LDX | BPF_MEM | BPF_H, 0x8f8f },
		{ BPF_LDX | BPF_MEM | BPF_W, 0x8f8f8f8f },
		{ BPF_LDX | BPF_MEM | BPF_DW, 0x8f8f8f8f8f8f8f8f },
		{ BPF_LDX | BPF_MEMSX | BPF_B, 0xffffffffffffff8f },
		{ BPF_LDX | BPF_MEMSX | BPF_H, 0xffffffffffff8f8f },
		{ BPF_LDX | BPF_MEMSX | BPF_W, 0xffffffff8f8f8f8f },
	};

	(void)state;
	fill();
	for (unsigned int i = 0; i < N_OF(rows); i++) {
		assert_int_equal(RUN(MAP_VALUE(1, 16), MOV64_IMM(0, 0),
				     INSN(rows[i].code, 0, 1, -8, 0), EXIT()), 0);
		assert_true(ref.reg[0] == rows[i].want);
	}
}

static void stores(void **state)
{
	uint8_t want[64];
	const uint16_t h = 0x7788;
	const uint32_t w = 0x55667788;
	const uint64_t dw = 0x1122334455667788, minus_two = 0xfffffffffffffffe;

	(void)state;
	fill();
	memcpy(want, map, sizeof(want));
	want[0] = 0x88;
	memcpy(want + 2, &h, 2);
	memcpy(want + 4, &w, 4);
	memcpy(want + 8, &dw, 8);
	want[16] = 0xfe;
	memcpy(want + 18, &minus_two, 1);
	want[19] = 0xff;
	memset(want + 20, 0xff, 4);
	memcpy(want + 20, &(uint32_t){ 0xfffffffe }, 4);
	memcpy(want + 18, &(uint16_t){ 0xfffe }, 2);
	memcpy(want + 24, &minus_two, 8);
	assert_int_equal(RUN(
		MAP_VALUE(1, 0), IMM64(2, dw), MOV64_IMM(0, 0),
		STX(BPF_B, 1, 0, 2), STX(BPF_H, 1, 2, 2), STX(BPF_W, 1, 4, 2), STX(BPF_DW, 1, 8, 2),
		INSN(BPF_ST | BPF_MEM | BPF_B, 1, 0, 16, -2), INSN(BPF_ST | BPF_MEM | BPF_H, 1, 0, 18, -2),
		INSN(BPF_ST | BPF_MEM | BPF_W, 1, 0, 20, -2), INSN(BPF_ST | BPF_MEM | BPF_DW, 1, 0, 24, -2),
		EXIT()), 0);
	assert_memory_equal(map, want, sizeof(map));
}

static const struct {
	int size, op;
	uint64_t memory, src, r0;
	uint64_t want_memory, want_src, want_r0;
} atomics[] = {
	{ BPF_DW, BPF_ADD, 5, 0x100000003, 1, 0x100000008, 0x100000003, 1 },
	{ BPF_DW, BPF_ADD | BPF_FETCH, -1, 3, 1, 2, -1, 1 },
	{ BPF_DW, BPF_OR, 0xf0, 0x0f, 1, 0xff, 0x0f, 1 },
	{ BPF_DW, BPF_OR | BPF_FETCH, 0xf0, 0x0f, 1, 0xff, 0xf0, 1 },
	{ BPF_DW, BPF_AND, 0xf0, 0x3c, 1, 0x30, 0x3c, 1 },
	{ BPF_DW, BPF_AND | BPF_FETCH, 0xf0, 0x3c, 1, 0x30, 0xf0, 1 },
	{ BPF_DW, BPF_XOR, 0xf0, 0x3c, 1, 0xcc, 0x3c, 1 },
	{ BPF_DW, BPF_XOR | BPF_FETCH, 0xf0, 0x3c, 1, 0xcc, 0xf0, 1 },
	{ BPF_DW, BPF_XCHG, 5, 6, 1, 6, 5, 1 },
	{ BPF_DW, BPF_CMPXCHG, 5, 6, 5, 6, 6, 5 },
	{ BPF_DW, BPF_CMPXCHG, 5, 6, 0x100000005, 5, 6, 5 },
	{ BPF_W, BPF_ADD, 0xffffffff, 0x500000001, 1, 0, 0x500000001, 1 },
	{ BPF_W, BPF_ADD | BPF_FETCH, 0xffffffff, 0x500000001, 1, 0, 0xffffffff, 1 },
	{ BPF_W, BPF_OR | BPF_FETCH, 0xf0, 0x50000000f, 1, 0xff, 0xf0, 1 },
	{ BPF_W, BPF_AND | BPF_FETCH, 0xf0, 0x3c, 1, 0x30, 0xf0, 1 },
	{ BPF_W, BPF_XOR | BPF_FETCH, 0xf0, 0x3c, 1, 0xcc, 0xf0, 1 },
	{ BPF_W, BPF_XCHG, 0x80000000, 0x700000006, 1, 6, 0x80000000, 1 },
	{ BPF_W, BPF_CMPXCHG, 5, 6, 0x900000005, 6, 6, 5 },
	{ BPF_W, BPF_CMPXCHG, 5, 6, 7, 5, 6, 5 },
	{ BPF_DW, BPF_LOAD_ACQ, 5, 0, 1, 5, 5, 1 },
	{ BPF_DW, BPF_STORE_REL, 5, 6, 1, 6, 6, 1 },
};

static void works_atomically(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < N_OF(atomics); i++) {
		const bool loads = atomics[i].op == BPF_LOAD_ACQ;
		uint32_t w = atomics[i].memory;
		uint64_t got;

		fill();
		if (atomics[i].size == BPF_W)
			memcpy(map + 8, &w, sizeof(w));
		else
			memcpy(map + 8, &atomics[i].memory, 8);
		assert_int_equal(RUN(
			MAP_VALUE(1, 0), IMM64(2, atomics[i].src), IMM64(0, atomics[i].r0),
			INSN(BPF_STX | BPF_ATOMIC | atomics[i].size, loads ? 2 : 1, loads ? 1 : 2, 8, atomics[i].op),
			EXIT()), 0);
		memcpy(&got, map + 8, 8);
		if (atomics[i].size == BPF_W) {
			memcpy(&w, map + 8, sizeof(w));
			got = w;
			assert_int_equal(map[12], 0x8f);
		}
		if (got != atomics[i].want_memory || ref.reg[2] != atomics[i].want_src ||
		    ref.reg[0] != atomics[i].want_r0)
			fail_msg("row %u: memory %llx, source %llx, r0 %llx", i, (unsigned long long)got,
				 (unsigned long long)ref.reg[2], (unsigned long long)ref.reg[0]);
	}
}

/* --- what no program may do --- */

#define FAULTS(want, ...) do { \
	assert_int_equal(RUN(__VA_ARGS__), -1); \
	assert_string_equal(ref.fault, want); \
} while (0)

static void finds_faults(void **state)
{
	(void)state;
	FAULTS("exit, and r0 is not set", EXIT());
	FAULTS("the source is not set", MOV64_REG(0, 3), EXIT());
	FAULTS("the destination is not set", ALU64_IMM(BPF_ADD, 0, 1), EXIT());
	FAULTS("a load of stack that is not set", LDX(BPF_W, 0, 10, -8), EXIT());
	FAULTS("a load of stack that is not set", MOV64_IMM(1, 0), STX(BPF_W, 10, -8, 1),
	       LDX(BPF_DW, 0, 10, -8), EXIT());
	FAULTS("an access to no memory", MAP_VALUE(1, 0), LDX(BPF_DW, 0, 1, sizeof(map)), EXIT());
	FAULTS("an access to no memory", LDX(BPF_DW, 0, 10, -520), EXIT());
	FAULTS("an unaligned access", MAP_VALUE(1, 0), LDX(BPF_DW, 0, 1, 4), EXIT());
	FAULTS("a jump out of the program", JA(5), EXIT());
	FAULTS("a loop without an end", JA(-1));
	FAULTS("not an instruction", MOV64_IMM(0, 0), INSN(BPF_ALU | BPF_MOV | BPF_X, 0, 0, 32, 0), EXIT());
	FAULTS("not an instruction", MOV64_IMM(0, 0), INSN(BPF_ALU64 | BPF_DIV | BPF_X, 0, 0, 2, 0), EXIT());
	/* addresses, which are others in the kernel */
	FAULTS("arithmetic with an address", ALU64_IMM(BPF_AND, 1, 3), EXIT());
	FAULTS("arithmetic with an address", MOV64_IMM(0, 0), ALU64_REG(BPF_ADD, 0, 1), EXIT());
	FAULTS("arithmetic with an address", INSN(BPF_ALU | BPF_MOV | BPF_X, 0, 1, 0, 0), EXIT());
	FAULTS("exit with an address", MOV64_REG(0, 1), EXIT());
	FAULTS("a comparison of an address", INSN(BPF_JMP | BPF_JGT | BPF_K, 1, 0, 0, 0), EXIT());
	FAULTS("a store of an address", MAP_VALUE(2, 0), STX(BPF_DW, 2, 0, 1), EXIT());
	FAULTS("a store of an address", STX(BPF_W, 10, -8, 1), EXIT());
	FAULTS("a load of an address as a number", STX(BPF_DW, 10, -8, 1), LDX(BPF_B, 0, 10, -8), EXIT());
	FAULTS("a load of stack that is not set", STX(BPF_DW, 10, -8, 1), MOV64_IMM(0, 0), STX(BPF_B, 10, -8, 0),
	       LDX(BPF_DW, 0, 10, -8), EXIT());
	/* functions that are called back */
#define TURNS(...) MOV64_IMM(1, 2), FUNCTION(2, 5), MOV64_IMM(3, 0), MOV64_IMM(4, 0), CALL(HELPER_LOOP), EXIT(), __VA_ARGS__
	FAULTS("a function that is called back returns 0 or 1", TURNS(MOV64_IMM(0, 2), EXIT()));
	FAULTS("the source is not set", TURNS(MOV64_REG(0, 3), EXIT()));
	FAULTS("the source is not set", TURNS(MOV64_REG(0, 6), EXIT()));
	FAULTS("no function to call back, argument and flags", MOV64_IMM(1, 2), MOV64_IMM(2, 0), MOV64_IMM(3, 0),
	       MOV64_IMM(4, 0), CALL(HELPER_LOOP), EXIT());
	FAULTS("an access to no memory", BY_FD(1, WORDS_FD), FUNCTION(2, 5), MOV64_IMM(3, 0), MOV64_IMM(4, 0),
	       CALL(HELPER_FOR_EACH), EXIT(), INSN(BPF_ST | BPF_MEM | BPF_W, 2, 0, 0, 1), MOV64_IMM(0, 0), EXIT());
	/* what a call leaves */
	FAULTS("the source is not set", MOV64_IMM(1, 1), INSN(BPF_JMP | BPF_CALL, 0, 1, 0, 2), MOV64_REG(0, 1),
	       EXIT(), MOV64_IMM(0, 1), EXIT());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(computes),
		cmocka_unit_test(swaps_bytes),
		cmocka_unit_test(branches),
		cmocka_unit_test(goes_far_and_back),
		cmocka_unit_test(calls_a_function),
		cmocka_unit_test(looks_up_the_maps),
		cmocka_unit_test(updates_the_map_of_words),
		cmocka_unit_test(calls_a_tail),
		cmocka_unit_test(calls_a_tail_in_a_function),
		cmocka_unit_test(makes_turns),
		cmocka_unit_test(visits_elements),
		cmocka_unit_test(loads),
		cmocka_unit_test(stores),
		cmocka_unit_test(works_atomically),
		cmocka_unit_test(finds_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
