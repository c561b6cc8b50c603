// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of minimal: loads the BPF program, attaches it to the tracepoint,
 * calls write(2) a few times and shows the line that the program prints for each.
 * It passes if each write gave its line, and the program's counter agrees.
 */
#include <stdio.h>
#include <unistd.h>

#include <linux/types.h>

#include "common/app.h"
#include "common/self.h"
#include "common/trace.h"
#include "minimal.skel.h"

#define PACE_MS 100

static unsigned int count = 3;
static unsigned int seconds;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "write N times", &count, 1, 1000000),
	APP_NUMBER('t', "duration", "SEC", "write ten times a second for SEC seconds instead",
		   &seconds, 1, 1000000),
	{},
};

/* One call of write(2), of no bytes, that the BPF program counts. */
static void write_once(struct minimal_bpf *skel)
{
	/* printf() calls write(2), too: only what is between these two lines counts. */
	skel->bss->armed = true;
	if (write(STDOUT_FILENO, "", 0) < 0)
		perror("write");
	skel->bss->armed = false;
}

/* The verdict if the program did not run, or its line did not come, at the @nth write. */
static int unseen(struct minimal_bpf *skel, unsigned int nth)
{
	minimal_bpf__detach(skel);
	if (!skel->bss->triggered && !trace_reports_write())
		return app_skip(
			"kernel has the tracepoint syscalls/sys_enter_write, but does not report it");
	return app_fail(
		"of %u writes, the BPF program counted %u, and the last has no trace line; is another tracer at work, or tracing_on 0?",
		nth, skel->bss->triggered);
}

static int run(struct minimal_bpf *skel, struct trace *trace, uint32_t token)
{
	uint64_t end = app_now_ms() + seconds * 1000ULL;
	uint64_t misses = 0;
	unsigned int n = 0;

	while (!app_stop && (seconds ? app_now_ms() < end : n < count)) {
		write_once(skel);
		if (skel->bss->triggered == n && app_missed(skel->progs.on_write, &misses))
			continue;
		if (skel->bss->triggered == n + 1 &&
		    trace_show(trace, "PID %d. (%x #%u)", getpid(), token, n + 1))
			n++;
		else if (!app_stop)
			return unseen(skel, n + 1);
		if (seconds)
			app_nap(PACE_MS);
	}
	return app_pass("%u writes, as many trace lines, and the BPF program's counter agrees", n);
}

int main(int argc, char **argv)
{
	uint32_t token = trace_token(); /* tells our lines from those of others */
	struct trace trace = {};
	struct minimal_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program on the write system call prints a line for each write of this\n"
		 "process; this shows the lines. Example: ./minimal -n 5",
		 options);

	skel = minimal_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	skel->rodata->token = token;

	err = minimal_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	ret = trace_open(&trace, token);
	if (ret)
		goto out;
	err = minimal_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("tracepoint syscalls/sys_enter_write",
					"CONFIG_FTRACE_SYSCALLS", err);
		goto out;
	}
	ret = run(skel, &trace, token);
out:
	trace_close(&trace);
	minimal_bpf__destroy(skel);
	return ret;
}
