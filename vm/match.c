// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Finds a text in a stream of bytes, one byte at a time (Knuth, Morris, Pratt): it needs no
 * buffer, so that a text may be split between two reads, and a line may be endless.
 */
#include <stdlib.h>
#include <string.h>

#include "vm.h"

/* @text must not be empty and must live as long as @m. */
void match_init(struct match *m, const char *text)
{
	size_t k = 0;

	m->text = text;
	m->len = strlen(text);
	m->at = 0;
	/* border[i]: length of the longest proper prefix that text[0..i] ends in */
	m->border = must(calloc(m->len, sizeof(*m->border)));
	for (size_t i = 1; i < m->len; i++) {
		while (k && text[i] != text[k])
			k = m->border[k - 1];
		if (text[i] == text[k])
			k++;
		m->border[i] = k;
	}
}

void match_free(struct match *m)
{
	free(m->border);
	m->border = NULL;
}

/*
 * Whether the stream ends in the text after @c. A serial line carries \r (and some firmware
 * NULs) in the middle of its text: those are skipped.
 */
bool match_byte(struct match *m, char c)
{
	if (c == '\r' || c == '\0')
		return false;
	while (m->at && (m->at == m->len || c != m->text[m->at]))
		m->at = m->border[m->at - 1];
	if (c == m->text[m->at])
		m->at++;
	return m->at == m->len;
}
