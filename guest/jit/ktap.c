// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Results as KTAP.  Each line is out at once: the kernel may not survive the next. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

void ktap_begin(unsigned int number, const char *name)
{
	printf("# begin %u %s\n", number, name);
	fflush(stdout);
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
