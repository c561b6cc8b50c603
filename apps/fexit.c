// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of fexit: calls fallocate(2) in ways that succeed and that fail,
 * counts the results, and passes if the BPF program's sums are the same.
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

/* The results that the loop below provokes. */
static const int results[] = { 0, -EINVAL, -EOPNOTSUPP };
#define KINDS (sizeof(results) / sizeof(results[0]))

/* A call that has the result results[@kind]. */
static int call(int fd, unsigned int kind, off_t length)
{
	static const int modes[KINDS] = { [2] = FALLOC_FL_PUNCH_HOLE };
	static const off_t offsets[KINDS] = { [1] = -1 };

	return fallocate(fd, modes[kind], offsets[kind], length) ? -errno : 0;
}

/*
 * When a program is attached to a function or detached from it, the kernel makes a new
 * trampoline, and a call that is running in the old one returns without its fexit
 * programs (bpf_tramp_image_put() in kernel/bpf/trampoline.c). The kernel does not count
 * such calls, so a sum that is too small is made again, up to ROUNDS times.
 */
#define ROUNDS 5

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

/* Prints the sums of the BPF program, copies them to @seen, and clears them. */
static void take(struct fexit_bpf *skel, struct outcome *seen)
{
	unsigned int kind;

	printf("%-32s %10s %14s\n", "RESULT", "CALLS", "BYTES");
	for (kind = 0; kind < KINDS; kind++) {
		bpf_map__lookup_elem(skel->maps.outcomes, &results[kind], sizeof(results[0]),
				     &seen[kind], sizeof(seen[0]), 0);
		bpf_map__delete_elem(skel->maps.outcomes, &results[kind], sizeof(results[0]), 0);
		printf("%-32s %10llu %14llu\n",
		       results[kind] ? strerror(-results[kind]) : "success",
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
		/* Calls that the kernel counted as missed, ours or others'. */
		missed = app_misses(skel->progs.after_fallocate) - missed;
		for (kind = 0; kind < KINDS && wrong == KINDS; kind++)
			if (seen[kind].calls > ours[kind].calls ||
			    seen[kind].calls + missed < ours[kind].calls ||
			    (!missed && seen[kind].bytes != ours[kind].bytes))
				wrong = kind;
		if (wrong == KINDS)
			return app_pass(
				"the BPF program saw the arguments and the result of each call");
		if (seen[wrong].calls >= ours[wrong].calls || round == ROUNDS)
			return app_fail("expected %llu calls and %llu bytes",
					(unsigned long long)ours[wrong].calls,
					(unsigned long long)ours[wrong].bytes);
		printf("a call was not seen: another program may have been attached meanwhile; once more\n");
	}
}

int main(int argc, char **argv)
{
	struct fexit_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program at the return of the kernel's vfs_fallocate() adds up the bytes\n"
		 "that were requested, by result. Example: ./fexit -n 100",
		 options);

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
