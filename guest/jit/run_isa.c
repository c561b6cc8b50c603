// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* jit isa: each instruction in the kernel against the reference. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

#define TOLD 3 /* failures that are told of each variant */

static const struct variant *variants;

static struct name name_of(unsigned int i)
{
	return (struct name){ variants[i].name, group_names[variants[i].group] };
}

int list_isa(const char *tests)
{
	unsigned int n;

	variants = isa_variants(false, &n);
	return list_chosen(tests, name_of, n);
}

/* --- one variant --- */

struct tally {
	unsigned int programs, jited, refused, cases, wrong, told;
	int err; /* of the last that the kernel refused */
};

static void tell(const struct variant *variant, const struct program *prog,
		 const struct area *operands, const char *difference)
{
	const struct bpf_insn *insn = &prog->insns[prog->tested];
	char text[128];

	disasm(insn, text, sizeof(text));
	ktap_note("  %s", text);
	if (variant->operands)
		ktap_note("    with r%u = 0x%" PRIx64 ", r%u = 0x%" PRIx64 ", memory 0x%" PRIx64,
			  insn->dst_reg, operands->in[insn->dst_reg % 10], insn->src_reg,
			  operands->in[insn->src_reg % 10], operands->mem[8]);
	ktap_note("    %s", difference);
}

static void run_program(struct kernel *kernel, const struct mode *mode,
			const struct variant *variant, unsigned int k, struct tally *tally)
{
	static struct program prog;
	uint64_t random = 0x9e3779b97f4a7c15ULL + k;
	struct area operands;
	char difference[512];
	int fd;

	isa_build(variant, k, kernel->map_fd, &prog);
	tally->programs++;
	fd = kernel_load(kernel, prog.insns, prog.n, mode->flags, true);
	if (fd < 0) {
		tally->refused++;
		tally->err = fd;
		return;
	}
	tally->jited += kernel_jited(fd);
	for (unsigned int i = 0; i < variant->cases; i++) {
		variant->operands(variant, &prog, i, &random, &operands);
		tally->cases++;
		if (agree(kernel, fd, &prog, &operands, difference, sizeof(difference)))
			continue;
		if (!tally->wrong++)
			ktap_note("%s: what differs:", variant->name);
		if (tally->told++ < TOLD)
			tell(variant, &prog, &operands, difference);
	}
	close(fd);
}

enum outcome { PASSED, FAILED, UNMASKED, REFUSED, N_OUTCOMES };

static enum outcome run_variant(struct kernel *kernel, const struct mode *mode,
				const struct variant *variant, struct tally *tally)
{
	char counts[128];

	memset(tally, 0, sizeof(*tally));
	for (unsigned int k = 0; k < variant->programs; k++)
		run_program(kernel, mode, variant, k, tally);
	snprintf(counts, sizeof(counts), "%u programs, %u JITed, %u cases", tally->programs,
		 tally->jited, tally->cases);
	if (tally->refused) {
		const char *words = tally->err == -ENOTSUPP ? "the JIT gives up on it (ENOTSUPP)" :
							      kernel->verdict;

		/* An instruction that is newer than the kernel, or not for this architecture. */
		if (tally->refused == tally->programs &&
		    (kernel->release < variant->since ||
		     (tally->err == -EOPNOTSUPP && variant->group == LATER))) {
			ktap_result("ok", variant->name, "SKIP kernel does not have it: %s", words);
			return REFUSED;
		}
		ktap_result("not ok", variant->name, "%u of %u programs refused: %s: %s",
			    tally->refused, tally->programs,
			    tally->err == -ENOTSUPP ? "error 524" : strerror(-tally->err), words);
		return FAILED;
	}
	if (!tally->wrong) {
		ktap_result("ok", variant->name, "%s", counts);
		return PASSED;
	}
	/* The RFC masks the count.  The kernel lets its JITs do what the machine's instruction does. */
	if (variant->beyond && tally->jited == tally->programs) {
		ktap_result(
			"not ok", variant->name,
			"TODO unmasked shift: RFC 9669 masks the count, this JIT does not (%s, %u differ)",
			counts, tally->wrong);
		return UNMASKED;
	}
	ktap_result("not ok", variant->name, "%u of %u cases are wrong (%s)", tally->wrong,
		    tally->cases, counts);
	return FAILED;
}

/* --- all of them --- */

struct coverage {
	unsigned int outcomes[N_OUTCOMES], variants, interpreted, programs, jited, cases;
};

static void print_coverage(const struct coverage *coverage)
{
	struct coverage all = { 0 };

	ktap_note("%-9s instructions passed failed unmasked refused interpreted programs JITed   cases",
		  "group");
	for (unsigned int g = 0; g <= N_GROUPS; g++) {
		const struct coverage *c = g < N_GROUPS ? &coverage[g] : &all;

		if (!c->variants)
			continue;
		ktap_note("%-9s %12u %6u %6u %8u %7u %11u %8u %5u %7u",
			  g < N_GROUPS ? group_names[g] : "all", c->variants, c->outcomes[PASSED],
			  c->outcomes[FAILED], c->outcomes[UNMASKED], c->outcomes[REFUSED],
			  c->interpreted, c->programs, c->jited, c->cases);
		if (g == N_GROUPS)
			break;
		for (unsigned int i = 0; i < N_OUTCOMES; i++)
			all.outcomes[i] += c->outcomes[i];
		all.variants += c->variants;
		all.interpreted += c->interpreted;
		all.programs += c->programs;
		all.jited += c->jited;
		all.cases += c->cases;
	}
}

int run_isa(struct kernel *kernel, const struct mode *mode, const char *tests, bool full,
	    unsigned int first)
{
	static struct coverage coverage[N_GROUPS];
	unsigned int n, seen = 0, failed = 0;
	int chosen;

	variants = isa_variants(full, &n);
	chosen = count_chosen(tests, name_of, n);
	if (chosen < 0)
		return 2;
	ktap_plan((int)first < chosen ? chosen - (int)first : 0);
	for (unsigned int i = 0; i < n; i++) {
		const struct variant *variant = &variants[i];
		struct coverage *c = &coverage[variant->group];
		enum outcome outcome;
		struct tally tally;

		if (!is_chosen(tests, name_of(i)) || seen++ < first)
			continue;
		ktap_begin(seen - 1, variant->name);
		outcome = run_variant(kernel, mode, variant, &tally);
		c->outcomes[outcome]++;
		c->variants++;
		c->programs += tally.programs;
		c->jited += tally.jited;
		c->cases += tally.cases;
		c->interpreted += outcome != REFUSED &&
				  tally.jited < tally.programs - tally.refused;
		failed += outcome == FAILED;
	}
	print_coverage(coverage);
	return failed ? 1 : 0;
}
