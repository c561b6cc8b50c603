// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Results as KTAP.  A result is out at once: the kernel may not survive the next test. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"

static unsigned int results;

void ktap_plan(unsigned int n)
{
	printf("KTAP version 1\n1..%u\n", n);
	fflush(stdout);
}

void ktap_result(const char *verdict, const char *name, const char *comment, ...)
{
	va_list args;

	printf("%s %u %s # ", verdict, ++results, name);
	va_start(args, comment);
	vprintf(comment, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

unsigned int ktap_marks;

void ktap_mark(const char *format, ...)
{
	char text[128] = "<4>jit: ";
	va_list args;
	size_t len;
	int fd;

	if (!ktap_marks)
		return;
	va_start(args, format);
	vsnprintf(text + 8, sizeof(text) - 9, format, args);
	va_end(args);
	len = strlen(text);
	text[len++] = '\n';
	/* The kernel limits the messages of one open file. */
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, len) < 0)
		bail_out("cannot write to /dev/kmsg: %m");
	close(fd);
}

void ktap_begin(unsigned int number, const char *name)
{
	static unsigned int begun;
	static time_t told;
	struct timespec now;

	/*
	 * On its way out of a slow machine a line takes 10 ms, as long as ten random programs.  With marks it
	 * waits for the next result, but no longer than a second: the reader takes silence for a hang.
	 */
	printf("# begin %u %s\n", number, name);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!ktap_marks || now.tv_sec != told)
		fflush(stdout);
	told = now.tv_sec;
	if (ktap_marks && begun++ % ktap_marks == 0)
		ktap_mark("begin %u %s", number, name);
	/* What the kernel prints of a fault has this name. */
	prctl(PR_SET_NAME, name);
}

void ktap_note(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void bail_out(const char *format, ...)
{
	va_list args;

	fputs("Bail out! ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	exit(1);
}
