// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Logs without control characters, and templates. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

/* The bytes that are read from a log's end: a few hundred lines, enough for a panic's oops. */
#define TAIL_BYTES (256 << 10)

/* A line longer than this is cut when it is shown. */
#define LINE_BYTES 400

enum clean { PLAIN, ESCAPE, CSI, STRING };

/* The state of a terminal, which is in @in, after the ASCII character @c; @keep: @c is text. */
static enum clean clean_next(enum clean in, unsigned char c, bool *keep)
{
	*keep = false;
	/* no escape sequence contains a newline */
	if (c == '\n')
		in = PLAIN;
	else if (c == '\033')
		return ESCAPE;
	switch (in) {
	case PLAIN:
		*keep = c == '\n' || c == '\t' || (c >= ' ' && c < 0x7f);
		return PLAIN;
	case ESCAPE:
		if (c == '[')
			return CSI;
		if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
			return STRING;
		return c < ' ' || c > '/' ? PLAIN : ESCAPE;
	case CSI:
		return c >= '@' && c <= '~' ? PLAIN : CSI;
	case STRING:
		return c == '\a' ? PLAIN : STRING;
	}
	return PLAIN;
}

/* The number of bytes of the UTF-8 character at @p, which is not ASCII; 0 if it is invalid. */
static size_t utf8_len(const unsigned char *p, size_t len)
{
	static const struct {
		unsigned char first, last; /* of the first byte */
		unsigned char low, high;   /* of the second: not overlong, no surrogate */
		size_t len;
	} kinds[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (*p < kinds[i].first || *p > kinds[i].last)
			continue;
		if (kinds[i].len > len || p[1] < kinds[i].low || p[1] > kinds[i].high)
			return 0;
		for (size_t n = 2; n < kinds[i].len; n++)
			if ((p[n] & 0xc0) != 0x80)
				return 0;
		return kinds[i].len;
	}
	return 0;
}

/*
 * Removes control characters and escape sequences from @len bytes of @text, in place; C1 ones
 * too, in UTF-8 and as single bytes. Bytes that are not UTF-8 become question marks. The text
 * comes from the guest, which is not trusted. Returns the new length; the text gets a NUL, so
 * it needs len + 1 bytes.
 */
size_t text_clean(char *text, size_t len)
{
	const unsigned char *p = (unsigned char *)text, *end = p + len;
	enum clean in = PLAIN;
	size_t out = 0, n;
	bool keep;

	for (; p < end; p += n) {
		n = *p < 0x80 ? 1 : utf8_len(p, end - p);
		if (*p < 0x80) {
			in = clean_next(in, *p, &keep);
		} else if (n ? n == 2 && *p == 0xc2 && p[1] < 0xa0 : *p < 0xa0) {
			/* U+009B stands for ESC [, and so on */
			n = n ? n : 1;
			in = clean_next(ESCAPE, p[n - 1] - 0x40, &keep);
		} else {
			keep = in == PLAIN;
			in = in == STRING ? STRING : PLAIN;
			if (!n && keep)
				text[out++] = '?';
			keep = keep && n;
			n = n ? n : 1;
		}
		if (keep) {
			memmove(text + out, p, n);
			out += n;
		}
	}
	text[out] = '\0';
	return out;
}

/*
 * The end of file @name, through text_clean(); NULL if there is no such file. The caller frees
 * it.
 */
static char *read_end(int dirfd, const char *name)
{
	ssize_t n, have = 0;
	off_t size;
	char *buf;
	int fd;

	fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	size = lseek(fd, 0, SEEK_END);
	lseek(fd, size > TAIL_BYTES ? size - TAIL_BYTES : 0, SEEK_SET);
	buf = must(malloc(TAIL_BYTES + 1));
	while (have < TAIL_BYTES && (n = read(fd, buf + have, TAIL_BYTES - have)) > 0)
		have += n;
	close(fd);
	text_clean(buf, have);
	return buf;
}

/* Start of the line that is @lines before the one of @p. */
static const char *lines_back(const char *text, const char *p, int lines)
{
	while (p > text && (p[-1] != '\n' || lines-- > 0))
		p--;
	return p;
}

static const char *lines_on(const char *p, int lines)
{
	while (lines-- > 0 && *p) {
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return p;
}

/* A copy of [from, to) without an end of line at its end. */
static char *copy(const char *from, const char *to)
{
	while (to > from && to[-1] == '\n')
		to--;
	return must(strndup(from, to - from));
}

/*
 * The last @lines lines of file @name, through text_clean(); empty if there are none. To be
 * freed.
 */
char *text_tail(int dirfd, const char *name, int lines)
{
	char *text = read_end(dirfd, name), *tail;
	size_t len;

	if (!text)
		return must(strdup(""));
	len = strlen(text);
	while (len && text[len - 1] == '\n')
		text[--len] = '\0';
	tail = copy(lines_back(text, text + len, lines - 1), text + len);
	free(text);
	return tail;
}

/*
 * The lines of console.log around the kernel's panic message, through text_clean(), to be
 * freed; NULL if there is no such message.
 */
char *text_panic(int dirfd)
{
	char *text = read_end(dirfd, "console.log"), *lines = NULL;
	const char *at;

	if (!text)
		return NULL;
	at = strstr(text, VM_PANIC_TEXT);
	if (at)
		lines = copy(lines_back(text, at, 10), lines_on(at, 10));
	free(text);
	return lines;
}

/* Prints lines to stderr, marked as a quotation. */
void text_print(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		fprintf(stderr, "    | %.*s%s\n", (int)(len < LINE_BYTES ? len : LINE_BYTES), text,
			len < LINE_BYTES ? "" : "...");
		text += len;
		text += *text == '\n';
	}
}

/*
 * @text with each of the words @pairs[0], [2] ... replaced by the one after it. A NULL word
 * ends the list. A replacement is not searched again.
 */
char *text_substitute(const char *text, const char *const pairs[])
{
	char *result = NULL;
	size_t size;
	FILE *out;

	out = must(open_memstream(&result, &size));
	while (*text) {
		const char *const *p;

		for (p = pairs; *p; p += 2)
			if (!strncmp(text, p[0], strlen(p[0])))
				break;
		if (*p) {
			fputs(p[1], out);
			text += strlen(p[0]);
		} else {
			fputc(*text++, out);
		}
	}
	fclose(out);
	return must(result);
}
