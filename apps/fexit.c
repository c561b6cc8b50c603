// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of fexit: calls fallocate(2) in ways that succeed and that fail,
 * keeps count, and passes if the BPF program's sums are the same.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/self.h"
#include "fexit.h"
#include "fexit.skel.h"

static unsigned int count = 9;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "call fallocate N times", &count, 1, 100000),
	{},
};

/* What can come of a call: the results that the loop below provokes. */
static const int results[] = { 0, -EINVAL, -EOPNOTSUPP };
#define KINDS	(sizeof(results) / sizeof(results[0]))

/* A call that has the result results[@kind]. */
static int call(int fd, unsigned int kind, off_t length)
{
	static const int modes[KINDS] = { [2] = FALLOC_FL_PUNCH_HOLE };
	static const off_t offsets[KINDS] = { [1] = -1 };

	return fallocate(fd, modes[kind], offsets[kind], length) ? -errno : 0;
}

/*
 * The kernel gives a function a new trampoline when a program comes to it or goes, and
 * has the call that is under way in the old one leave without its fexit programs
 * (bpf_tramp_image_put() in kernel/bpf/trampoline.c). It keeps no count of these,
 * so a sum that is short is made again; a program that does not work is always short.
 */
#define ROUNDS	5

/* Makes the calls, and counts them in @ours. Returns 0, or a verdict. */
static int make_calls(struct outcome *ours)
{
	unsigned int n;
	int ret, fd;

	fd = memfd_create("fexit", MFD_CLOEXEC);
	if (fd < 0)
		return app_fail("cannot make a file in memory: %m");
	for (n = 0; n < count && !app_stop; n++) {
		unsigned int kind = n % KINDS;

		ret = call(fd, kind, n + 1);
		if (ret != results[kind]) {
			close(fd);
			return app_fail("fallocate gave %d, not %d", ret, results[kind]);
		}
		ours[kind].calls++;
		ours[kind].bytes += n + 1;
	}
	close(fd);
	return 0;
}

/* Prints what the BPF program has seen, puts it into @seen, and forgets it. */
static void take(struct fexit_bpf *skel, struct outcome *seen)
{
	unsigned int kind;

	printf("%-32s %10s %14s\n", "RESULT", "CALLS", "BYTES");
	for (kind = 0; kind < KINDS; kind++) {
		bpf_map__lookup_elem(skel->maps.outcomes, &results[kind], sizeof(results[0]),
				     &seen[kind], sizeof(seen[0]), 0);
		bpf_map__delete_elem(skel->maps.outcomes, &results[kind], sizeof(results[0]), 0);
		printf("%-32s %10llu %14llu\n", results[kind] ? strerror(-results[kind]) : "success",
		       (unsigned long long)seen[kind].calls, (unsigned long long)seen[kind].bytes);
	}
}

static int run(struct fexit_bpf *skel)
{
	unsigned int kind, round;
	int ret;

	for (round = 1;; round++) {
		struct outcome ours[KINDS] = {}, seen[KINDS] = {};
		uint64_t missed = app_misses(skel->progs.after_fallocate);
		unsigned int wrong = KINDS;

		ret = make_calls(ours);
		if (ret)
			return ret;
		take(skel, seen);
		/* Calls that the kernel owns up to having passed by, ours or others'. */
		missed = app_misses(skel->progs.after_fallocate) - missed;
		for (kind = 0; kind < KINDS && wrong == KINDS; kind++)
			if (seen[kind].calls > ours[kind].calls ||
			    seen[kind].calls + missed < ours[kind].calls ||
			    (!missed && seen[kind].bytes != ours[kind].bytes))
				wrong = kind;
		if (wrong == KINDS)
			return app_pass("the BPF program knows what was asked for and what came of it");
		if (seen[wrong].calls >= ours[wrong].calls || round == ROUNDS)
			return app_fail("that should be %llu calls and %llu bytes",
					(unsigned long long)ours[wrong].calls,
					(unsigned long long)ours[wrong].bytes);
		printf("a call went by unseen: did somebody else's program come or go? once more\n");
	}
}

int main(int argc, char **argv)
{
	struct fexit_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program at the return of the kernel's vfs_fallocate() sums up what was\n"
		 "asked for, by what came of it. Example: ./fexit -n 100", options);

	skel = fexit_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	err = fexit_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	err = fexit_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("fexit vfs_fallocate",
					"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", err);
		goto out;
	}
	ret = run(skel);
out:
	fexit_bpf__destroy(skel);
	return ret;
}
