// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of minimal: loads the program, attaches it to the tracepoint,
 * calls write(2) a few times and shows the lines that the program printed.
 * It passes if each write gave its line, and the program's counter agrees.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/app.h"
#include "common/trace.h"
#include "minimal.skel.h"

#define PACE_MS		100

static unsigned int count = 3;
static unsigned int seconds;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "write N times", &count, 1, 1000000),
	APP_NUMBER('t', "duration", "SEC",
		   "write ten times a second for SEC seconds instead",
		   &seconds, 1, 1000000),
	{},
};

/*
 * Makes the program run once, the @nth time, and shows the line it printed.
 * Returns false if there was none.
 */
static bool trigger(struct minimal_bpf *skel, struct trace *trace, int null,
		    unsigned int nth)
{
	char expected[80];
	char line[256];

	/* Our printf() writes too: only what is between these two counts. */
	skel->bss->writer = getpid();
	if (write(null, "x", 1) != 1)
		return false;
	skel->bss->writer = 0;
	if (skel->bss->triggered < nth)
		return false;

	snprintf(expected, sizeof(expected),
		 "BPF triggered from PID %d. (%x #%u)", getpid(),
		 skel->rodata->token, nth);
	while (trace_line(trace, line, sizeof(line), APP_WAIT_MS) == 1) {
		puts(line);
		if (strstr(line, expected))
			return true;
	}
	return false;
}

/* A write that is nobody's but this process's. */
static void write_nothing(void)
{
	if (write(STDOUT_FILENO, "", 0) < 0)
		perror("write");
}

static int run(struct minimal_bpf *skel, struct trace *trace, int null)
{
	uint64_t end = app_now_ms() + seconds * 1000ULL;
	unsigned int writes = 0, lines = 0;
	uint64_t missed = 0;

	while (!app_stop) {
		if (seconds ? app_now_ms() >= end : writes == count)
			break;
		writes++;
		lines += trigger(skel, trace, null, writes);
		if (skel->bss->triggered < writes && app_misses(skel->progs.on_write) > missed) {
			/* the kernel owns up to it: once more */
			missed++;
			writes--;
			continue;
		}
		if (lines < writes)
			break;
		if (seconds)
			app_nap(PACE_MS);
	}

	if (!skel->bss->triggered) {
		/* A program that returns 0 keeps what perf sees to itself: off with it. */
		minimal_bpf__detach(skel);
		if (!trace_fires("syscalls/sys_enter_write", write_nothing))
			return app_skip("kernel has the tracepoint syscalls/sys_enter_write, but never comes by it");
	}
	if (lines < writes || skel->bss->triggered != writes)
		return app_fail("of %u writes, the BPF program counted %u and %u trace lines were seen; is another tracer at work, or tracing_on 0?",
				writes, skel->bss->triggered, lines);
	return app_pass("%u writes, as many trace lines, and the BPF program's counter agrees",
			writes);
}

int main(int argc, char **argv)
{
	uint32_t token = trace_token();
	struct minimal_bpf *skel;
	struct trace trace = {};
	uint64_t dev, ino;
	int null, err, ret;

	app_init(argc, argv,
		 "A BPF program on the write system call prints a line for each write of this\n"
		 "process; this shows the lines. Example: ./minimal -n 5", options);

	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0)
		return app_fail("cannot open /dev/null: %m; is /dev mounted?");

	skel = minimal_bpf__open();
	if (!skel) {
		ret = app_fail("cannot open the BPF object: %m; rebuild the app");
		goto close_null;
	}
	app_pid_namespace(&dev, &ino);
	skel->rodata->pidns_dev = dev;
	skel->rodata->pidns_ino = ino;
	skel->rodata->token = token;

	err = minimal_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto destroy;
	}
	ret = trace_open(&trace, token);
	if (ret)
		goto destroy;
	err = minimal_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("tracepoint syscalls/sys_enter_write",
					"CONFIG_FTRACE_SYSCALLS", err);
		goto close_trace;
	}

	ret = run(skel, &trace, null);

close_trace:
	trace_close(&trace);
destroy:
	minimal_bpf__destroy(skel);
close_null:
	close(null);
	return ret;
}
