// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See trace.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <linux/perf_event.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/app.h"
#include "common/trace.h"

#define TRACEFS	     "/sys/kernel/tracing"
#define TRACEFS_OLD  "/sys/kernel/debug/tracing"
#define PRINTK_EVENT "events/bpf_trace/bpf_trace_printk"

static const char *tracefs_dir(void)
{
	if (access(TRACEFS "/events", F_OK) == 0)
		return TRACEFS;
	if (access(TRACEFS_OLD "/events", F_OK) == 0)
		return TRACEFS_OLD;
	return NULL;
}

int trace_need_tracefs(void)
{
	if (tracefs_dir())
		return 0;
	if (access(TRACEFS, F_OK))
		return app_skip("kernel has no tracefs (CONFIG_TRACING)");
	/* A mount namespace of our own: the user's mounts stay as they are. */
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tracefs", TRACEFS, "tracefs", 0, NULL))
		return app_fail(
			"cannot mount tracefs on %s: %s; run it as root (in a container, with CAP_SYS_ADMIN)",
			TRACEFS, strerror(errno));
	return 0;
}

/* The number of a trace event for perf; 0 if it is unknown. */
static unsigned long long event_id(const char *event)
{
	const char *tracefs = tracefs_dir();
	unsigned long long id = 0;
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/events/%s/id", tracefs ? tracefs : "", event);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &id) != 1)
		id = 0;
	fclose(f);
	return id;
}

bool trace_reports_write(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = event_id("syscalls/sys_enter_write"),
	};
	uint64_t count;
	bool counted;
	int fd;

	if (!attr.config)
		return true;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return true;
	if (write(STDOUT_FILENO, "", 0) < 0)
		perror("write");
	counted = read(fd, &count, sizeof(count)) == sizeof(count);
	close(fd);
	return !counted || count > 0;
}

uint32_t trace_token(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	/* eight digits, since Linux before 5.13 cannot print leading zeros */
	return 0x10000000 |
	       ((uint32_t)now.tv_nsec << 2 ^ (uint32_t)now.tv_sec ^ (uint32_t)getpid() << 16);
}

static int write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	int err = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int trace_open(struct trace *trace, uint32_t token)
{
	const char *tracefs;
	char filter[40];
	char path[256];
	int err;

	memset(trace, 0, sizeof(*trace));
	trace->pipe = -1;
	err = trace_need_tracefs();
	if (err)
		return err;
	tracefs = tracefs_dir();
	if (access(tracefs, X_OK))
		return app_fail("cannot read %s: %s; run it as root", tracefs, strerror(errno));
	snprintf(path, sizeof(path), "%s/" PRINTK_EVENT, tracefs);
	if (access(path, F_OK))
		return app_skip(
			"kernel has no trace event for bpf_printk (CONFIG_BPF_EVENTS, Linux 5.9)");

	snprintf(trace->dir, sizeof(trace->dir), "%s/instances/app-%x", tracefs, token);
	if (mkdir(trace->dir, 0700)) {
		err = app_fail("cannot make %s: %s; run it as root", trace->dir, strerror(errno));
		trace->dir[0] = '\0';
		return err;
	}

	snprintf(path, sizeof(path), "%s/trace_pipe", trace->dir);
	trace->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	err = trace->pipe < 0 ? -errno : 0;
	/* The kernel filters: the lines of other programs do not arrive here. */
	snprintf(filter, sizeof(filter), "bpf_string ~ \"*%x*\"", token);
	if (!err)
		err = write_file(trace->dir, PRINTK_EVENT "/filter", filter);
	if (!err)
		err = write_file(trace->dir, PRINTK_EVENT "/enable", "1");
	if (err) {
		app_fail("cannot read trace lines in %s: %s; is another tracer holding it?",
			 trace->dir, strerror(-err));
		trace_close(trace);
		return APP_FAIL;
	}
	return 0;
}

/* Takes the first whole line of the text read so far; false if there is none. */
static bool take_line(struct trace *trace, char *line, size_t size)
{
	char *end = memchr(trace->text, '\n', trace->len);
	size_t skip, len;

	if (!end && trace->len < sizeof(trace->text))
		return false;
	len = end ? (size_t)(end - trace->text) : trace->len;
	skip = 0;
	while (skip < len && trace->text[skip] == ' ')
		skip++;
	snprintf(line, size, "%.*s", (int)(len - skip), trace->text + skip);
	if (end)
		len++;
	trace->len -= len;
	memmove(trace->text, trace->text + len, trace->len);
	return true;
}

int trace_line(struct trace *trace, char *line, size_t size, unsigned int timeout_ms)
{
	struct pollfd pipe = { .fd = trace->pipe, .events = POLLIN };
	uint64_t end = app_now_ms() + timeout_ms;
	uint64_t now;
	ssize_t n;

	for (;;) {
		if (take_line(trace, line, size))
			return 1;
		n = read(trace->pipe, trace->text + trace->len, sizeof(trace->text) - trace->len);
		if (n > 0) {
			trace->len += n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		now = app_now_ms();
		if (app_stop || now >= end)
			return 0;
		poll(&pipe, 1, end - now);
	}
}

bool trace_show(struct trace *trace, const char *fmt, ...)
{
	char text[128], line[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	while (trace_line(trace, line, sizeof(line), APP_WAIT_MS) == 1) {
		puts(line);
		if (strstr(line, text))
			return true;
	}
	return false;
}

void trace_close(struct trace *trace)
{
	if (!trace->dir[0])
		return;
	if (trace->pipe >= 0)
		close(trace->pipe);
	rmdir(trace->dir);
	trace->dir[0] = '\0';
}
