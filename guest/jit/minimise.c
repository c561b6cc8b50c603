// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A program that the kernel runs wrong, made small: all of it, what loads and stores the registers
 * too.  Instructions become `goto +0`, which the verifier deletes; a smaller program counts only if
 * the verifier and the reference take it.
 */
#include <string.h>
#include <unistd.h>

#include "lab.h"

/*
 * Whether each loop has its counter, masked before it and counted down at its end.  Of a loop that
 * has not, the verifier would look at a million turns, and keep them in memory.
 */
static bool loops_end(const struct program *prog)
{
	for (unsigned int i = 1; i < prog->n; i++) {
		const struct bpf_insn *jump = &prog->insns[i];
		unsigned int class = BPF_CLASS(jump->code);
		const struct bpf_insn *mask = jump + jump->off, *count = jump - 1;

		if ((class != BPF_JMP && class != BPF_JMP32) || jump->off >= 0)
			continue;
		if (mask->code != (BPF_ALU64 | BPF_AND | BPF_K) || mask->dst_reg != jump->dst_reg ||
		    mask->imm != 3 || count->code != (BPF_ALU64 | BPF_ADD | BPF_K) ||
		    count->dst_reg != jump->dst_reg || count->imm != -1)
			return false;
	}
	return true;
}

/* Whether a program with a tail call uses enough of the stack: one that does not may end the machine. */
static bool is_deep(const struct program *prog)
{
	const struct bpf_insn store = DEEPEST_STORE;

	for (unsigned int i = 0; i < prog->tail; i++)
		if (!memcmp(&prog->insns[i], &store, sizeof(store)))
			return true;
	return !prog->tail;
}

/*
 * Whether the verifier does not know what a function with tail calls returns: it took that for the
 * result of the program in the function's place, which would then be what is wrong.
 */
static bool is_unknown(const struct program *prog)
{
	const struct bpf_insn load = UNKNOWN_RESULT;
	const unsigned int n = first_length(prog);
	unsigned int starts[FUNCTIONS_MAX];
	bool tail_call = false;

	for (unsigned int i = functions_of(prog->insns, n, starts) ? starts[0] : n; i < n; i++) {
		if (!memcmp(&prog->insns[i], &load, sizeof(load)))
			return true;
		tail_call |= IS_HELPER(&prog->insns[i], BPF_FUNC_tail_call);
	}
	return !tail_call;
}

static bool is_wrong(struct kernel *kernel, const struct mode *mode, const struct program *prog,
		     const struct area *operands)
{
	struct area area = *operands;
	char text[512];
	bool wrong;
	int fd;

	if (!loops_end(prog) || !is_deep(prog) || !is_unknown(prog) ||
	    reference(kernel, prog, &area))
		return false;
	fd = kernel_load_program(kernel, prog, mode->flags, false);
	if (fd < 0)
		return false;
	wrong = !agree(kernel, fd, prog, operands, text, sizeof(text));
	close(fd);
	return wrong;
}

static bool is_nothing(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA) && !insn->off;
}

/* Without @n instructions from @at on.  Returns whether it was something, and is still wrong. */
static bool try_without(struct kernel *kernel, const struct mode *mode, struct program *prog,
			const struct area *operands, unsigned int at, unsigned int n)
{
	static struct program before;
	bool something = false;

	before = *prog;
	for (unsigned int i = at; i < at + n && i < prog->n; i++) {
		bool second_half = i && IS_WIDE(&before.insns[i - 1]);

		if (is_nothing(&before.insns[i]) || second_half)
			continue;
		something = true;
		prog->insns[i] = JA(0);
		if (IS_WIDE(&before.insns[i]))
			prog->insns[i + 1] = JA(0);
	}
	if (something && is_wrong(kernel, mode, prog, operands))
		return true;
	*prog = before;
	return false;
}

static void minimise_program(struct kernel *kernel, const struct mode *mode, struct program *prog,
			     const struct area *operands)
{
	bool again = true;

	while (again) {
		again = false;
		for (unsigned int n = 16; n; n /= 2)
			for (unsigned int at = 0; at < prog->n; at += n)
				again |= try_without(kernel, mode, prog, operands, at, n);
	}
}

/* Without the second program, which a program that makes no tail call does not need. */
static void drop_tail(struct kernel *kernel, const struct mode *mode, struct program *prog,
		      const struct area *operands)
{
	const unsigned int n = prog->n, tail = prog->tail;

	if (!tail)
		return;
	prog->n = tail;
	prog->tail = 0;
	if (is_wrong(kernel, mode, prog, operands))
		return;
	prog->n = n;
	prog->tail = tail;
}

/* Takes @n instructions at @at out, and lets jumps and calls go where they went. */
static void take_out(struct program *prog, unsigned int at, unsigned int n)
{
	for (unsigned int i = 0; i < prog->n; i++) {
		struct bpf_insn *insn = &prog->insns[i];
		unsigned int class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);
		bool calls = IS_CALL(insn) || IS_FUNC(insn);
		int change = 0, target = i + 1 + (calls ? insn->imm : insn->off);

		if (!calls &&
		    ((class != BPF_JMP && class != BPF_JMP32) || op == BPF_EXIT || op == BPF_CALL))
			continue;
		for (unsigned int gone = at; gone < at + n; gone++)
			change += (int)gone < target ? gone > i ? -1 : 0 : gone < i ? 1 : 0;
		if (calls)
			insn->imm += change;
		else
			insn->off += change;
	}
	prog->n -= n;
	if (prog->tail > at)
		prog->tail -= n;
	memmove(&prog->insns[at], &prog->insns[at + n], (prog->n - at) * sizeof(prog->insns[0]));
}

/* Without a function, and what calls it; a function that nothing calls is refused. */
static void drop_functions(struct kernel *kernel, const struct mode *mode, struct program *prog,
			   const struct area *operands)
{
	unsigned int starts[FUNCTIONS_MAX], count;
	static struct program before;

	count = functions_of(prog->insns, first_length(prog), starts);
	while (count--) {
		const unsigned int n = first_length(prog), start = starts[count];
		unsigned int end = n, later[FUNCTIONS_MAX];

		for (unsigned int i = 0, all = functions_of(prog->insns, n, later); i < all; i++)
			if (later[i] > start && later[i] < end)
				end = later[i];
		before = *prog;
		for (unsigned int i = 0; i < n; i++) {
			struct bpf_insn *insn = &prog->insns[i];

			if ((!IS_CALL(insn) && !IS_FUNC(insn)) || i + 1 + insn->imm != start)
				continue;
			/* The address of a function is followed by the helper that calls it. */
			if (IS_FUNC(insn))
				insn[1] = insn[2] = JA(0);
			*insn = JA(0);
		}
		take_out(prog, start, end - start);
		if (!is_wrong(kernel, mode, prog, operands))
			*prog = before;
	}
}

/* Words that do not matter become 0, the others small, as far as it goes. */
static void minimise_operands(struct kernel *kernel, const struct mode *mode,
			      const struct program *prog, struct area *operands)
{
	uint64_t *words = (uint64_t *)operands;

	for (unsigned int i = 0; i < sizeof(*operands) / 8; i++) {
		const uint64_t before = words[i];
		const uint64_t smaller[] = { 0,
					     1,
					     0x80000000,
					     0xffffffff,
					     0x100000000,
					     before & 0xffff,
					     before & 0xffffffff,
					     before & 0xffffffff00000000 };

		for (unsigned int k = 0; before && k < N_OF(smaller); k++) {
			words[i] = smaller[k];
			if (words[i] != before && is_wrong(kernel, mode, prog, operands))
				break;
			words[i] = before;
		}
	}
}

/*
 * Without what became nothing.  Some of it may have to stay: the verifier looks whether it has been
 * at an instruction in the same state before only after so many instructions and jumps.
 */
static void squeeze(struct kernel *kernel, const struct mode *mode, struct program *prog,
		    const struct area *operands)
{
	static struct program smaller;

	for (unsigned int n = 16; n; n /= 2)
		for (unsigned int at = 0; at + n <= prog->n;) {
			unsigned int i = at;

			while (i < at + n && is_nothing(&prog->insns[i]))
				i++;
			smaller = *prog;
			if (i == at + n) {
				take_out(&smaller, at, n);
				if (is_wrong(kernel, mode, &smaller, operands)) {
					*prog = smaller;
					continue;
				}
			}
			at++;
		}
}

void minimise(struct kernel *kernel, const struct mode *mode, struct program *prog,
	      struct area *operands)
{
	drop_functions(kernel, mode, prog, operands);
	minimise_program(kernel, mode, prog, operands);
	drop_functions(kernel, mode, prog, operands);
	drop_tail(kernel, mode, prog, operands);
	minimise_operands(kernel, mode, prog, operands);
	minimise_program(kernel, mode, prog, operands);
	squeeze(kernel, mode, prog, operands);
}
