// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* One refused program, an unset register, in the words of several kernels' verifiers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"

#define SOURCE "; return unset; @ a.bpf.c:7\n"

static const char linux_5_10[] =
	"libbpf: load bpf program failed: Permission denied\n"
	"libbpf: -- BEGIN DUMP LOG ---\n"
	"libbpf: \n"
	"0: (95) exit\n"
	"R0 !read_ok\n"
	"processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n"
	"\n"
	"libbpf: -- END LOG --\n";

static const char linux_6_12[] =
	"libbpf: prog 'read_unset': BPF program load failed: -EACCES\n"
	"libbpf: prog 'read_unset': -- BEGIN PROG LOAD LOG --\n"
	"0: R1=ctx() R10=fp0\n" SOURCE "0: (95) exit\n"
	"R0 !read_ok\n"
	"processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n"
	"-- END PROG LOAD LOG --\n"
	"libbpf: prog 'read_unset': failed to load: -EACCES\n";

static const char linux_7_3[] =
	"0: R1=ctx() R10=fp0\n" SOURCE "0: (95) exit\n"
	"R0 !read_ok\n"
	"\n"
	"Verification failed: Register Type Safety: Unreadable register\n"
	"\n"
	"Reason:\n"
	"  R0 has never been initialized on this path, so the verifier cannot use it as an input.\n"
	"\n"
	"Suggestion:\n"
	"  Initialize R0 on every path before this instruction.\n"
	"\n"
	"processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n";

static void assert_explained(const char *log, const char *expected)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	log_explain(out, log, "> ");
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void the_reason_is_the_last_line_before_the_figures(void **state)
{
	char words[256];

	(void)state;
	assert_true(log_last_words(words, sizeof(words), linux_5_10));
	assert_string_equal(words, "R0 !read_ok");
	assert_true(log_last_words(words, sizeof(words), linux_6_12));
	assert_string_equal(words, "R0 !read_ok");
}

static void the_reason_is_the_head_of_a_report(void **state)
{
	char words[256], few[16];

	(void)state;
	assert_true(log_last_words(words, sizeof(words), linux_7_3));
	assert_string_equal(words, "Register Type Safety: Unreadable register");
	assert_true(log_last_words(few, sizeof(few), linux_7_3));
	assert_string_equal(few, "Register Type S");
}

static void the_screen_has_state_source_instruction_and_demand(void **state)
{
	(void)state;
	assert_explained(
		linux_6_12,
		"> 0: R1=ctx() R10=fp0\n> " SOURCE "> 0: (95) exit\n"
		"> R0 !read_ok\n"
		"> The verifier wants the register or the stack slot to be set on every path to here.\n");
}

static void a_report_is_shown_whole_in_place_of_our_demand(void **state)
{
	(void)state;
	assert_explained(
		linux_7_3,
		"> 0: R1=ctx() R10=fp0\n> " SOURCE "> 0: (95) exit\n"
		"> R0 !read_ok\n"
		"> Verification failed: Register Type Safety: Unreadable register\n"
		"> \n"
		"> Reason:\n"
		">   R0 has never been initialized on this path, so the verifier cannot use it as an input.\n"
		"> \n"
		"> Suggestion:\n"
		">   Initialize R0 on every path before this instruction.\n");
}

static void a_log_without_words_gives_none(void **state)
{
	char words[256];

	(void)state;
	assert_false(log_last_words(words, sizeof(words), ""));
	assert_false(log_last_words(words, sizeof(words), "processed 3 insns (limit 1000000)\n"));
	assert_explained("", "");
}

static void lines_of_figures_are_learnt(void **state)
{
	char words[256];

	(void)state;
	log_learn("verification time 31 usec\nstack depth 0\nprocessed 2 insns (limit 1000000)\n");
	assert_true(log_last_words(words, sizeof(words),
				   "R0 !read_ok\nverification time 9 usec\nstack depth 0\n"));
	assert_string_equal(words, "R0 !read_ok");
}

static void the_limit_is_seen_by_figures_and_by_words(void **state)
{
	(void)state;
	assert_true(
		log_at_limit("processed 1000001 insns (limit 1000000) max_states_per_insn 4\n"));
	assert_true(log_at_limit("The sequence of 8193 jumps is too complex.\n"));
	assert_false(log_at_limit("processed 999999 insns (limit 1000000)\n"));
	/* of two programs, the last counts */
	assert_false(log_at_limit(
		"processed 1000001 insns (limit 1000000)\nprocessed 2 insns (limit 1000000)\n"));
	assert_false(log_at_limit(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reason_is_the_last_line_before_the_figures),
		cmocka_unit_test(the_reason_is_the_head_of_a_report),
		cmocka_unit_test(the_screen_has_state_source_instruction_and_demand),
		cmocka_unit_test(a_report_is_shown_whole_in_place_of_our_demand),
		cmocka_unit_test(a_log_without_words_gives_none),
		cmocka_unit_test(lines_of_figures_are_learnt),
		cmocka_unit_test(the_limit_is_seen_by_figures_and_by_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
