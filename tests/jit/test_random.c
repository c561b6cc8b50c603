// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Random programs: the reference takes each, and they have all that the generator makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

static struct kernel kernel = { .map_fd = 7, .words_fd = 8, .tails_fd = 9, .release = 700 };

/* How many of the programs have a helper's call, in the program and in its functions. */
struct seen {
	unsigned int program, functions;
};

static void look_for(const struct program *prog, int helper, struct seen *seen)
{
	const unsigned int n = prog->tail ? prog->tail : prog->n;
	unsigned int starts[FUNCTIONS_MAX] = { n }, at[2] = { 0, 0 };

	functions_of(prog->insns, n, starts);
	for (unsigned int i = 0; i < n; i++)
		at[i >= starts[0]] |= IS_HELPER(&prog->insns[i], helper);
	seen->program += at[0];
	seen->functions += at[1];
}

static void takes_all_programs(void **state)
{
	struct seen lookup = { 0 }, tail_call = { 0 }, loop = { 0 }, for_each = { 0 };
	static struct program prog, same;
	unsigned int jit = 0;

	(void)state;
	generate_open_all(&kernel);
	for (unsigned int number = 0; number < 2000; number++) {
		const char *fault;
		struct area area;

		generate(&kernel, 1, number, 40, &prog);
		generate(&kernel, 1, number, 40, &same);
		assert_int_equal(prog.n, same.n);
		assert_memory_equal(prog.insns, same.insns, prog.n * sizeof(prog.insns[0]));
		for (unsigned int k = 0; k < 4; k++) {
			generate_operands(1, number, k, &area);
			fault = reference(&kernel, &prog, &area);
			if (fault)
				fail_msg("program %u, operands %u: %s", number, k, fault);
			/* The program came to its end: it has put back what it kept on the stack. */
			assert_true(area.canary_out == area.canary);
		}
		look_for(&prog, BPF_FUNC_map_lookup_elem, &lookup);
		look_for(&prog, BPF_FUNC_tail_call, &tail_call);
		look_for(&prog, HELPER_LOOP, &loop);
		look_for(&prog, HELPER_FOR_EACH, &for_each);
		jit += needs_jit(prog.insns, prog.tail ? prog.tail : prog.n);
	}
	assert_true(lookup.program > 50 && lookup.functions > 50);
	assert_true(tail_call.program > 50 && tail_call.functions > 50);
	assert_true(loop.program > 50 && !loop.functions);
	assert_true(for_each.program > 50 && !for_each.functions);
	/* The rest is for the interpreter, too. */
	assert_true(jit > 200 && jit < 1000);
}

/* What the kernel wants types for. */
static void finds_functions(void **state)
{
	const struct bpf_insn call = INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 3),
			      func = INSN(BPF_LD | BPF_IMM | BPF_DW, 2, BPF_PSEUDO_FUNC, 0, 2),
			      tail = CALL(BPF_FUNC_tail_call), half = INSN(0, 0, 0, 0, 0);
	const struct bpf_insn calls[] = { call, call, EXIT(), EXIT(), EXIT(), EXIT() },
			      tails[] = { call, tail, EXIT(), EXIT(), EXIT() },
			      alone[] = { tail, EXIT() }, backs[] = { func, half, EXIT(), EXIT() };
	unsigned int starts[FUNCTIONS_MAX];

	(void)state;
	assert_int_equal(functions_of(calls, N_OF(calls), starts), 2);
	assert_int_equal(starts[0], 4);
	assert_int_equal(starts[1], 5);
	assert_int_equal(functions_of(backs, N_OF(backs), starts), 1);
	assert_int_equal(starts[0], 3);
	assert_int_equal(functions_of(alone, N_OF(alone), starts), 0);
	assert_false(needs_jit(calls, N_OF(calls)));
	assert_true(needs_jit(tails, N_OF(tails)));
	assert_false(needs_jit(alone, N_OF(alone)));
	assert_true(needs_jit(backs, N_OF(backs)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_all_programs),
		cmocka_unit_test(finds_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
