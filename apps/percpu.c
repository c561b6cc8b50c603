// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of percpu: runs the program on one CPU after the other, another number of
 * times on each, and passes if each CPU counted its own runs and no others.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "percpu.h"
#include "percpu.skel.h"

static unsigned int count = 100;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "run N times on CPU 0, 2*N times on CPU 1, and so on", &count,
		   1, 100000),
	{},
};

/*
 * @expected: the number of runs on each CPU; 0 for CPUs that are offline
 * Returns 0, or the verdict with its message printed.
 */
static int run_everywhere(struct bpf_program *prog, unsigned int *expected, int cpus)
{
	int cpu, ret;

	for (cpu = 0; cpu < cpus && !app_stop; cpu++) {
		if (run_on_cpu(cpu))
			continue;
		expected[cpu] = (cpu + 1) * count;
		ret = run_prog(prog, expected[cpu]);
		if (ret)
			return ret;
	}
	return 0;
}

/* Reads the copies of all CPUs and compares. */
static int compare(int map, const unsigned int *expected, int cpus)
{
	struct cpu_stats *stats = calloc(cpus, sizeof(*stats));
	unsigned long long sum = 0;
	int online = 0, wrong = 0;
	__u32 key = 0;
	int cpu;

	if (!stats || bpf_map_lookup_elem(map, &key, stats)) {
		free(stats);
		return app_fail("cannot read the per-CPU array: %m; -v says more");
	}
	printf("%5s %10s\n", "CPU", "runs");
	for (cpu = 0; cpu < cpus; cpu++) {
		sum += stats[cpu].runs;
		online += !!expected[cpu];
		wrong += stats[cpu].runs != expected[cpu] ||
			 stats[cpu].cpus != stats[cpu].runs * cpu;
		if (expected[cpu] || stats[cpu].runs)
			printf("%5d %10llu\n", cpu, (unsigned long long)stats[cpu].runs);
	}
	printf("%5s %10llu\n", "all", sum);
	free(stats);
	if (app_stop)
		return app_pass("stopped by a signal");
	if (wrong)
		return app_fail("%d CPUs did not count just their own runs", wrong);
	if (!online)
		return app_fail("cannot stay on any CPU; allow sched_setaffinity");
	return app_pass("%d of %d possible CPUs counted, each for itself", online, cpus);
}

int main(int argc, char **argv)
{
	int cpus = libbpf_num_possible_cpus();
	unsigned int *expected = NULL;
	struct percpu_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program that counts in a per-CPU array, on each CPU in turn.\n"
		 "Example: ./percpu -n 1000",
		 options);

	skel = percpu_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = percpu_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	if (cpus > 0)
		expected = calloc(cpus, sizeof(*expected));
	if (!expected) {
		ret = app_fail("cannot tell how many CPUs there can be: %s; is /sys mounted?",
			       strerror(cpus < 0 ? -cpus : ENOMEM));
		goto out;
	}
	ret = run_everywhere(skel->progs.count, expected, cpus);
	if (!ret)
		ret = compare(bpf_map__fd(skel->maps.stats), expected, cpus);
out:
	free(expected);
	percpu_bpf__destroy(skel);
	return ret;
}
