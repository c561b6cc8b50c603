/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The reference interpreter: the judge of all that the kernel computes.  It is written from
 * RFC 9669.  It knows three maps: an array with one element, an array of words, and an array of
 * programs for tail calls; and the helpers that call a function back.  A register or a slot of the stack that holds an address is marked: a
 * program that computes with an address, or lets it out, has no defined result.
 */
#ifndef REF_H
#define REF_H

#include <stdbool.h>
#include <stdint.h>

#include "insn.h"

/* The addresses that a program sees. The kernel's are others: a program keeps them to itself. */
#define REF_MAP	  0x100000000000ULL
#define REF_STACK 0x200000000000ULL /* r10 of the first frame; those of others are below */
#define REF_WORDS 0x400000000000ULL

#define REF_FRAMES     8
#define REF_STACK_SIZE 512

struct ref_frame {
	uint64_t saved[4]; /* r6 to r9 of the caller */
	unsigned int saved_defined, saved_addresses;
	unsigned int return_to;
	bool tail_called; /* a program runs in place of the function */
	/* Of a function that a helper calls back: */
	int helper; /* or 0 */
	unsigned int start;
	uint32_t turn, turns;
	uint64_t argument;
	bool argument_is_address;
};

struct ref {
	/* set by the caller of ref_run() */
	uint8_t *map; /* the map's element, which the program changes */
	uint32_t map_size;
	uint32_t map_offset; /* where @map is in the element; a program uses no more of it */
	int map_fd;	     /* what names the map in the program's ld_imm64 */
	uint64_t *words;     /* the elements of the array of words; NULL: there is none */
	uint32_t n_words;
	int words_fd;
	unsigned int
		tail; /* the instruction at which element 0 of the array of programs starts, or 0 */
	int tails_fd;

	/* set by ref_run() */
	uint64_t reg[11];
	const char *fault; /* what the program did that no program may do */
	unsigned int pc;   /* at the fault */

	/* its own */
	unsigned int defined;	/* registers that hold a defined value, one bit each */
	unsigned int addresses; /* of these, the registers that hold an address */
	unsigned int frame;
	struct ref_frame frames[REF_FRAMES];
	uint8_t stack[REF_FRAMES * REF_STACK_SIZE];
	uint8_t stack_defined[REF_FRAMES * REF_STACK_SIZE]; /* of each byte: whether it was set */
	uint8_t stack_address[REF_FRAMES * REF_STACK_SIZE / 8]; /* of each slot: holds an address */
};

/* Runs the @n instructions at @insns.  Returns 0, or -1 with @fault set. */
int ref_run(struct ref *ref, const struct bpf_insn *insns, unsigned int n);

#endif
