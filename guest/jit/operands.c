// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The operands: values at which native code tends to go wrong, and random ones. */
#include "lab.h"

/* xorshift64*; a state is never 0. */
uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

uint64_t random_value(uint64_t *state)
{
	uint64_t value = next_random(state);

	return value >> random_below(state, 64);
}

unsigned int random_below(uint64_t *state, unsigned int n)
{
	return (next_random(state) >> 32) % n;
}

const uint64_t values[] = {
	0,
	1,
	2,
	7,
	31,
	0x7f,
	0x80,
	0xff,
	0x7fff,
	0x8000,
	0xffff,
	0x7fffffff,
	0x80000000,
	0xfffffff9,
	0xffffffff,
	0x100000000,
	0x100000001,
	0x1234567880000001,
	0x123456789abcdef0,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xffffffff00000000,
	0xffffffff80000000,
	0xfffffffffffffff9,
	0xfffffffffffffffe,
	0xffffffffffffffff,
};
const unsigned int n_values = N_OF(values);

const int32_t immediates[] = {
	-1,
	1,
	0x12345678,
	INT32_MIN,
	INT32_MAX,
	7,
	0x80,
	-129,
	0x7ff,
	-2049,
	0x10000,
	-32769,
	/* with FULL=1 */
	2,
	3,
	5,
	10,
	16,
	64,
	0x7f,
	0xff,
	0x100,
	0x800,
	0xfff,
	0x1000,
	0x7fff,
	0x8000,
	0xffff,
	0xff00,
	0xff0000,
	0x40000000,
	0x7ffff000,
	0x3fffffff,
	-2,
	-7,
	-128,
	-0x800,
	-0x1000,
	-0x8000,
	-0x10000,
	-0x7fffffff,
	-0x12345678,
	-0x10001,
};
const unsigned int n_immediates = N_OF(immediates), n_quick_immediates = 12;

const int16_t offsets[] = {
	0,
	8,
	-8,
	120,
	-128,
	248,
	-256,
	2040,
	-2048,
	2048,
	32760,
	-32768,
	/* with FULL=1 */
	16,
	64,
	-64,
	128,
	-136,
	256,
	-264,
	504,
	-512,
	1016,
	1024,
	-1024,
	-2056,
	4088,
	4096,
	-4096,
	8184,
	8192,
	-8192,
	16376,
	16384,
	-16384,
};
const unsigned int n_offsets = N_OF(offsets), n_quick_offsets = 12;
