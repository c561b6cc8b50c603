// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A program that the kernel runs wrong, made small.  Instructions become `goto +0`, which the
 * verifier deletes; a smaller program counts only if the verifier and the reference take it.
 */
#include <string.h>
#include <unistd.h>

#include "lab.h"

static bool is_wrong(struct kernel *kernel, const struct mode *mode, const struct program *prog,
		     const struct area *operands)
{
	struct area area = *operands;
	char text[512];
	bool wrong;
	int fd;

	if (reference(kernel, prog, &area))
		return false;
	fd = kernel_load(kernel, prog->insns, prog->n, mode->flags, false);
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
	for (unsigned int i = at; i < at + n && i < prog->end; i++) {
		if (is_nothing(&prog->insns[i]))
			continue;
		something = true;
		if (IS_WIDE(&prog->insns[i]))
			prog->insns[i + 1] = JA(0);
		prog->insns[i] = JA(0);
	}
	/* The second half of what is kept. */
	if (at > prog->first && IS_WIDE(&before.insns[at - 1]))
		prog->insns[at] = before.insns[at];
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
			for (unsigned int at = prog->first; at < prog->end; at += n)
				again |= try_without(kernel, mode, prog, operands, at, n);
	}
}

/* Words that do not matter become 0, the others small, as far as it goes. */
static void minimise_operands(struct kernel *kernel, const struct mode *mode, const struct program *prog,
			      struct area *operands)
{
	uint64_t *words = (uint64_t *)operands;

	for (unsigned int i = 0; i < sizeof(*operands) / 8; i++) {
		const uint64_t before = words[i];
		const uint64_t smaller[] = { 0, 1, 0x80000000, 0xffffffff, 0x100000000, before & 0xffff,
					     before & 0xffffffff, before & 0xffffffff00000000 };

		for (unsigned int k = 0; before && k < N_OF(smaller); k++) {
			words[i] = smaller[k];
			if (words[i] != before && is_wrong(kernel, mode, prog, operands))
				break;
			words[i] = before;
		}
	}
}

/* Takes out what became nothing, and lets the jumps go where they went. */
static void squeeze(struct program *prog)
{
	static unsigned int moved[PROGRAM_MAX + 1];
	unsigned int to = 0;

	for (unsigned int i = 0; i <= prog->n; i++) {
		moved[i] = to;
		if (i < prog->n && !is_nothing(&prog->insns[i]))
			to++;
	}
	for (unsigned int i = 0; i < prog->n; i++) {
		struct bpf_insn insn = prog->insns[i];
		unsigned int class = BPF_CLASS(insn.code);

		if (is_nothing(&insn))
			continue;
		if (class == BPF_JMP || class == BPF_JMP32)
			insn.off = moved[i + 1 + insn.off] - moved[i] - 1;
		prog->insns[moved[i]] = insn;
	}
	prog->first = moved[prog->first];
	prog->end = moved[prog->end];
	prog->n = to;
}

void minimise(struct kernel *kernel, const struct mode *mode, struct program *prog, struct area *operands)
{
	static struct program squeezed;

	minimise_program(kernel, mode, prog, operands);
	minimise_operands(kernel, mode, prog, operands);
	minimise_program(kernel, mode, prog, operands);
	squeezed = *prog;
	squeeze(&squeezed);
	if (is_wrong(kernel, mode, &squeezed, operands))
		*prog = squeezed;
}
