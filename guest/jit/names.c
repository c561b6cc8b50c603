// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* TESTS: which tests its words choose, by their names, parts of names, and groups. */
#include <stdio.h>
#include <string.h>

#include "lab.h"

/* Whether @word is @name, its first or last parts, or some between: parts end at a dash. */
static bool word_in_name(const char *word, size_t len, const char *name)
{
	for (const char *at = name; at; at = strchr(at, '-') ? strchr(at, '-') + 1 : NULL)
		if (!strncmp(at, word, len) && (at[len] == '\0' || at[len] == '-'))
			return true;
	return false;
}

static bool chosen_by(const char *word, size_t len, const struct name *name)
{
	return word_in_name(word, len, name->name) ||
	       (strlen(name->group) == len && !strncmp(name->group, word, len));
}

static const char *next_word(const char *words, size_t *len)
{
	words += strspn(words, " ,");
	*len = strcspn(words, " ,");
	return *len ? words : NULL;
}

bool is_chosen(const char *tests, struct name name)
{
	size_t len;

	if (!next_word(tests, &len))
		return true;
	for (const char *word = tests; (word = next_word(word, &len)); word += len)
		if (chosen_by(word, len, &name))
			return true;
	return false;
}

static void print_known(struct name (*name_of)(unsigned int), unsigned int n)
{
	fprintf(stderr, "  Groups:");
	for (unsigned int i = 0; i < n; i++) {
		unsigned int first = 0;

		while (strcmp(name_of(first).group, name_of(i).group))
			first++;
		if (first == i)
			fprintf(stderr, " %s", name_of(i).group);
	}
	fprintf(stderr, "\n  Names:\n");
	for (unsigned int i = 0; i < n; i++)
		fprintf(stderr, "%s%s", name_of(i).name, i + 1 == n || i % 5 == 4 ? "\n" : " ");
}

int count_chosen(const char *tests, struct name (*name_of)(unsigned int), unsigned int n)
{
	unsigned int chosen = 0;
	size_t len;

	for (const char *word = tests; (word = next_word(word, &len)); word += len) {
		unsigned int i = 0;
		struct name name;

		while (i < n && (name = name_of(i), !chosen_by(word, len, &name)))
			i++;
		if (i < n)
			continue;
		fprintf(stderr, "error: TESTS: no test has the name or the part of a name '%.*s'\n",
			(int)len, word);
		print_known(name_of, n);
		return -1;
	}
	for (unsigned int i = 0; i < n; i++)
		chosen += is_chosen(tests, name_of(i));
	return chosen;
}

int list_chosen(const char *tests, struct name (*name_of)(unsigned int), unsigned int n)
{
	if (count_chosen(tests, name_of, n) < 0)
		return 2;
	for (unsigned int i = 0; i < n; i++)
		if (is_chosen(tests, name_of(i)))
			puts(name_of(i).name);
	return 0;
}
