// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of timer: starts the timer, and shows its ticks until the program stops
 * it. It passes if no tick came early and none came after the last.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "timer.skel.h"

#define NS_PER_MS 1000000ULL
#define NAP_MS	  10

static unsigned int count = 5;
static unsigned int interval_ms = 50;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "end after N ticks", &count, 1, 1000000),
	APP_NUMBER('i', "interval", "MS", "of MS milliseconds each", &interval_ms, 1, 100000),
	{},
};

/* Shows ticks as they come, until the last, a lost tick or Ctrl-C. Returns their number. */
static unsigned int watch(const struct timer_bpf *skel, uint64_t begin)
{
	const volatile __u32 *ticks = &skel->bss->ticks;
	uint64_t last = begin, now = begin;
	unsigned int seen = 0;

	while (seen < count && !app_stop && now - last < interval_ms + APP_WAIT_MS) {
		app_nap(NAP_MS);
		now = app_now_ms();
		if (*ticks == seen)
			continue;
		seen = *ticks;
		last = now;
		printf("tick %u after %llu ms\n", seen, (unsigned long long)(now - begin));
	}
	return seen;
}

static int run(struct timer_bpf *skel)
{
	uint64_t begin = app_now_ms(), took;
	unsigned int seen;
	int ret;

	skel->bss->interval_ns = interval_ms * NS_PER_MS;
	skel->bss->wanted = count;
	ret = run_prog(skel->progs.start, 1);
	if (ret)
		return ret;
	/* Newer kernels allocate timers without locks, which needs a CPU that can do that. */
	if (skel->bss->error == -ENOMEM)
		return app_skip("kernel cannot allocate a timer: kmalloc_nolock() needs a CPU "
				"with a compare-and-exchange of two words");
	if (skel->bss->error)
		return app_fail("cannot set the timer: %s; -v says more",
				strerror(-skel->bss->error));
	seen = watch(skel, begin);
	took = app_now_ms() - begin;

	ret = run_prog(skel->progs.cancel, 1);
	if (ret)
		return ret;
	if (app_stop)
		return app_pass("%u ticks, and cancelled", seen);
	if (seen < count)
		return app_fail("of %u ticks only %u came: the timer is not set again", count,
				seen);
	if (skel->bss->error)
		return app_fail("after its last tick, the timer was still set (%d)",
				skel->bss->error);
	if (skel->bss->early || took < (uint64_t)count * interval_ms)
		return app_fail("%u ticks came early, the last after %llu ms", skel->bss->early,
				(unsigned long long)took);
	return app_pass("%u ticks, none of them early", seen);
}

int main(int argc, char **argv)
{
	struct timer_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program with a timer that ticks by itself. Example: ./timer -n 3 -i 1000",
		 options);

	skel = timer_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = timer_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : run(skel);
	timer_bpf__destroy(skel);
	return ret;
}
