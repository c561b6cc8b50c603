// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* A program in the kernel against the reference: the whole of the map, and the result. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"

bool spoil;

/* The name of the @i'th word of an area, as a user of the output knows it. */
static void name_of(unsigned int i, char *name, size_t size)
{
	unsigned int offset = 8 * i;

	if (offset < sizeof(((struct area *)0)->in))
		snprintf(name, size, "area+%u (what r%u is filled from)", offset, i);
	else if (offset >= offsetof(struct area, words))
		snprintf(name, size, "word %u of the map of words", (offset - AT(words)) / 8);
	else if (offset >= offsetof(struct area, mem))
		snprintf(name, size, "memory at area+%u", offset);
	else if (offset == offsetof(struct area, mark))
		snprintf(name, size, "area+%u (the mark of a branch that is not taken)", offset);
	else if (offset == offsetof(struct area, canary_out))
		snprintf(name, size, "area+%u (what was kept on the stack)", offset);
	else if (offset >= offsetof(struct area, out) && offset < offsetof(struct area, ret))
		snprintf(name, size, "r%u", (offset - AT(out)) / 8);
	else
		snprintf(name, size, "area+%u", offset);
}

/* The first few words that differ. */
static void tell(const struct area *got, const struct area *want, char *text, size_t size)
{
	const uint64_t *g = (const void *)got, *w = (const void *)want;
	unsigned int told = 0, differ = 0;
	size_t used = 0;
	char name[64];

	text[0] = '\0';
	for (unsigned int i = 0; i < sizeof(*got) / 8; i++) {
		if (g[i] == w[i] || differ++ >= 3)
			continue;
		name_of(i, name, sizeof(name));
		used += snprintf(text + used, size - used,
				 "%s%s is 0x%" PRIx64 ", wanted 0x%" PRIx64, told++ ? "; " : "",
				 name, g[i], w[i]);
	}
	if (differ > told)
		snprintf(text + used, size - used, "; and %u more", differ - told);
}

static struct ref ref;

const char *reference(const struct kernel *kernel, const struct program *prog, struct area *area)
{
	ref.map = (uint8_t *)area;
	ref.map_size = sizeof(*area);
	ref.map_offset = AREA_PAD;
	ref.map_fd = kernel->map_fd;
	ref.words = area->words;
	ref.n_words = N_WORDS;
	ref.words_fd = kernel->words_fd;
	ref.tail = prog->tail;
	ref.tails_fd = kernel->tails_fd;
	ref_run(&ref, prog->insns, prog->n);
	return ref.fault;
}

uint32_t expect(const struct kernel *kernel, const struct program *prog, struct area *area)
{
	const char *fault = reference(kernel, prog, area);

	if (fault)
		bail_out("the reference takes a program for wrong: %s at instruction %u", fault,
			 ref.pc);
	if (spoil)
		area->canary_out ^= 1;
	return ref.reg[0];
}

bool agree(const struct kernel *kernel, int prog_fd, const struct program *prog,
	   const struct area *operands, char *text, size_t size)
{
	struct area want = *operands, got;
	uint32_t want_ret = expect(kernel, prog, &want), ret;

	*kernel->area = *operands;
	memcpy(kernel->words, operands->words, sizeof(operands->words));
	ret = kernel_run(kernel, prog_fd);
	got = *kernel->area;
	memcpy(got.words, kernel->words, sizeof(got.words));
	if (memcmp(&got, &want, sizeof(got))) {
		tell(&got, &want, text, size);
		return false;
	}
	if (ret != want_ret) {
		snprintf(text, size, "it returns 0x%" PRIx32 ", wanted 0x%" PRIx32, ret, want_ret);
		return false;
	}
	return true;
}
