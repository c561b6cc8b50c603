// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See log.h. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define SCREEN	    18			    /* lines of a log that are shown, at most */
#define REPORT	    "Verification failed: " /* begins the explanation of Linux 7.3 and newer */

struct lines {
	char *text;
	char **line;
	unsigned int n;
};

static bool begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* The beginnings of the lines in which this kernel's verifier sums up its work. */
static char figures[16][32] = { "processed " };

void log_learn(const char *log)
{
	size_t n = 1;

	for (; n < SIZE(figures) && *log; log += strcspn(log, "\n"), log += !!*log) {
		size_t len = strcspn(log, "0123456789\n");

		if (len > 4 && len < sizeof(figures[n]) && log[len] && log[len] != '\n')
			snprintf(figures[n++], sizeof(figures[n]), "%.*s", (int)len, log);
	}
}

/* Lines of the verifier about its own work, and of libbpf around the verifier's log. */
static bool is_figures(const char *line)
{
	size_t i;

	for (i = 0; i < SIZE(figures) && figures[i][0]; i++)
		if (begins(line, figures[i]))
			return true;
	return begins(line, "libbpf: ") || begins(line, "-- END PROG LOAD LOG --");
}

/* The lines of a log up to the verifier's last words; nothing after them counts. */
static bool split(struct lines *lines, const char *log)
{
	unsigned int size = 0;
	char *line, *rest;
	const char *begin = strstr(log, "-- BEGIN PROG LOAD LOG --\n"), *next = begin;

	/* libbpf's words come before; of several programs the last one counts */
	while (next) {
		begin = next + strlen("-- BEGIN PROG LOAD LOG --\n");
		next = strstr(begin, "-- BEGIN PROG LOAD LOG --\n");
	}
	memset(lines, 0, sizeof(*lines));
	rest = lines->text = strdup(begin ? begin : log);
	while (rest && (line = strsep(&rest, "\n"))) {
		if (lines->n == size) {
			char **more = realloc(lines->line, (2 * size + 64) * sizeof(*more));

			if (!more)
				break;
			lines->line = more;
			size = 2 * size + 64;
		}
		lines->line[lines->n++] = line;
	}
	while (lines->n && (!*lines->line[lines->n - 1] || is_figures(lines->line[lines->n - 1])))
		lines->n--;
	return lines->n;
}

static void free_lines(struct lines *lines)
{
	free(lines->line);
	free(lines->text);
}

/* The last line before @from that satisfies @is, or -1. */
static int last_line(const struct lines *lines, int from, bool (*is)(const char *line))
{
	while (--from >= 0)
		if (is(lines->line[from]))
			break;
	return from;
}

/* From Linux 7.3 on the verifier explains itself after its old words. */
static bool is_report(const char *line)
{
	return begins(line, REPORT);
}

static bool is_source(const char *line)
{
	return line[0] == ';';
}

/* "R0=", "R0_w=": a register and what is in it */
static bool is_state(const char *line)
{
	while ((line = strchr(line, 'R'))) {
		size_t len = strspn(++line, "0123456789");

		if (len && (line[len] == '=' || line[len] == '_'))
			return true;
	}
	return false;
}

/* The verifier's demand, by a word of its message, whose other words differ between kernels. */
static const char *wants(const char *said)
{
	static const struct {
		const char *word, *wants;
	} known[] = {
		{ "or_null", "a test of the pointer for NULL before it is used" },
		{ "!read_ok", "the register or the stack slot to be set on every path to here" },
		{ "invalid indirect read from stack",
		  "every byte of the buffer on the stack to be set, padding included" },
		{ "invalid read from stack",
		  "the bytes on the stack to be set before they are read" },
		{ "invalid access to packet",
		  "a comparison with data_end before the access, of the whole length" },
		{ "invalid access to map value",
		  "a bound on the offset: a comparison, or a mask, that the compiler keeps" },
		{ "outside of the allowed memory range",
		  "a bound on the offset: a comparison, or a mask, that the compiler keeps" },
		{ "min value is", "a bound on the value: compare it, or make it unsigned" },
		{ "unbounded",
		  "a bound on the value: a comparison, or a mask, that the compiler keeps" },
		{ "invalid mem access",
		  "a pointer that it knows here: read other memory with bpf_probe_read_kernel() or bpf_core_read()" },
		{ "invalid bpf_context access",
		  "an access to the context that this program type allows on this kernel" },
		{ "back-edge", "a loop whose end it can see: a constant bound, or bpf_loop()" },
		{ "infinite loop", "a loop whose end it can see: a constant bound, or bpf_loop()" },
		{ "stack size",
		  "no more than 512 bytes of stack: put large data into a per-CPU map" },
		{ "Unreleased reference", "the reference to be given back on every path" },
		{ "unknown func", "a helper that this program type has on this kernel" },
		{ "GPL", "LICENSE[] SEC(\"license\") = \"GPL\"" },
		{ "is not allowed", "another program type, or another kernel, for this" },
	};
	size_t i;

	for (i = 0; i < SIZE(known); i++)
		if (strcasestr(said, known[i].word))
			return known[i].wants;
	return NULL;
}

void log_explain(FILE *out, const char *log, const char *before)
{
	const char *want = NULL;
	struct lines lines;
	int source, state, report, line, end;

	if (!split(&lines, log)) {
		free_lines(&lines);
		return;
	}
	report = last_line(&lines, lines.n, is_report);
	end = report < 0 ? (int)lines.n : report;
	while (end && !*lines.line[end - 1])
		end--;
	source = last_line(&lines, end, is_source);
	line = source < 0 || source < end - SCREEN ? end - SCREEN : source;
	state = last_line(&lines, source < 0 ? 0 : line, is_state);
	if (state >= 0 && state < line)
		fprintf(out, "%s%s\n", before, lines.line[state]);
	for (line = line < 0 ? 0 : line; line < end; line++)
		fprintf(out, "%s%s\n", before, lines.line[line]);
	for (line = report < 0 ? (int)lines.n : report;
	     line < (int)lines.n && line < report + SCREEN; line++)
		fprintf(out, "%s%s\n", before, lines.line[line]);
	if (end && report < 0)
		want = wants(lines.line[end - 1]);
	if (want)
		fprintf(out, "%sThe verifier wants %s.\n", before, want);
	free_lines(&lines);
}

bool log_last_words(char *words, size_t size, const char *log)
{
	struct lines lines;
	int line = -1;

	if (split(&lines, log)) {
		line = last_line(&lines, lines.n, is_report);
		if (line < 0)
			snprintf(words, size, "%s", lines.line[lines.n - 1]);
		else
			snprintf(words, size, "%s", lines.line[line] + strlen(REPORT));
	}
	free_lines(&lines);
	return lines.n;
}

bool log_at_limit(const char *log)
{
	unsigned long processed, limit;
	const char *sum = NULL, *next;

	for (next = log; (next = strstr(next, "processed ")); next++)
		sum = next;
	return strstr(log, "too complex") ||
	       (sum && sscanf(sum, "processed %lu insns (limit %lu", &processed, &limit) == 2 &&
		processed >= limit);
}
