// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The programs that are counted: those of a test differ in nothing but what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "cost.h"

static const struct costs costs = { .map_fd = 7 };

static void names_are_unique(void **state)
{
	unsigned int n;
	const struct cost *table = cost_table(&n);

	(void)state;
	assert_true(n > 300);
	for (unsigned int i = 0; i < n; i++) {
		assert_true(strlen(table[i].name) < sizeof(table[i].name) - 1);
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(table[i].name, table[k].name);
	}
}

/* Each copy with the thing is longer than one without it by the same. */
static void copies_differ_in_the_thing(void **state)
{
	static struct program none, one, all;
	unsigned int n;
	const struct cost *table = cost_table(&n);

	(void)state;
	for (unsigned int i = 0; i < n; i++) {
		const struct cost *cost = &table[i];

		/* (What is counted of an entry is in no copy.) */
		if (!cost->copy || !strcmp(cost->group, "entry"))
			continue;
		cost->build(&costs, cost, 0, &none);
		cost->build(&costs, cost, 1, &one);
		cost->build(&costs, cost, cost->copies, &all);
		if (one.n <= none.n || all.n - none.n != cost->copies * (one.n - none.n))
			fail_msg("%s: %u, %u, %u instructions", cost->name, none.n, one.n, all.n);
		assert_int_equal(all.insns[all.n - 1].code, BPF_JMP | BPF_EXIT);
	}
}

/* The programs' operands are such that a branch is taken, or is not, as its name says. */
static void branches_are_taken_as_named(void **state)
{
	static struct program prog;
	struct area area;
	unsigned int n;
	const struct cost *table = cost_table(&n);

	(void)state;
	cost_operands(&area);
	for (unsigned int i = 0; i < n; i++) {
		const struct cost *cost = &table[i];
		uint8_t class = BPF_CLASS(cost->insn.code), op = BPF_OP(cost->insn.code);
		const struct bpf_insn *insn;
		uint64_t dst, src;
		bool taken;

		if (!cost->copy || (class != BPF_JMP && class != BPF_JMP32) || op == BPF_JA ||
		    op == BPF_JCOND || op == BPF_CALL)
			continue;
		prog.n = 0;
		cost->copy(&costs, cost, true, &prog);
		insn = &prog.insns[0];
		src = cost->imm;
		if (BPF_SRC(cost->insn.code) == BPF_X)
			src = *(uint64_t *)((char *)&area + (insn++)->off);
		dst = *(uint64_t *)((char *)&area + insn->off);
		taken = op == BPF_JEQ			? dst == src :
			op == BPF_JNE			? dst != src :
			op == BPF_JSET			? dst & src :
			op == BPF_JGT || op == BPF_JSGT ? dst > src :
			op == BPF_JGE || op == BPF_JSGE ? dst >= src :
			op == BPF_JLT || op == BPF_JSLT ? dst < src :
							  dst <= src;
		if (taken != (strstr(cost->name, "-taken") != NULL))
			fail_msg("%s: %d, with %d and %d", cost->name, taken, (int)dst, (int)src);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(copies_differ_in_the_thing),
		cmocka_unit_test(branches_are_taken_as_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
