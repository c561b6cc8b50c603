// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* jit random: random programs in the kernel against the reference. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

#define CASES 8 /* sets of operands for each program */

static void print_program(const struct program *prog)
{
	const unsigned int n = first_length(prog);
	unsigned int starts[FUNCTIONS_MAX], at = 0, count = functions_of(prog->insns, n, starts);
	char text[128];

	for (unsigned int i = 0; i < prog->n; i++) {
		unsigned int same = i + 1;

		if (at < count && i == starts[at]) {
			ktap_note("  function:");
			at++;
		}
		if (prog->tail && i == prog->tail)
			ktap_note("  the second program, which it tail calls:");
		disasm(&prog->insns[i], text, sizeof(text));
		while (same < prog->n &&
		       !memcmp(&prog->insns[i], &prog->insns[same], sizeof(prog->insns[0])))
			same++;
		if (same > i + 1)
			ktap_note("    %s\t// %u times", text, same - i);
		else
			ktap_note("    %s", text);
		i = IS_WIDE(&prog->insns[i]) ? i + 1 : same - 1;
	}
}

static void show(struct kernel *kernel, const struct mode *mode, struct program *prog,
		 struct area *operands, const char *name)
{
	const uint64_t *words = (const uint64_t *)operands;
	char text[512];
	int fd;

	minimise(kernel, mode, prog, operands);
	print_program(prog);
	for (unsigned int i = 0; i < sizeof(*operands) / 8; i++)
		if (words[i])
			ktap_note("  area+%u holds 0x%" PRIx64, 8 * i, words[i]);
	fd = kernel_load_program(kernel, prog, mode->flags, false);
	if (fd >= 0 && !agree(kernel, fd, prog, operands, text, sizeof(text))) {
		ktap_note("  %s", text);
		native_show(kernel, prog->insns, first_length(prog), mode->flags);
		if (prog->tail)
			native_show(kernel, prog->insns + prog->tail, prog->n - prog->tail,
				    mode->flags);
		assembly(kernel, mode, prog, operands, name, text);
	}
	if (fd >= 0)
		close(fd);
}

/* Nothing of what is printed is loaded, since it may end the machine. */
void print_random(struct kernel *kernel, const struct mode *mode, uint64_t seed, unsigned int count,
		  unsigned int len, unsigned int first)
{
	static struct program prog;
	struct area operands;
	char name[32];

	generate_open(kernel);
	set_mode(mode);
	for (unsigned int number = first; number < count; number++) {
		snprintf(name, sizeof(name), "program-%u", number);
		generate(kernel, seed, number, len, &prog);
		generate_operands(seed, number, 0, &operands);
		ktap_note("%s (SEED=%" PRIu64 " LEN=%u):", name, seed, len);
		print_program(&prog);
		assembly(kernel, mode, &prog, &operands, name, "it ended the machine");
	}
}

int run_random(struct kernel *kernel, const struct mode *mode, uint64_t seed, unsigned int count,
	       unsigned int len, unsigned int first, unsigned int shown)
{
	unsigned int jited = 0, refused = 0, left_out = 0, cases = 0, wrong = 0, ran = 0;
	static struct program prog;
	struct area operands;
	char name[32], text[512];
	bool failed;

	generate_open(kernel);
	set_mode(mode);
	ktap_mark("random SEED=%" PRIu64 " LEN=%u, mode %s", seed, len, mode->name);
	for (unsigned int number = first; number < count; number++, ran++) {
		int fd;

		snprintf(name, sizeof(name), "program-%u", number);
		ktap_begin(number, name);
		generate(kernel, seed, number, len, &prog);
		if (!mode->enable && needs_jit(prog.insns, first_length(&prog))) {
			left_out++;
			continue;
		}
		fd = kernel_load_program(kernel, &prog, mode->flags, true);
		if (fd < 0) {
			if (!refused++)
				ktap_note("%s is refused: %s", name, kernel->verdict);
			continue;
		}
		jited += kernel_jited(fd);
		for (unsigned int k = 0; k < CASES; k++) {
			cases++;
			generate_operands(seed, number, k, &operands);
			if (agree(kernel, fd, &prog, &operands, text, sizeof(text)))
				continue;
			if (wrong++ < shown) {
				ktap_note("%s (SEED=%" PRIu64 " LEN=%u) is wrong; at its smallest:",
					  name, seed, len);
				show(kernel, mode, &prog, &operands, name);
			}
			ktap_result("not ok", name, "%s", text);
			break;
		}
		close(fd);
	}
	failed = wrong || refused > ran / 2;
	ktap_result(failed ? "not ok" : "ok", "random",
		    "SEED=%" PRIu64 " LEN=%u: %u programs, %u JITed, %u refused, %u not for the "
		    "interpreter, %u cases; %u programs are wrong",
		    seed, len, ran, jited, refused, left_out, cases, wrong);
	return failed ? 1 : 0;
}
