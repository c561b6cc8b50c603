/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* jit cost: what its parts share. */
#ifndef COST_H
#define COST_H

#include "lab.h"

/* --- run_cost.c: programs are loaded, and the instructions of a run counted --- */

struct costs {
	struct kernel kernel;
	const struct mode *mode;
	const void *data, *context; /* that programs run on */
	uint32_t data_size, context_size;
	char why[320]; /* why the last count failed */
	/* Of the present test: */
	int map_fd;
	int32_t kfuncs[3];	       /* BTF ids */
	unsigned long *ring_taken;     /* of a ring buffer: how far it has been read ... */
	const unsigned long *ring_put; /* ... and written */
};

/* Returns the program's descriptor, or -1 and costs->why.  With @btf_fd, @funcs are its functions. */
int cost_load(struct costs *costs, const struct program *prog, int btf_fd,
	      const struct bpf_func_info *funcs, unsigned int n_funcs);
/* The same for a tracer of another program. */
int cost_load_tracer(struct costs *costs, const struct program *prog, unsigned int attach_type,
		     int target_fd);
/* The mean of @repeat runs, or a negative errno. */
int cost_try(struct costs *costs, int prog_fd, uint32_t repeat, uint32_t *mean);

/* What strerror() says, which does not know ENOTSUPP. */
const char *cost_error(int err);

#define NOT_COUNTED INT64_MIN /* instead of instructions: costs->why says why */

/* The instructions of a small program, from one run to the next. */
int64_t cost_of_one(struct costs *costs, const struct program *prog);
#define COST_REPEAT \
	1000 /* at most: so often that a mean has no share of the time before and after */
int64_t cost_of_run(struct costs *costs, int prog_fd, unsigned int repeat);
/* How often to run a program at once. */
unsigned int cost_repeat(struct costs *costs, int prog_fd);
/* How many more instructions the second of two programs takes.  Closes them; -1 is none. */
int64_t cost_of_more(struct costs *costs, int few_fd, int many_fd);

/* --- cost.c: what is counted --- */

enum cost_map {
	MAP_NONE,
	MAP_ARRAY,
	MAP_PERCPU_ARRAY,
	MAP_HASH,
	MAP_PERCPU_HASH,
	MAP_LRU_HASH,
	MAP_LPM_TRIE,
	MAP_QUEUE,
	MAP_RINGBUF,
	MAP_PROGS,
	N_COST_MAPS
};

/* A call of a helper.  An argument is one of these, or a number. */
enum { ARG_MAP = 1 << 20, ARG_CTX, ARG_AREA, ARG_STACK /* + the offset of a slot, 0 to 512 */ };

struct call {
	int helper;
	unsigned int n_args;
	int args[5];
};

struct cost {
	char name[40];
	const char *group;
	/* What @of things cost together, or NOT_COUNTED. */
	int64_t (*count)(struct costs *costs, const struct cost *cost, unsigned int *of);
	/* Makes the program with the thing @n times ... */
	void (*build)(const struct costs *costs, const struct cost *cost, unsigned int n,
		      struct program *prog);
	/* ... or emits what is around the thing, and the thing if @with. */
	void (*copy)(const struct costs *costs, const struct cost *cost, bool with,
		     struct program *prog);
	unsigned int copies;
	struct bpf_insn insn; /* the instruction that it is about */
	int32_t imm;	      /* its operand, or offset */
	uint64_t wide;	      /* its literal of 64 bits */
	bool taken;	      /* a branch that is taken */
	unsigned int since;   /* 606: kernels before 6.6 take it for something else */
	enum cost_map map;
	struct call calls[2];
	const char *kfuncs[3];
};

const struct cost *cost_table(unsigned int *n);
/* The map and the kernel's functions of a test; a negative value: not, for costs->why. */
int cost_open(struct costs *costs, const struct cost *cost);
void cost_close(struct costs *costs);
/* What the programs find in the area. */
void cost_operands(struct area *area);

#endif
