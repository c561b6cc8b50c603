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
	ref_run(&ref, prog->insns, prog->n);
	return ref.fault;
}

bool agree(const struct kernel *kernel, int prog_fd, const struct program *prog,
	   const struct area *operands, char *text, size_t size)
{
	struct area want = *operands, got;
	const char *fault = reference(kernel, prog, &want);
	uint32_t ret;

	if (fault)
		bail_out("the reference takes a program for wrong: %s at instruction %u", fault,
			 ref.pc);
	if (spoil)
		want.canary_out ^= 1;

	*kernel->area = *operands;
	ret = kernel_run(kernel, prog_fd);
	got = *kernel->area;
	if (memcmp(&got, &want, sizeof(got))) {
		tell(&got, &want, text, size);
		return false;
	}
	if (ret != (uint32_t)ref.reg[0]) {
		snprintf(text, size, "it returns 0x%" PRIx32 ", wanted 0x%" PRIx32, ret,
			 (uint32_t)ref.reg[0]);
		return false;
	}
	return true;
}
