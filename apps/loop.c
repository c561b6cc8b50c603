// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of loop: runs both loops to their end, with a break in the middle, and with
 * more iterations than are allowed, and passes if their number and sum are always right.
 */
#include <errno.h>
#include <stdio.h>

#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "loop.h"
#include "loop.skel.h"

static unsigned int count = 100000;

static const struct app_option options[] = {
	APP_NUMBER('n', "turns", "N", "take N turns", &count, 1, HELPER_MAX),
	{},
};

/*
 * Runs one of the loops and compares: it should make @turns iterations, of which @added
 * are in the sum.
 * Returns 0, or the verdict with its message printed.
 */
static int loop(struct loop_bpf *skel, struct bpf_program *prog, const struct loop_outcome *seen,
		__u32 asked, __u32 stop_at, __s32 turns, __u64 added)
{
	__u64 sum = added ? added * (added - 1) / 2 : 0;
	int ret;

	skel->bss->turns = asked;
	skel->bss->stop_at = stop_at;
	ret = run_prog(prog, 1);
	if (ret)
		return ret;
	printf("%-12s %10u asked for %10d taken, sum %llu\n", bpf_program__name(prog), asked,
	       seen->turns, (unsigned long long)seen->sum);
	if (seen->turns != turns || seen->sum != sum)
		return app_fail("it should be %d turns, sum %llu", turns, (unsigned long long)sum);
	return 0;
}

static int run(struct loop_bpf *skel)
{
	struct bpf_program *plain = skel->progs.plain_loop, *helper = skel->progs.helper_loop;
	const struct loop_outcome *by_plain = &skel->bss->plain, *by_helper = &skel->bss->by_helper;
	unsigned int few = count < PLAIN_MAX ? count : PLAIN_MAX;
	unsigned int mid = count / 2;
	int ret;

	ret = loop(skel, plain, by_plain, few, ~0, few, few);
	if (!ret)
		ret = loop(skel, plain, by_plain, few, few / 2, few / 2 + 1, few / 2);
	if (!ret)
		ret = loop(skel, helper, by_helper, count, ~0, count, count);
	if (!ret)
		ret = loop(skel, helper, by_helper, count, mid, mid + 1, mid);
	if (!ret)
		ret = loop(skel, helper, by_helper, HELPER_MAX + 1, ~0, -E2BIG, 0);
	return ret ? ret : app_pass("every loop ended after the right turn");
}

int main(int argc, char **argv)
{
	struct loop_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "Loops in BPF: a plain one, and one of any length by the helper bpf_loop().\n"
		 "Example: ./loop -n 8000000",
		 options);

	skel = loop_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = loop_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : run(skel);
	loop_bpf__destroy(skel);
	return ret;
}
