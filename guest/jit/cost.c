// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * What is counted.  A test is two programs that differ in nothing but how often they do the same
 * thing, so that the difference is what the thing costs.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cost.h"

/* What a cross compiler's linux/bpf.h may be too old for. */
#define HELPER_RINGBUF_RESERVE 131
#define HELPER_RINGBUF_DISCARD 133
#define PSEUDO_KFUNC	       2
#define TRACE_FENTRY	       24
#define TRACE_FEXIT	       25
#define TYPE_RINGBUF	       27
#define NO_WAKEUP	       1 /* BPF_RB_NO_WAKEUP */

/* --- operands: in the area, so that no verifier knows them ---------------------------- */

#define A_VALUE	 0x0123456789abcdefULL
#define B_VALUE	 3 /* a divisor, and the count of a shift */
#define IMM	 7
#define BIG_IMM	 0x12345678
#define NEAR	 REG_AT(mem, 8)
#define FAR	 8192 /* out of the reach of most machines' loads */
#define COUNT_AT REG_AT(mem, 0)

/* Where in[] has the immediate, its neighbours, those of the big immediate, and 0. */
enum { LESS = 2, SAME = 3, MORE = 4, BIG = 3, ZERO = 8 };

void cost_operands(struct area *area)
{
	memset(area, 0, sizeof(*area));
	area->in[0] = A_VALUE;
	area->in[1] = B_VALUE;
	for (int i = LESS; i <= MORE; i++) {
		area->in[i] = IMM + i - SAME;
		area->in[BIG + i] = BIG_IMM + i - SAME;
	}
}

/* --- the frame of each program -------------------------------------------------------- */

#define COPIES	65 /* 64 more than one */
#define CHAIN	31 /* tail calls, of which the kernel allows 32 or 33, also if there is no program */
#define TRACERS 8

/* On the stack. */
#define KEY_SLOT   8  /* a key, 0 */
#define MISS_SLOT  12 /* a key that is in no map */
#define VALUE_SLOT 24
#define LPM_SLOT   32 /* the key 0.0.0.0/32 */
#define ITER_SLOT  40 /* an iterator */

static void emit_store(struct program *prog, uint8_t size, int slot, int32_t value)
{
	emit(prog, INSN(BPF_ST | BPF_MEM | size, BPF_REG_10, 0, -slot, value));
}

/*
 * r6 is the area's address, r7 and r8 are operands, r9 is the context.  All programs use the
 * stack and the registers that functions save, so that none has another frame.
 */
static void begin(const struct costs *costs, struct program *prog)
{
	prog->n = 0;
	emit(prog, MOV64_REG(BPF_REG_9, BPF_REG_1));
	emit_area(prog, BPF_REG_6, costs->kernel.map_fd);
	emit(prog, LDX(BPF_DW, BPF_REG_7, BPF_REG_6, REG_AT(in, 0)));
	emit(prog, LDX(BPF_DW, BPF_REG_8, BPF_REG_6, REG_AT(in, 1)));
	emit_store(prog, BPF_W, KEY_SLOT, 0);
	emit_store(prog, BPF_W, MISS_SLOT, 1);
	emit_store(prog, BPF_DW, VALUE_SLOT, 1);
	emit_store(prog, BPF_W, LPM_SLOT, 32);
	emit_store(prog, BPF_W, LPM_SLOT - 4, 0);
}

static void finish(struct program *prog)
{
	emit(prog, MOV64_IMM(BPF_REG_0, 0));
	emit(prog, EXIT());
}

static void build_copies(const struct costs *costs, const struct cost *cost, unsigned int n,
			 struct program *prog)
{
	begin(costs, prog);
	for (unsigned int i = 0; i < cost->copies; i++)
		cost->copy(costs, cost, i < n, prog);
	finish(prog);
}

/* The difference of programs that do it @most times, and once. */
static int64_t count_to(struct costs *costs, const struct cost *cost, unsigned int most,
			unsigned int *of)
{
	static struct program prog;
	int few, many;

	cost->build(costs, cost, 1, &prog);
	few = cost_load(costs, &prog, -1, NULL, 0);
	if (few < 0)
		return NOT_COUNTED;
	cost->build(costs, cost, most, &prog);
	many = cost_load(costs, &prog, -1, NULL, 0);
	*of = most - 1;
	return cost_of_more(costs, few, many);
}

static int64_t count_copies(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	return count_to(costs, cost, cost->copies, of);
}

/* --- maps ---------------------------------------------------------------------------------- */

#define RING_SIZE (1 << 20)

static const struct {
	const char *name;
	unsigned int type, key_size, value_size, max_entries, flags;
} maps[N_COST_MAPS] = {
	[MAP_ARRAY] = { "an array", BPF_MAP_TYPE_ARRAY, 4, 8, 4, 0 },
	[MAP_PERCPU_ARRAY] = { "a per-CPU array", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 4, 0 },
	/* A hash without a seed puts a key into the same bucket in each run. */
	[MAP_HASH] = { "a hash", BPF_MAP_TYPE_HASH, 4, 8, 64, BPF_F_ZERO_SEED },
	[MAP_PERCPU_HASH] = { "a per-CPU hash", BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 64,
			      BPF_F_ZERO_SEED },
	[MAP_LRU_HASH] = { "an LRU hash", BPF_MAP_TYPE_LRU_HASH, 4, 8, 64, BPF_F_ZERO_SEED },
	[MAP_LPM_TRIE] = { "an LPM trie", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 64, BPF_F_NO_PREALLOC },
	[MAP_QUEUE] = { "a queue", BPF_MAP_TYPE_QUEUE, 0, 8, 4095, 0 },
	[MAP_RINGBUF] = { "a ring buffer", TYPE_RINGBUF, 0, 0, RING_SIZE, 0 },
	[MAP_PROGS] = { "a program array", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, CHAIN + 1, 0 },
};

static int map_open(struct costs *costs, enum cost_map map, unsigned int max_entries)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = maps[map].type;
	attr.key_size = maps[map].key_size;
	attr.value_size = maps[map].value_size;
	attr.max_entries = max_entries;
	attr.map_flags = maps[map].flags;
	fd = bpf(BPF_MAP_CREATE, &attr);
	if (fd < 0)
		snprintf(costs->why, sizeof(costs->why), "kernel does not make %s: %s",
			 maps[map].name, strerror(-fd));
	return fd;
}

static int map_set(int fd, const void *key, const void *value)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = fd;
	attr.key = pointer(key);
	attr.value = pointer(value);
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

/* The two counters of a ring buffer, by which it is emptied after each run. */
static int ring_open(struct costs *costs)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *taken = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, costs->map_fd, 0),
	     *put = mmap(NULL, page, PROT_READ, MAP_SHARED, costs->map_fd, page);

	if (taken == MAP_FAILED || put == MAP_FAILED) {
		snprintf(costs->why, sizeof(costs->why), "cannot map a ring buffer: %s",
			 strerror(errno));
		return -1;
	}
	costs->ring_taken = taken;
	costs->ring_put = put;
	return 0;
}

/* The map of a test, with one element, whose key is 0. */
static int test_map_open(struct costs *costs, const struct cost *cost)
{
	static const uint32_t keys[] = { 0, 0 }, lpm_key[] = { 32, 0 };
	static const uint64_t value[64]; /* of more CPUs than there are */
	int err = 0;

	costs->map_fd = -1;
	if (cost->map == MAP_NONE)
		return 0;
	costs->map_fd = map_open(costs, cost->map, maps[cost->map].max_entries);
	if (costs->map_fd < 0)
		return -1;
	if (cost->map == MAP_RINGBUF)
		return ring_open(costs);
	if (cost->map != MAP_QUEUE && cost->map != MAP_PROGS)
		err = map_set(costs->map_fd, cost->map == MAP_LPM_TRIE ? lpm_key : keys, value);
	if (err)
		snprintf(costs->why, sizeof(costs->why), "cannot fill %s: %s", maps[cost->map].name,
			 strerror(-err));
	return err;
}

int cost_open(struct costs *costs, const struct cost *cost)
{
	if (costs->kernel.release < cost->since) {
		snprintf(costs->why, sizeof(costs->why), "it came with Linux %u.%u",
			 cost->since / 100, cost->since % 100);
		return -1;
	}
	for (unsigned int i = 0; i < 3 && cost->kfuncs[i]; i++) {
		costs->kfuncs[i] = kernel_function(cost->kfuncs[i]);
		if (!costs->kfuncs[i]) {
			snprintf(costs->why, sizeof(costs->why), "kernel's BTF has no function %s",
				 cost->kfuncs[i]);
			return -1;
		}
	}
	return test_map_open(costs, cost);
}

void cost_close(struct costs *costs)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (costs->ring_taken) {
		munmap(costs->ring_taken, page);
		munmap((void *)costs->ring_put, page);
	}
	costs->ring_taken = NULL;
	if (costs->map_fd >= 0)
		close(costs->map_fd);
	costs->map_fd = -1;
}

/* --- instructions ------------------------------------------------------------------------ */

static void copy_alu(const struct costs *costs, const struct cost *cost, bool with,
		     struct program *prog)
{
	struct bpf_insn insn = cost->insn;

	(void)costs;
	insn.dst_reg = BPF_REG_0;
	if (BPF_OP(insn.code) != BPF_NEG && BPF_OP(insn.code) != BPF_END) {
		if (BPF_SRC(insn.code) == BPF_X)
			insn.src_reg = BPF_REG_8;
		else
			insn.imm = cost->imm;
	}
	emit(prog, MOV64_REG(BPF_REG_0, BPF_REG_7));
	if (with)
		emit(prog, insn);
}

/* An instruction of 32 bits, of whose register all 64 are read. */
static void copy_alu32_read64(const struct costs *costs, const struct cost *cost, bool with,
			      struct program *prog)
{
	copy_alu(costs, cost, with, prog);
	emit(prog, MOV64_REG(BPF_REG_1, BPF_REG_0));
}

static void copy_wide(const struct costs *costs, const struct cost *cost, bool with,
		      struct program *prog)
{
	(void)costs;
	if (with)
		emit_wide(prog, BPF_REG_0, 0, cost->wide);
}

/* The element of in[] with which a comparison with the immediate is true, or false. */
static int slot_for(uint8_t op, bool taken)
{
	switch (op) {
	case BPF_JEQ:
	case BPF_JLE:
	case BPF_JSLE:
		return taken ? SAME : MORE;
	case BPF_JNE:
	case BPF_JGT:
	case BPF_JSGT:
		return taken ? MORE : SAME;
	case BPF_JGE:
	case BPF_JSGE:
		return taken ? SAME : LESS;
	case BPF_JLT:
	case BPF_JSLT:
		return taken ? LESS : SAME;
	default: /* JSET */
		return taken ? SAME : ZERO;
	}
}

/*
 * A branch that is taken goes over an instruction; if it is not taken, that instruction runs
 * with the branch and without it.
 */
static void copy_branch(const struct costs *costs, const struct cost *cost, bool with,
			struct program *prog)
{
	int slot = slot_for(BPF_OP(cost->insn.code), cost->taken);
	struct bpf_insn insn = cost->insn;

	(void)costs;
	insn.dst_reg = BPF_REG_1;
	insn.off = 1;
	if (BPF_SRC(insn.code) == BPF_X) {
		insn.src_reg = BPF_REG_2;
		emit(prog, LDX(BPF_DW, BPF_REG_2, BPF_REG_6, REG_AT(in, SAME)));
	} else {
		insn.imm = cost->imm;
		if (cost->imm == BIG_IMM && slot != ZERO)
			slot += BIG;
	}
	emit(prog, LDX(BPF_DW, BPF_REG_1, BPF_REG_6, REG_AT(in, slot)));
	if (with)
		emit(prog, insn);
	if (with || !cost->taken)
		emit(prog, MOV64_IMM(BPF_REG_3, 1));
}

/*
 * The verifier removes a jump over nothing, and what no path leads to: so another branch, which
 * is not taken, leads to the instruction that the jump goes over.
 */
static void copy_ja(const struct costs *costs, const struct cost *cost, bool with,
		    struct program *prog)
{
	struct bpf_insn insn = cost->insn;

	(void)costs;
	insn.off = insn.code == (BPF_JMP | BPF_JA);
	insn.imm = !insn.off;
	emit(prog, LDX(BPF_DW, BPF_REG_1, BPF_REG_6, REG_AT(in, LESS)));
	emit(prog, INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_1, 0, with, IMM));
	if (with) {
		emit(prog, insn);
		emit(prog, MOV64_IMM(BPF_REG_3, 1));
	}
	emit(prog, MOV64_IMM(BPF_REG_3, 1));
}

/* It is not taken as long as its budget lasts. */
static void copy_may_goto(const struct costs *costs, const struct cost *cost, bool with,
			  struct program *prog)
{
	struct bpf_insn insn = cost->insn;

	(void)costs;
	insn.off = 1;
	if (with)
		emit(prog, insn);
	emit(prog, MOV64_IMM(BPF_REG_3, 1));
}

static void copy_memory(const struct costs *costs, const struct cost *cost, bool with,
			struct program *prog)
{
	bool atomic = BPF_CLASS(cost->insn.code) == BPF_STX &&
		      BPF_MODE(cost->insn.code) == BPF_ATOMIC;
	bool loads = BPF_CLASS(cost->insn.code) == BPF_LDX ||
		     (atomic && cost->insn.imm == BPF_LOAD_ACQ);
	struct bpf_insn insn = cost->insn;

	(void)costs;
	insn.dst_reg = loads ? BPF_REG_0 : BPF_REG_6;
	insn.src_reg = loads ? BPF_REG_6 : BPF_CLASS(insn.code) == BPF_ST ? 0 : BPF_REG_1;
	insn.off = cost->imm;
	if (BPF_CLASS(insn.code) == BPF_ST)
		insn.imm = IMM;
	/* A fetch overwrites r1.  What compare-and-exchange compares is equal. */
	emit(prog, MOV64_REG(BPF_REG_1, BPF_REG_8));
	if (atomic && insn.imm == BPF_CMPXCHG)
		emit(prog, LDX(BPF_SIZE(insn.code), BPF_REG_0, BPF_REG_6, NEAR));
	if (with)
		emit(prog, insn);
}

/* --- calls --------------------------------------------------------------------------------- */

/* The function, of "r0 = 0; exit", is the end of the program, whose own r0 each call sets. */
static void build_call_local(const struct costs *costs, const struct cost *cost, unsigned int n,
			     struct program *prog)
{
	unsigned int function;

	(void)cost;
	begin(costs, prog);
	function = prog->n + COPIES + 1;
	for (unsigned int i = 0; i < COPIES; i++)
		emit(prog, i < n ? INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0,
					function - prog->n - 1) :
				   MOV64_IMM(BPF_REG_0, 0));
	emit(prog, EXIT());
	finish(prog);
}

static void set_args(const struct costs *costs, const struct call *call, struct program *prog)
{
	for (unsigned int i = 0; i < call->n_args; i++) {
		unsigned int reg = BPF_REG_1 + i;
		int arg = call->args[i];

		if (arg == ARG_MAP) {
			emit_wide(prog, reg, BPF_PSEUDO_MAP_FD, (uint32_t)costs->map_fd);
		} else if (arg == ARG_CTX) {
			emit(prog, MOV64_REG(reg, BPF_REG_9));
		} else if (arg == ARG_AREA) {
			emit(prog, MOV64_REG(reg, BPF_REG_6));
		} else if (arg >= ARG_STACK) {
			emit(prog, MOV64_REG(reg, BPF_REG_10));
			emit(prog, ALU64_IMM(BPF_ADD, reg, ARG_STACK - arg));
		} else {
			emit(prog, MOV64_IMM(reg, arg));
		}
	}
}

static void copy_helpers(const struct costs *costs, const struct cost *cost, bool with,
			 struct program *prog)
{
	for (unsigned int i = 0; i < 2 && cost->calls[i].helper; i++) {
		set_args(costs, &cost->calls[i], prog);
		if (with)
			emit(prog, CALL(cost->calls[i].helper));
	}
}

/* Reserves 8 bytes and gives them back; without the calls, the branch between them is not taken. */
static void copy_ringbuf(const struct costs *costs, const struct cost *cost, bool with,
			 struct program *prog)
{
	unsigned int got = with ? BPF_REG_0 : BPF_REG_7;

	set_args(costs, &cost->calls[0], prog);
	if (with)
		emit(prog, CALL(HELPER_RINGBUF_RESERVE));
	emit(prog, INSN(BPF_JMP | BPF_JEQ | BPF_K, got, 0, 2 + with, 0));
	emit(prog, MOV64_REG(BPF_REG_1, got));
	emit(prog, MOV64_IMM(BPF_REG_2, NO_WAKEUP));
	if (with)
		emit(prog, CALL(HELPER_RINGBUF_DISCARD));
}

static void copy_kfuncs(const struct costs *costs, const struct cost *cost, bool with,
			struct program *prog)
{
	for (unsigned int i = 0; with && i < 2 && cost->kfuncs[i]; i++)
		emit(prog, INSN(BPF_JMP | BPF_CALL, 0, PSEUDO_KFUNC, 0, costs->kfuncs[i]));
	emit(prog, MOV64_IMM(BPF_REG_0, 0));
}

/* --- tail calls: a chain of programs --------------------------------------------------------- */

/* A tail call to program @slot: of the value in memory, if it is not known when it is loaded. */
static void emit_tail(const struct costs *costs, const struct cost *cost, bool with, int slot,
		      struct program *prog)
{
	if (!cost->taken) {
		emit_area(prog, BPF_REG_4, costs->kernel.map_fd);
		emit(prog, LDX(BPF_DW, BPF_REG_3, BPF_REG_4, COUNT_AT));
		emit(prog, ALU64_IMM(BPF_ADD, BPF_REG_3, -1));
		emit(prog, STX(BPF_DW, BPF_REG_4, COUNT_AT, BPF_REG_3));
	} else {
		emit(prog, MOV64_IMM(BPF_REG_3, slot));
	}
	emit_wide(prog, BPF_REG_2, BPF_PSEUDO_MAP_FD, (uint32_t)costs->map_fd);
	if (with)
		emit(prog, CALL(BPF_FUNC_tail_call));
}

/* Program n of the map calls program n - 1, and so on; there is no program 0. */
static void build_tail(const struct costs *costs, const struct cost *cost, unsigned int n,
		       struct program *prog)
{
	begin(costs, prog);
	for (unsigned int i = n; i < CHAIN; i++)
		emit_tail(costs, cost, false, 0, prog);
	emit(prog, INSN(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_6, 0, COUNT_AT, n + 1));
	emit(prog, MOV64_REG(BPF_REG_1, BPF_REG_9));
	emit_tail(costs, cost, true, n, prog);
	finish(prog);
}

static int64_t count_tail(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	static struct program prog;

	for (uint32_t slot = 1; slot <= CHAIN; slot++) {
		int fd, err;

		prog.n = 0;
		emit_tail(costs, cost, true, slot - 1, &prog);
		finish(&prog);
		fd = cost_load(costs, &prog, -1, NULL, 0);
		if (fd < 0)
			return NOT_COUNTED;
		err = map_set(costs->map_fd, &slot, &fd);
		close(fd);
		if (err) {
			snprintf(costs->why, sizeof(costs->why),
				 "cannot put a program into a map: %s", strerror(-err));
			return NOT_COUNTED;
		}
	}
	return count_to(costs, cost, CHAIN, of);
}

/* --- loops: what one turn costs ---------------------------------------------------------------- */

#define TURNS 65

static int64_t count_loop(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	return count_to(costs, cost, TURNS, of);
}

static void build_counter_loop(const struct costs *costs, const struct cost *cost, unsigned int n,
			       struct program *prog)
{
	(void)cost;
	begin(costs, prog);
	emit(prog, MOV64_IMM(BPF_REG_1, n));
	emit(prog, ALU64_IMM(BPF_ADD, BPF_REG_1, -1));
	emit(prog, INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_1, 0, -2, 0));
	finish(prog);
}

/* An iterator of numbers: its three functions are the kernel's. */
static void build_iterator(const struct costs *costs, const struct cost *cost, unsigned int n,
			   struct program *prog)
{
	(void)cost;
	begin(costs, prog);
	for (unsigned int i = 0; i < 3; i++) {
		emit(prog, MOV64_REG(BPF_REG_1, BPF_REG_10));
		emit(prog, ALU64_IMM(BPF_ADD, BPF_REG_1, -ITER_SLOT));
		if (i == 0) {
			emit(prog, MOV64_IMM(BPF_REG_2, 0));
			emit(prog, MOV64_IMM(BPF_REG_3, n));
		}
		emit(prog, INSN(BPF_JMP | BPF_CALL, 0, PSEUDO_KFUNC, 0, costs->kfuncs[i]));
		if (i == 1)
			emit(prog, INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_0, 0, -4, 0));
	}
	finish(prog);
}

/* A descriptor of the lab's types, or a negative errno and costs->why. */
static int cost_types(struct costs *costs)
{
	int fd = btf_load();

	if (fd < 0)
		snprintf(costs->why, sizeof(costs->why), "kernel does not load BTF: %s",
			 strerror(-fd));
	return fd;
}

/* A helper calls back, @n times, a function of "r0 = 0; exit". */
static int load_callback(struct costs *costs, const struct cost *cost, unsigned int n)
{
	bool counted = cost->calls[0].helper == HELPER_LOOP;
	struct bpf_func_info funcs[] = { { 0, BTF_MAIN }, { 0, BTF_CALLBACK } };
	static struct program prog;
	unsigned int at;
	int btf_fd, fd;

	begin(costs, &prog);
	if (counted)
		emit(&prog, MOV64_IMM(BPF_REG_1, n));
	else
		emit_wide(&prog, BPF_REG_1, BPF_PSEUDO_MAP_FD, (uint32_t)costs->map_fd);
	at = prog.n;
	emit_wide(&prog, BPF_REG_2, BPF_PSEUDO_FUNC, 0);
	emit(&prog, MOV64_IMM(BPF_REG_3, 0));
	emit(&prog, MOV64_IMM(BPF_REG_4, 0));
	emit(&prog, CALL(cost->calls[0].helper));
	finish(&prog);
	prog.insns[at].imm = prog.n - at - 1;
	funcs[1].insn_off = prog.n;
	finish(&prog);

	btf_fd = cost_types(costs);
	if (btf_fd < 0)
		return -1;
	fd = cost_load(costs, &prog, btf_fd, funcs, 2);
	close(btf_fd);
	return fd;
}

static int64_t count_callback(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	int few = load_callback(costs, cost, 1);

	*of = TURNS - 1;
	return few < 0 ? NOT_COUNTED : cost_of_more(costs, few, load_callback(costs, cost, TURNS));
}

/* The turns are the elements of an array. */
static int64_t count_for_each(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	int fds[2] = { -1, -1 };

	for (unsigned int i = 0; i < 2; i++) {
		costs->map_fd = map_open(costs, MAP_ARRAY, i ? TURNS : 1);
		if (costs->map_fd < 0)
			break;
		fds[i] = load_callback(costs, cost, 0);
		cost_close(costs);
		if (fds[i] < 0)
			break;
	}
	*of = TURNS - 1;
	return cost_of_more(costs, fds[0], fds[1]);
}

/* --- the way into a program --------------------------------------------------------------------- */

/* What BPF_PROG_TEST_RUN and an empty program cost together, from one run to the next. */
static int64_t count_empty(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	static struct program prog;

	(void)cost;
	prog.n = 0;
	finish(&prog);
	*of = 1;
	return cost_of_one(costs, &prog);
}

/* What the frame costs that a program has because it uses registers or the stack. */
static int64_t count_frame(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	static struct program prog;
	int64_t counts[3];

	/* The instructions that use it cost as much as in the program which has them twice. */
	for (unsigned int times = 0; times < 3; times++) {
		prog.n = 0;
		for (unsigned int i = 0; i < times; i++)
			cost->copy(costs, cost, true, &prog);
		finish(&prog);
		counts[times] = cost_of_one(costs, &prog);
		if (counts[times] == NOT_COUNTED)
			return NOT_COUNTED;
	}
	*of = 1;
	return 2 * counts[1] - counts[2] - counts[0];
}

static void copy_saved(const struct costs *costs, const struct cost *cost, bool with,
		       struct program *prog)
{
	(void)costs;
	(void)cost;
	(void)with;
	for (unsigned int reg = BPF_REG_6; reg <= BPF_REG_9; reg++)
		emit(prog, MOV64_IMM(reg, 1));
}

static void copy_stack(const struct costs *costs, const struct cost *cost, bool with,
		       struct program *prog)
{
	(void)costs;
	(void)cost;
	(void)with;
	emit_store(prog, BPF_DW, 512, 0);
}

static int64_t cost_with_tracer(struct costs *costs, int target, int tracer)
{
	union bpf_attr attr;
	int64_t with;
	int link;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = tracer;
	link = bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	if (link < 0) {
		snprintf(costs->why, sizeof(costs->why), "kernel does not attach it: %s",
			 cost_error(link));
		return NOT_COUNTED;
	}
	with = cost_of_run(costs, target, COST_REPEAT);
	close(link);
	return with;
}

/*
 * A program of "r0 = 0; exit" that is attached to another one, and the way there and back.  The
 * trampoline has kernel addresses in it, which some machines' code is longer or shorter for: of
 * several tracers, the one that costs most.
 */
static int64_t count_trampoline(struct costs *costs, const struct cost *cost, unsigned int *of)
{
	const struct bpf_func_info func = { 0, BTF_MAIN };
	int btf_fd, target, tracers[TRACERS];
	int64_t without, with, most = NOT_COUNTED;
	static struct program prog;
	unsigned int n;

	btf_fd = cost_types(costs);
	if (btf_fd < 0)
		return NOT_COUNTED;
	prog.n = 0;
	finish(&prog);
	target = cost_load(costs, &prog, btf_fd, &func, 1);
	close(btf_fd);
	if (target < 0)
		return NOT_COUNTED;
	without = cost_of_run(costs, target, COST_REPEAT);
	for (n = 0; n < TRACERS; n++) {
		tracers[n] = cost_load_tracer(costs, &prog, cost->imm, target);
		if (tracers[n] < 0)
			break;
		with = cost_with_tracer(costs, target, tracers[n]);
		if (with > most)
			most = with;
	}
	while (n > 0)
		close(tracers[--n]);
	close(target);
	*of = 1;
	return most == NOT_COUNTED ? NOT_COUNTED : most - without;
}

/* --- the table -------------------------------------------------------------------------------------- */

static struct cost table[384];
static unsigned int n_table;

__attribute__((format(printf, 2, 3))) static struct cost *add(const char *group, const char *format,
							      ...)
{
	struct cost *cost = &table[n_table++];
	va_list args;

	if (n_table == N_OF(table))
		bail_out("more costs than there is room for");
	memset(cost, 0, sizeof(*cost));
	va_start(args, format);
	vsnprintf(cost->name, sizeof(cost->name), format, args);
	va_end(args);
	cost->group = group;
	cost->count = count_copies;
	cost->build = build_copies;
	cost->copies = COPIES;
	return cost;
}

static struct cost *add_variant(const struct variant *variant, const char *more)
{
	struct cost *cost = add(group_names[variant->group], "%s%s", variant->name, more);

	cost->insn = variant->insn;
	return cost;
}

static void add_alu(const struct variant *variant)
{
	uint8_t op = BPF_OP(variant->insn.code);
	struct cost *cost = add_variant(variant, "");

	cost->copy = copy_alu;
	cost->imm = IMM;
	if (BPF_SRC(variant->insn.code) == BPF_X || op == BPF_NEG || op == BPF_END ||
	    op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)
		return;
	cost = add_variant(variant, "-big");
	cost->copy = copy_alu;
	cost->imm = BIG_IMM;
}

static void add_branches(const struct variant *variant)
{
	static const char *const more[] = { "", "-taken", "-big", "-big-taken" };
	bool immediate = BPF_SRC(variant->insn.code) == BPF_K;

	for (unsigned int i = 0; i < (immediate ? 4 : 2); i++) {
		struct cost *cost = add_variant(variant, more[i]);

		cost->copy = copy_branch;
		cost->imm = i < 2 ? IMM : BIG_IMM;
		cost->taken = i % 2;
	}
}

static void add_ja(const struct variant *variant)
{
	struct cost *cost = add_variant(variant, "");

	cost->copy = copy_ja;
	cost->since = variant->since;
}

static void add_literals(const struct variant *variant)
{
	static const struct {
		const char *more;
		uint64_t value;
	} literals[] = {
		{ "", 0x123456789abcdef0 },
		{ "-32", 0x12345678 },
		{ "-1", 1 },
		{ "-minus-1", UINT64_MAX },
	};

	for (unsigned int i = 0; i < N_OF(literals); i++) {
		struct cost *cost = add_variant(variant, literals[i].more);

		cost->copy = copy_wide;
		cost->wide = literals[i].value;
	}
}

static void add_memory(const struct variant *variant)
{
	struct cost *cost = add_variant(variant, "");

	cost->copy = copy_memory;
	cost->imm = NEAR;
	if (BPF_MODE(variant->insn.code) != BPF_MEM || BPF_SIZE(variant->insn.code) != BPF_DW)
		return;
	cost = add_variant(variant, "-far");
	cost->copy = copy_memory;
	cost->imm = -FAR;
}

static void add_instruction(const struct variant *variant)
{
	uint8_t op = BPF_OP(variant->insn.code);

	switch (BPF_CLASS(variant->insn.code)) {
	case BPF_ALU:
	case BPF_ALU64:
		if (!variant->beyond)
			add_alu(variant);
		break;
	case BPF_JMP:
	case BPF_JMP32:
		if (op == BPF_JA)
			add_ja(variant);
		else if (op == BPF_JCOND)
			add_variant(variant, "")->copy = copy_may_goto;
		else if (op != BPF_CALL)
			add_branches(variant);
		break;
	case BPF_LD:
		add_literals(variant);
		break;
	default:
		add_memory(variant);
	}
}

static void add_reads_of_64(void)
{
	struct cost *cost = add("base32", "alu32-add-reg-read64");

	cost->insn = INSN(BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0, 0);
	cost->copy = copy_alu32_read64;
	cost = add("base32", "alu32-mov-reg-read64");
	cost->insn = INSN(BPF_ALU | BPF_MOV | BPF_X, 0, 0, 0, 0);
	cost->copy = copy_alu32_read64;
}

#define KEY   ARG_STACK + KEY_SLOT
#define MISS  ARG_STACK + MISS_SLOT
#define VALUE ARG_STACK + VALUE_SLOT
#define LPM   ARG_STACK + LPM_SLOT

/* clang-format off */
/* A second call puts back what the first one has changed. */
static const struct {
	const char *group, *name;
	enum cost_map map;
	struct call calls[2];
} helpers[] = {
	{ "helper", "ktime-get-ns", MAP_NONE, { { 5, 0, { 0 } } } },
	{ "helper", "jiffies64", MAP_NONE, { { 118, 0, { 0 } } } },
	{ "helper", "get-smp-processor-id", MAP_NONE, { { 8, 0, { 0 } } } },
	{ "helper", "get-numa-node-id", MAP_NONE, { { 42, 0, { 0 } } } },
	{ "helper", "get-prandom-u32", MAP_NONE, { { 7, 0, { 0 } } } },
	{ "helper", "get-hash-recalc", MAP_NONE, { { 34, 1, { ARG_CTX } } } },
	{ "helper", "redirect", MAP_NONE, { { 23, 2, { 1, 0 } } } },
	{ "helper", "skb-load-bytes-8", MAP_NONE, { { 26, 4, { ARG_CTX, 0, VALUE, 8 } } } },
	{ "helper", "probe-read-kernel-8", MAP_NONE, { { 113, 3, { VALUE, 8, ARG_AREA } } } },
	{ "helper", "csum-diff-8", MAP_NONE, { { 28, 5, { VALUE, 8, VALUE, 8, 0 } } } },
	{ "map", "array-lookup", MAP_ARRAY, { { 1, 2, { ARG_MAP, KEY } } } },
	{ "map", "array-update", MAP_ARRAY, { { 2, 4, { ARG_MAP, KEY, VALUE, 0 } } } },
	{ "map", "percpu-array-lookup", MAP_PERCPU_ARRAY, { { 1, 2, { ARG_MAP, KEY } } } },
	{ "map", "hash-lookup", MAP_HASH, { { 1, 2, { ARG_MAP, KEY } } } },
	{ "map", "hash-lookup-miss", MAP_HASH, { { 1, 2, { ARG_MAP, MISS } } } },
	{ "map", "hash-update", MAP_HASH, { { 2, 4, { ARG_MAP, KEY, VALUE, 0 } } } },
	{ "map", "hash-insert-delete", MAP_HASH,
	  { { 2, 4, { ARG_MAP, MISS, VALUE, 0 } }, { 3, 2, { ARG_MAP, MISS } } } },
	{ "map", "percpu-hash-lookup", MAP_PERCPU_HASH, { { 1, 2, { ARG_MAP, KEY } } } },
	{ "map", "percpu-hash-update", MAP_PERCPU_HASH, { { 2, 4, { ARG_MAP, KEY, VALUE, 0 } } } },
	{ "map", "lru-hash-lookup", MAP_LRU_HASH, { { 1, 2, { ARG_MAP, KEY } } } },
	{ "map", "lru-hash-update", MAP_LRU_HASH, { { 2, 4, { ARG_MAP, KEY, VALUE, 0 } } } },
	{ "map", "lpm-trie-lookup", MAP_LPM_TRIE, { { 1, 2, { ARG_MAP, LPM } } } },
	{ "map", "queue-push-pop", MAP_QUEUE,
	  { { 87, 3, { ARG_MAP, VALUE, 0 } }, { 88, 2, { ARG_MAP, VALUE } } } },
	{ "map", "ringbuf-output", MAP_RINGBUF, { { 130, 4, { ARG_MAP, VALUE, 8, NO_WAKEUP } } } },
	{ "map", "ringbuf-reserve-discard", MAP_RINGBUF, { { 131, 3, { ARG_MAP, 8, 0 } } } },
	{ "call", "tail-missing", MAP_PROGS, { { 12, 3, { ARG_CTX, ARG_MAP, 1 } } } },
};
/* clang-format on */

static void add_calls(void)
{
	struct cost *cost;

	add("call", "call-local")->build = build_call_local;
	for (unsigned int direct = 0; direct < 2; direct++) {
		cost = add("call", direct ? "call-tail" : "call-tail-indirect");
		cost->count = count_tail;
		cost->build = build_tail;
		cost->map = MAP_PROGS;
		cost->taken = direct;
	}
	for (unsigned int i = 0; i < N_OF(helpers); i++) {
		cost = add(helpers[i].group, "%s-%s", helpers[i].group, helpers[i].name);
		cost->copy = helpers[i].calls[0].helper == HELPER_RINGBUF_RESERVE ? copy_ringbuf :
										    copy_helpers;
		cost->map = helpers[i].map;
		if (cost->map == MAP_PROGS)
			cost->copies = CHAIN;
		memcpy(cost->calls, helpers[i].calls, sizeof(cost->calls));
	}
	cost = add("kfunc", "kfunc-rcu-read-lock-unlock");
	cost->copy = copy_kfuncs;
	cost->kfuncs[0] = "bpf_rcu_read_lock";
	cost->kfuncs[1] = "bpf_rcu_read_unlock";
}

static void add_loops(void)
{
	struct cost *cost = add("loop", "loop-counter");

	cost->count = count_loop;
	cost->build = build_counter_loop;
	cost = add("loop", "loop-bpf-loop");
	cost->count = count_callback;
	cost->calls[0].helper = HELPER_LOOP;
	cost = add("loop", "loop-for-each-array");
	cost->count = count_for_each;
	cost->calls[0].helper = HELPER_FOR_EACH;
	cost = add("loop", "loop-iter-num");
	cost->count = count_loop;
	cost->build = build_iterator;
	cost->kfuncs[0] = "bpf_iter_num_new";
	cost->kfuncs[1] = "bpf_iter_num_next";
	cost->kfuncs[2] = "bpf_iter_num_destroy";
}

static void add_entries(void)
{
	struct cost *cost;

	add("entry", "entry-empty")->count = count_empty;
	cost = add("entry", "entry-saved-registers");
	cost->count = count_frame;
	cost->copy = copy_saved;
	cost = add("entry", "entry-stack");
	cost->count = count_frame;
	cost->copy = copy_stack;
	cost = add("trampoline", "trampoline-fentry");
	cost->count = count_trampoline;
	cost->imm = TRACE_FENTRY;
	cost = add("trampoline", "trampoline-fexit");
	cost->count = count_trampoline;
	cost->imm = TRACE_FEXIT;
}

const struct cost *cost_table(unsigned int *n)
{
	const struct variant *variants = isa_variants(false, n);

	n_table = 0;
	for (unsigned int i = 0; i < *n; i++)
		add_instruction(&variants[i]);
	add_reads_of_64();
	add_calls();
	add_loops();
	add_entries();
	*n = n_table;
	return table;
}
