// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of subprog: has the program add up squares, asks the kernel how many
 * functions the program has, and passes if sum, calls and functions are right.
 */
#include <stdio.h>

#include <linux/bpf.h>
#include <bpf/bpf.h>

#include "common/app.h"
#include "common/run.h"
#include "subprog.h"
#include "subprog.skel.h"

static unsigned int terms = 10;

static const struct app_option options[] = {
	APP_NUMBER('n', "terms", "N", "add up N squares", &terms, 0, MAX_TERMS),
	{},
};

static int run(struct subprog_bpf *skel)
{
	unsigned long long expected = terms * (terms + 1ULL) * (2 * terms + 1) / 6;
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int ret;

	skel->bss->terms = terms;
	ret = run_prog(skel->progs.sum_of_squares, 1);
	if (ret)
		return ret;
	if (bpf_obj_get_info_by_fd(bpf_program__fd(skel->progs.sum_of_squares), &info, &len))
		return app_fail("cannot ask the kernel about the program: %m; -v says more");

	printf("sum of %u squares: %llu\n", terms, (unsigned long long)skel->bss->result);
	printf("calls: add_square() %u, square() %u\n", skel->bss->adds, skel->bss->squares);
	printf("functions in the kernel: %u, %s\n", info.nr_func_info,
	       info.jited_prog_len ? "compiled by its JIT" : "run by its interpreter");

	if (skel->bss->result != expected)
		return app_fail(
			"the sum should be %llu; calls pass their arguments or results wrongly",
			expected);
	if (skel->bss->adds != terms || skel->bss->squares != terms)
		return app_fail("each function should have been called %u times", terms);
	if (info.nr_func_info != FUNCTIONS)
		return app_fail("the kernel should hold %u functions; did the compiler inline one?",
				FUNCTIONS);
	return app_pass("%u functions, and each call of %u came back with the right result",
			FUNCTIONS, 2 * terms);
}

int main(int argc, char **argv)
{
	struct subprog_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program of several functions that call each other, one with a pointer\n"
		 "to its caller's stack. Example: ./subprog -n 100",
		 options);

	skel = subprog_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = subprog_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : run(skel);
	subprog_bpf__destroy(skel);
	return ret;
}
