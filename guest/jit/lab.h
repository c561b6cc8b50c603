/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* The JIT lab: what its parts share. */
#ifndef LAB_H
#define LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "insn.h"
#include "ref.h"

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))

/*
 * The map's element.  A program takes its operands from here and leaves all results here.
 * The map is shared with the lab, so new operands cost a memcpy().
 */
struct area {
	uint64_t in[10];     /* r0 to r9 at the start of the tested part ... */
	uint64_t out[10];    /* ... and at its end; of an address, the distance to the area */
	uint64_t ret;	     /* what the program returns */
	uint64_t canary;     /* kept on the stack meanwhile ... */
	uint64_t canary_out; /* ... and put here */
	uint64_t mark;	     /* set by a branch that is not taken */
	uint64_t mem[16];    /* memory operands */
	uint64_t words[4];   /* of the map of words, which is another one: see struct kernel */
};

#define N_WORDS N_OF(((struct area *)0)->words)

/*
 * The area is not at the start of the element: an address in the element may so be the largest
 * offset before the area's memory operands.  (Newer verifiers take no address before a map.)
 */
#define AREA_PAD 32512

#define AT(member)	    ((int)offsetof(struct area, member))
#define REG_AT(member, reg) (AT(member) + 8 * (int)(reg))

/* --- program.c: programs as they are loaded --- */

#define PROGRAM_MAX 8192
#define LEN_MAX	    1000 /* of a random program, whose loops and calls are more than one */

struct program {
	struct bpf_insn insns[PROGRAM_MAX];
	unsigned int n;
	unsigned int number;	 /* of its variant's programs */
	unsigned int first, end; /* the tested part; the rest loads and stores registers */
	unsigned int tested;	 /* the instruction that it is about */
	unsigned int tail; /* where a second program starts, which the first one tail calls, or 0 */
	unsigned int base; /* the register that holds the area's address */
	bool keeps_context; /* the context is put at CONTEXT_SLOT of the stack; set before prologue() */
	bool returns_int;	/* so does the second program; set before end_tail() */
	unsigned int addresses; /* registers that hold an address in the area at the end ... */
	unsigned int lost;	/* ... and that hold nothing there, one bit each */
};

/* How many instructions the first program has, of those that two programs have. */
static inline unsigned int first_length(const struct program *prog)
{
	return prog->tail ? prog->tail : prog->n;
}

void emit(struct program *prog, struct bpf_insn insn);
/* An instruction of two, for a number, or as the source register @src says. */
void emit_wide(struct program *prog, unsigned int reg, unsigned int src, uint64_t value);
/* Lets @reg be the address of the area in the map @map_fd. */
void emit_area(struct program *prog, unsigned int reg, int map_fd);
/* The registers but @base are filled, and the canary is put at @canary of the stack. */
void prologue(struct program *prog, unsigned int base, int map_fd);
void epilogue(struct program *prog);
/* The second program, which finds its registers filled as the first one did. */
void begin_tail(struct program *prog, int map_fd);
void end_tail(struct program *prog);
#define CANARY_SLOT  (-8)
#define CONTEXT_SLOT (-16)

#define FUNCTIONS_MAX 8
/* Where the functions start that the program calls, or has called back, ascending; returns how many. */
unsigned int functions_of(const struct bpf_insn *insns, unsigned int n, unsigned int *starts);
/*
 * The kernel interprets no program whose functions are called back, or that makes tail calls and has
 * functions, and it wants the types of these functions.
 */
bool needs_jit(const struct bpf_insn *insns, unsigned int n);

/* --- disasm.c --- */

/* The instruction @insn as an assembler reads it. */
void disasm(const struct bpf_insn *insn, char *text, size_t size);
/* The map @fd is called @name from now on. */
void disasm_map(int fd, const char *name);

/* --- native.c, assembly.c: a program for a reader --- */

struct kernel;
struct mode;

/* The native code of each instruction, for scripts/jit to disassemble; nothing if it is not JITed. */
void native_show(struct kernel *kernel, const struct bpf_insn *insns, unsigned int n,
		 uint32_t flags);

/* The file wrong.bpf.S in directory @name: the program, its operands, what it should leave. */
void assembly(const struct kernel *kernel, const struct mode *mode, const struct program *prog,
	      const struct area *operands, const char *name, const char *difference);

/* --- operands.c --- */

/* A sequence that looks random and is the same for a seed everywhere. */
uint64_t next_random(uint64_t *state);
unsigned int random_below(uint64_t *state, unsigned int n);
/* Of any length. */
uint64_t random_value(uint64_t *state);

extern const uint64_t values[]; /* operands at which instructions tend to go wrong */
extern const unsigned int n_values;
extern const int32_t immediates[]; /* the same for immediates; the first few matter most */
extern const unsigned int n_immediates, n_quick_immediates;
extern const int16_t offsets[]; /* of memory accesses: what native code has room for */
extern const unsigned int n_offsets, n_quick_offsets;

/* --- kernel.c: programs in the target's kernel --- */

/* bpf(2), with a negative errno. */
int bpf(int cmd, union bpf_attr *attr);
uint64_t pointer(const void *p);

struct kernel {
	int map_fd;
	struct area *area; /* the map's element, in this process */
	int words_fd;	   /* a map of words, for calls of helpers */
	uint64_t *words;   /* its elements, in this process */
	int tails_fd; /* a map of programs, for tail calls: 0 is the program's second one, 1 none */
	unsigned int type;    /* of the programs */
	unsigned int release; /* 612 for Linux 6.12 */
	char verdict[256];    /* the verifier's words on a program that it refused */
};

/* Linux's own, that programs see: what a JIT that gives up on a program returns. */
#define ENOTSUPP 524

void kernel_open(struct kernel *kernel);
/* Returns the program's descriptor or a negative errno; with @verdict set if it is wanted. */
int kernel_load(struct kernel *kernel, const struct bpf_insn *insns, unsigned int n, uint32_t flags,
		bool want_verdict);
/* The same in steps: what the kernel is told of a program, which gets its name in the second one. */
int kernel_attr(const struct kernel *kernel, const struct bpf_insn *insns, unsigned int n,
		uint32_t flags, union bpf_attr *attr);
/* With the lab's own types, which line information needs, too. */
int kernel_types(union bpf_attr *attr);
int kernel_load_attr(struct kernel *kernel, union bpf_attr *attr, bool want_verdict);
/* Loads the second program of @prog, if it has one, so that the first one's tail calls find it. */
int kernel_load_tail(struct kernel *kernel, const struct program *prog, uint32_t flags);
/* Loads both. */
int kernel_load_program(struct kernel *kernel, const struct program *prog, uint32_t flags,
			bool want_verdict);
/* Asks for all that @info has room for: its pointers are inputs. Returns a negative errno or 0. */
int kernel_info(int prog_fd, struct bpf_prog_info *info);
bool kernel_jited(int prog_fd);
uint32_t kernel_run(const struct kernel *kernel, int prog_fd);

/* --- btf.c --- */

enum { BTF_MAIN = 5, BTF_CALLBACK = 7, BTF_NAME = 19 }; /* types of functions, and any string */

/* The lab's own types: a descriptor, or a negative errno. */
int btf_load(void);
/* The id of the function @name of the kernel, or 0. */
int32_t kernel_function(const char *name);

/* --- modes.c: the ways in which the kernel runs a program --- */

struct mode {
	const char *name;
	int enable, harden; /* net.core.bpf_jit_enable, net.core.bpf_jit_harden */
	uint32_t flags;	    /* for loading */
};

extern const struct mode modes[];
extern const unsigned int n_modes;

const struct mode *find_mode(const char *name);
/* A second process waits for the end of this one, and restores the settings that it changed. */
void modes_open(void);
/* Returns NULL, or why the kernel does not have it. */
const char *set_mode(const struct mode *mode);

/* --- ktap.c --- */

void ktap_plan(unsigned int n);
/* @verdict: "ok", "not ok"; a comment follows, if there is one. */
__attribute__((format(printf, 3, 4))) void ktap_result(const char *verdict, const char *name,
						       const char *comment, ...);
/* Says which test begins, by number and name, for a reader that sees no more of it. */
void ktap_begin(unsigned int number, const char *name);
/*
 * Leaves a line in the kernel's log, if it is to have marks, as it has before each so many tests: the
 * console tells of a test also where the machine ends before a line of the lab leaves it.
 */
extern unsigned int ktap_marks;
__attribute__((format(printf, 1, 2))) void ktap_mark(const char *format, ...);
__attribute__((format(printf, 1, 2))) void ktap_note(const char *format, ...);
/* Something that no run survives. */
__attribute__((noreturn, format(printf, 1, 2))) void bail_out(const char *format, ...);

/* --- compare.c: a program in the kernel against the reference --- */

/* Runs the reference on @area.  Returns what it found fault with, or NULL. */
const char *reference(const struct kernel *kernel, const struct program *prog, struct area *area);
/* The same for a program that has no fault.  Returns what the program should. */
uint32_t expect(const struct kernel *kernel, const struct program *prog, struct area *area);
/*
 * Runs program @prog_fd and the reference on @operands.  Returns whether they agree; else @text
 * says what differs, the most telling first.
 */
bool agree(const struct kernel *kernel, int prog_fd, const struct program *prog,
	   const struct area *operands, char *text, size_t size);
/* A wrong reference on purpose, so that a test sees that agree() sees it. */
extern bool spoil;

/* --- names.c: which tests the words of TESTS choose --- */

struct name {
	const char *name, *group;
};

bool is_chosen(const char *tests, struct name name);
/* How many of the @n tests are chosen; -1 if a word chooses none, which is told. */
int count_chosen(const char *tests, struct name (*name_of)(unsigned int), unsigned int n);
/* Prints their names. Returns the exit status. */
int list_chosen(const char *tests, struct name (*name_of)(unsigned int), unsigned int n);

/* --- isa.c: the instructions, each with its programs --- */

enum group { BASE32, BASE64, DIVMUL32, DIVMUL64, ATOMIC32, ATOMIC64, LATER, N_GROUPS };
extern const char *const group_names[N_GROUPS];

struct variant {
	char name[32];
	enum group group;
	unsigned int since; /* the first kernel that has it: 606 for Linux 6.6 */
	bool beyond;	    /* shifts by as much as the width, and more */
	void (*build)(const struct variant *variant, unsigned int k, struct program *prog);
	void (*operands)(const struct variant *variant, const struct program *prog, unsigned int k,
			 uint64_t *random, struct area *area);
	unsigned int programs,
		cases;	      /* how many there are, and how many sets of operands each has */
	struct bpf_insn insn; /* what of the instruction is the same in all programs */
};

/* All of them; @full: with more programs and operands. */
const struct variant *isa_variants(bool full, unsigned int *n);
void isa_build(const struct variant *variant, unsigned int k, int map_fd, struct program *prog);

void fill_operands(uint64_t *random, struct area *area);

/* --- generate.c: random programs --- */

/*
 * A program with a tail call uses as much stack as any program does.  Since Linux 6.9, the interpreter
 * and some JITs run the second program on the first one's stack, whatever it needs: docs/jit-lab.md.
 */
#define DEEPEST_SLOT  (-80)
#define DEEPEST_STORE INSN(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, DEEPEST_SLOT, 0)

/*
 * Of a function that makes tail calls: what it returns is not known.  Older verifiers take that for the
 * result of the program that runs in the function's place as well: docs/findings.md.
 */
#define RESULT_AT      REG_AT(mem, 8) /* a word that units leave alone */
#define UNKNOWN_RESULT LDX(BPF_W, BPF_REG_0, BPF_REG_1, RESULT_AT)

/* The instructions that the JIT translates, or the interpreter where there is no JIT. */
void generate_open(struct kernel *kernel);
/* All instructions and kinds of calls, without a look at the kernel: for the lab's own tests. */
void generate_open_all(struct kernel *kernel);
/* Program number @number of @seed, of @len instructions and a few more. */
void generate(const struct kernel *kernel, uint64_t seed, unsigned int number, unsigned int len,
	      struct program *prog);
void generate_operands(uint64_t seed, unsigned int number, unsigned int k, struct area *area);

/* --- minimise.c --- */

/* Makes the program and its operands as small as they can be for @mode to be wrong. */
void minimise(struct kernel *kernel, const struct mode *mode, struct program *prog,
	      struct area *operands);

/* --- the runs: run_isa.c, run_random.c, run_cost.c; each returns an exit status --- */

int run_isa(struct kernel *kernel, const struct mode *mode, const char *tests, bool full,
	    unsigned int first);
int list_isa(const char *tests);
/* run_random() makes the first @shown wrong programs small, and shows them. */
void print_random(struct kernel *kernel, const struct mode *mode, uint64_t seed, unsigned int count,
		  unsigned int len, unsigned int first);
int run_random(struct kernel *kernel, const struct mode *mode, uint64_t seed, unsigned int count,
	       unsigned int len, unsigned int first, unsigned int shown);
int run_cost(struct kernel *kernel, const struct mode *mode, const char *tests, unsigned int first);
int list_cost(const char *tests);
/* The cost of a loaded program on the contents of two files, of which each may be empty. */
int cost_program(uint32_t id, const char *data, const char *context);

#endif
