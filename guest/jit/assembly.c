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

static bool is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL;
}

static void instructions(const struct bpf_insn *insns, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i += IS_WIDE(&insns[i]) ? 2 : 1) {
		uint8_t bytes[sizeof(insns[i])];
		char text[128];

		disasm(&insns[i], text, sizeof(text));
		memcpy(bytes, &insns[i], sizeof(bytes));
		if (is_call(&insns[i]))
			line("\tcall function");
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

/* Where the function begins that the first program calls, or its end. */
static unsigned int function_of(const struct program *prog, unsigned int end)
{
	for (unsigned int i = 0; i < end; i++)
		if (is_call(&prog->insns[i]))
			return i + 1 + prog->insns[i].imm;
	return end;
}

static const char *section_of(unsigned int type)
{
	return type == BPF_PROG_TYPE_RAW_TRACEPOINT ? "raw_tp" :
	       type == BPF_PROG_TYPE_XDP	    ? "xdp" :
						      "socket";
}

void assembly(const struct kernel *kernel, const struct mode *mode, const struct program *prog,
	      const struct area *operands, const char *name, const char *difference)
{
	unsigned int end = prog->tail ? prog->tail : prog->n, at = function_of(prog, end);
	const char *section = section_of(kernel->type);
	struct area want = *operands;
	uint32_t ret = expect(kernel, prog, &want);
	struct utsname uts;

	directory = name;
	uname(&uts);
	line("/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */");
	line("/* %s, wrong in mode %s of Linux %s on %s: %s */", name, mode->name, uts.release,
	     uts.machine, difference);
	line("#include \"maps.S\"");
	line("%s", "");
	function("program", section, prog->insns, 0, at);
	if (at < end)
		function("function", ".text", prog->insns, at, end);
	if (prog->tail)
		function("tail", section, prog->insns, prog->tail, prog->n);
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
