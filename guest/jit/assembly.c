// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A random program as a file wrong.bpf.S, with its operands and what it should leave: the app `wrong`
 * (guest/jit/repeat/wrong.c) runs it.  scripts/jit writes the file from these lines.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "lab.h"

static const char *directory;

__attribute__((format(printf, 1, 2))) static void line(const char *format, ...)
{
	va_list args;

	printf("# file %s: ", directory);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* Whether LLVM 14's assembler does not know it, or not with -mcpu=v3. */
static bool is_newer(const struct bpf_insn *insn)
{
	unsigned int class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	switch (class) {
	case BPF_ALU:
	case BPF_ALU64:
		return insn->off || (class == BPF_ALU64 && op == BPF_END);
	case BPF_JMP:
	case BPF_JMP32:
		return op == BPF_JSET || op == BPF_JCOND || (class == BPF_JMP32 && op == BPF_JA);
	case BPF_LDX:
		return BPF_MODE(insn->code) == BPF_MEMSX;
	case BPF_ST:
		return true;
	case BPF_STX:
		return BPF_MODE(insn->code) == BPF_ATOMIC &&
		       (insn->imm == BPF_LOAD_ACQ || insn->imm == BPF_STORE_REL);
	}
	return false;
}

/* The functions of the present program: function1 is the first of them. */
static unsigned int starts[FUNCTIONS_MAX], n_functions;

static unsigned int number_of(unsigned int start)
{
	unsigned int number = 1;

	while (number < n_functions && starts[number - 1] != start)
		number++;
	return number;
}

static void instructions(const struct bpf_insn *insns, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i += IS_WIDE(&insns[i]) ? 2 : 1) {
		uint8_t bytes[sizeof(insns[i])];
		char text[128];

		disasm(&insns[i], text, sizeof(text));
		memcpy(bytes, &insns[i], sizeof(bytes));
		if (IS_CALL(&insns[i]))
			line("\tcall function%u", number_of(i + 1 + insns[i].imm));
		else if (IS_FUNC(&insns[i]))
			line("\tr%u = function%u ll", insns[i].dst_reg,
			     number_of(i + 1 + insns[i].imm));
		else if (is_newer(&insns[i]))
			line("\t.byte %u, %u, %u, %u, %u, %u, %u, %u\t/* %s */", bytes[0], bytes[1],
			     bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], text);
		else
			line("\t%s", text);
	}
}

static void function(const char *name, const char *section, const struct bpf_insn *insns,
		     unsigned int from, unsigned int to)
{
	line("\t.section %s, \"ax\", @progbits", section);
	line("\t.globl %s", name);
	line("\t.type %s, @function", name);
	line("%s:", name);
	instructions(insns, from, to);
	line("\t.size %s, . - %s", name, name);
	line("%s", "");
}

static void words(const struct area *area)
{
	const uint64_t *all = (const uint64_t *)area;
	const unsigned int n = sizeof(*area) / 8;

	for (unsigned int i = 0, next; i < n; i = next) {
		for (next = i; next < n && !all[next]; next++)
			;
		if (next > i) {
			line("\t.zero %u", 8 * (next - i));
			continue;
		}
		line("\t.quad 0x%" PRIx64 "\t/* area+%u */", all[i], 8 * i);
		next = i + 1;
	}
}

static const char *section_of(unsigned int type)
{
	return type == BPF_PROG_TYPE_RAW_TRACEPOINT ? "raw_tp" :
	       type == BPF_PROG_TYPE_XDP	    ? "xdp" :
						      "socket";
}

/* A record for each function: where it starts in the section, and what follows. */
static void records(const char *section, const unsigned int *at, unsigned int n, const char *rest)
{
	line("\t.long .L%s - .Lstrings, %u", section, n);
	for (unsigned int i = 0; i < n; i++)
		line("\t.long %zu, %s", (at[i] - at[0]) * sizeof(struct bpf_insn), rest);
}

/* Types and a line for each function, of which maps.S has one: the kernel wants these, libbpf those. */
static void types(const char *section, unsigned int length, bool tail)
{
	const unsigned int programs[] = { 0, length }, n = tail ? 2 : 1, all = n + n_functions,
			   func_size = 4 + 2 * 8 + 8 * all, line_size = 4 + 2 * 8 + 16 * all;

	line("\t.section .BTF.ext, \"\", @progbits");
	line("\t.short 0xeb9f");
	line("\t.byte 1, 0");
	line("\t.long 24, 0, %u, %u, %u", func_size, func_size, line_size);
	line("\t.long 8");
	records(section, programs, n, "FUNCTION_TYPE");
	records("text", starts, n_functions, "FUNCTION_TYPE");
	line("\t.long 16");
	records(section, programs, n, "LINE");
	records("text", starts, n_functions, "LINE");
	line("%s", "");
}

void assembly(const struct kernel *kernel, const struct mode *mode, const struct program *prog,
	      const struct area *operands, const char *name, const char *difference)
{
	const unsigned int end = first_length(prog);
	const char *section = section_of(kernel->type);
	struct area want = *operands;
	uint32_t ret = expect(kernel, prog, &want);
	unsigned int length;
	struct utsname uts;
	char text[32];

	n_functions = functions_of(prog->insns, end, starts);
	length = n_functions ? starts[0] : end;
	directory = name;
	uname(&uts);
	line("/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */");
	line("/* %s, wrong in mode %s of Linux %s on %s: %s */", name, mode->name, uts.release,
	     uts.machine, difference);
	line("#include \"maps.S\"");
	line("%s", "");
	function("program", section, prog->insns, 0, length);
	for (unsigned int i = 0; i < n_functions; i++) {
		snprintf(text, sizeof(text), "function%u", i + 1);
		function(text, ".text", prog->insns, starts[i],
			 i + 1 < n_functions ? starts[i + 1] : end);
	}
	if (prog->tail)
		function("tail", section, prog->insns, prog->tail, prog->n);
	if (needs_jit(prog->insns, end))
		types(section, length, prog->tail);
	line("\t.section .rodata, \"a\", @progbits");
	line("\t.long %d, %d, %u\t/* bpf_jit_enable, bpf_jit_harden, flags for loading */",
	     mode->enable, mode->harden, mode->flags);
	line("\t.long 0x%" PRIx32 "\t/* what it should return */", ret);
	line("\t/* what it should leave */");
	words(&want);
	line("%s", "");
	line("\t.data");
	line("\t/* what it starts with */");
	line("area:");
	words(operands);
}
