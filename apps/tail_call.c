// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of tail_call: runs the dispatching program with each slot of the table as
 * the target, fills and exchanges slots meanwhile, and passes if always the right program
 * ran, the right number of times.
 */
#include <stdio.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "tail_call.h"
#include "tail_call.skel.h"

static unsigned int count = 100;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "make each tail call N times", &count, 1, 1000000),
	{},
};

/* A target, and the counter that must then have which value. */
struct step {
	const char *what;
	__u32 slot;
	struct bpf_program *put;  /* into that slot, before */
	struct bpf_program *prog; /* what is run */
	unsigned int times;
	__u32 *counter;
	__u32 expected;
	__u32 fewer; /* so many fewer are accepted, too */
};

/* Returns 0, or the verdict with its message printed. */
static int take(struct tail_call_bpf *skel, const struct step *step)
{
	__u32 fd = step->put ? bpf_program__fd(step->put) : -1;
	__u32 before = *step->counter;
	__u32 grown;
	int ret;

	if (step->put &&
	    bpf_map_update_elem(bpf_map__fd(skel->maps.table), &step->slot, &fd, BPF_ANY))
		return app_fail("cannot put a program into the table: %m; -v says more");
	skel->bss->slot = step->slot;
	ret = run_prog(step->prog, step->times);
	if (ret || app_stop)
		return ret;
	grown = *step->counter - before;
	printf("%-42s %u\n", step->what, grown);
	if (grown > step->expected || grown < step->expected - step->fewer)
		return app_fail("%s: it should be %u", step->what, step->expected);
	return 0;
}

static int run(struct tail_call_bpf *skel, const char *not_mixed)
{
	struct bpf_program *dispatch = skel->progs.dispatch, *red = skel->progs.red,
			   *blue = skel->progs.blue;
	struct tail_call_bpf__bss *n = skel->bss;
	const struct step steps[] = {
		{ "red's slot: red ran", SLOT_RED, NULL, dispatch, count, &n->red_runs, count, 0 },
		{ "blue's slot: blue ran", SLOT_BLUE, NULL, dispatch, count, &n->blue_runs, count,
		  0 },
		{ "an empty slot: came back", SLOT_EMPTY, NULL, dispatch, count, &n->misses, count,
		  0 },
		{ "beyond the table: came back", SLOTS, NULL, dispatch, count, &n->misses, count,
		  0 },
		{ "the empty slot filled: red ran", SLOT_EMPTY, red, dispatch, count, &n->red_runs,
		  count, 0 },
		{ "red's slot given to blue: blue ran", SLOT_RED, blue, dispatch, count,
		  &n->blue_runs, count, 0 },
		{ "one that calls itself: ran", SLOT_CHAIN, NULL, dispatch, 1, &n->chain_runs,
		  CHAIN_MAX, 1 },
		/* the last */
		{ "out of a function: its caller went on", SLOT_BLUE, NULL, skel->progs.mixed,
		  count, &n->back, count, 0 },
	};
	unsigned int i, end = sizeof(steps) / sizeof(steps[0]) - !!not_mixed;
	int ret;

	for (i = 0; i < end && !app_stop; i++) {
		ret = take(skel, &steps[i]);
		if (ret)
			return ret;
	}
	if (not_mixed)
		printf("not out of a function: %s\n", not_mixed);
	else if (n->returned != BLUE_RETURNS && !app_stop)
		return app_fail("the function's caller got %u, and blue returned %u", n->returned,
				BLUE_RETURNS);
	return app_pass("each tail call went where it should");
}

int main(int argc, char **argv)
{
	const char *not_mixed = NULL;
	struct tail_call_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program that goes on as another one, picked from a table by its index.\n"
		 "Example: ./tail_call -n 10",
		 options);
again:
	skel = tail_call_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	bpf_program__set_autoload(skel->progs.mixed, !not_mixed);
	err = tail_call_bpf__load(skel);
	if (err && !not_mixed) {
		not_mixed = app_jit_refusal();
		if (not_mixed) { /* run without it */
			tail_call_bpf__destroy(skel);
			goto again;
		}
	}
	ret = err ? app_load_failed(skel->obj, err) : run(skel, not_mixed);
	tail_call_bpf__destroy(skel);
	return ret;
}
