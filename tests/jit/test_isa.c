// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The programs of all instructions: the reference takes each, and disassembles as clang would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

#define MAP_FD	7

static const struct kernel kernel = { .map_fd = MAP_FD };

static void take_all(bool full)
{
	static struct program prog;
	unsigned int n;
	const struct variant *variants = isa_variants(full, &n);

	assert_true(n > 150);
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < variants[i].programs; k++) {
			uint64_t random = 1;
			struct area area;
			const char *fault;

			isa_build(&variants[i], k, MAP_FD, &prog);
			assert_true(prog.first <= prog.tested && prog.tested < prog.end && prog.end < prog.n);
			variants[i].operands(&variants[i], &prog, k % variants[i].cases, &random, &area);
			fault = reference(&kernel, &prog, &area);
			if (fault)
				fail_msg("%s, program %u: %s", variants[i].name, k, fault);
			/* The program came to its end: it has put back what it kept on the stack. */
			assert_true(area.canary_out == area.canary);
		}
}

static void takes_all_programs(void **state)
{
	(void)state;
	take_all(false);
	take_all(true);
}

static void names_are_unique(void **state)
{
	unsigned int n;
	const struct variant *variants = isa_variants(false, &n);

	(void)state;
	for (unsigned int i = 0; i < n; i++)
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(variants[i].name, variants[k].name);
}

/* Shifts are below the width, or beyond it, as their variant says. */
static void counts_of_shifts(void **state)
{
	static struct program prog;
	unsigned int n, seen = 0;
	const struct variant *variants = isa_variants(false, &n);

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		const bool wide = !strncmp(variants[i].name, "alu64", 5);
		uint64_t random = 1;

		if (!strstr(variants[i].name, "sh-reg") && !variants[i].beyond)
			continue;
		for (unsigned int k = 0; k < variants[i].programs * variants[i].cases; k++) {
			struct area area;
			uint64_t count;

			isa_build(&variants[i], k / variants[i].cases, MAP_FD, &prog);
			variants[i].operands(&variants[i], &prog, k % variants[i].cases, &random, &area);
			count = area.in[prog.insns[prog.tested].src_reg];
			if (!wide)
				count = (uint32_t)count;
			assert_int_equal(count >= (wide ? 64 : 32), variants[i].beyond);
			seen++;
		}
	}
	assert_true(seen > 10000);
}

static void disassembles(void **state)
{
	const struct {
		struct bpf_insn insn;
		const char *text;
	} rows[] = {
		{ INSN(BPF_ALU64 | BPF_ADD | BPF_X, 1, 2, 0, 0), "r1 += r2" },
		{ INSN(BPF_ALU | BPF_DIV | BPF_K, 1, 0, SIGNED, -3), "w1 s/= -3" },
		{ INSN(BPF_ALU | BPF_MOV | BPF_X, 1, 2, 8, 0), "w1 = (s8)w2" },
		{ INSN(BPF_ALU64 | BPF_ARSH | BPF_X, 1, 2, 0, 0), "r1 s>>= r2" },
		{ INSN(BPF_ALU | BPF_NEG, 3, 0, 0, 0), "w3 = -w3" },
		{ INSN(BPF_ALU64 | BPF_END, 3, 0, 0, 16), "r3 = bswap16 r3" },
		{ INSN(BPF_ALU | BPF_END | BPF_TO_BE, 3, 0, 0, 32), "r3 = be32 r3" },
		{ INSN(BPF_JMP32 | BPF_JSGE | BPF_K, 3, 0, 5, -1), "if w3 s>= -1 goto +5" },
		{ INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, -7), "gotol -7" },
		{ INSN(BPF_LDX | BPF_MEMSX | BPF_H, 3, 10, -8, 0), "r3 = *(s16 *)(r10 -8)" },
		{ INSN(BPF_ST | BPF_MEM | BPF_W, 3, 0, 8, 9), "*(u32 *)(r3 +8) = 9" },
		{ INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 3, 4, 8, BPF_OR), "lock *(u64 *)(r3 +8) |= r4" },
		{ INSN(BPF_STX | BPF_ATOMIC | BPF_W, 3, 4, 8, BPF_XOR | BPF_FETCH), "w4 = atomic_fetch_xor((u32 *)(r3 +8), w4)" },
		{ INSN(BPF_STX | BPF_ATOMIC | BPF_W, 3, 4, 8, BPF_CMPXCHG), "w0 = cmpxchg32_32(r3 +8, w0, w4)" },
	};
	char text[128];

	(void)state;
	for (unsigned int i = 0; i < N_OF(rows); i++) {
		disasm(&rows[i].insn, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_all_programs),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(counts_of_shifts),
		cmocka_unit_test(disassembles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
