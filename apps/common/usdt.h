/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * USDT_PROBE2(provider, name, a, b): a probe in this program that tracers find by name
 * (user statically-defined tracing). At run time it is one nop until a tracer attaches;
 * its description is in a note of the file, which is not loaded.
 *
 * The note's format is SystemTap's (its wiki: UserSpaceProbeImplementation), which
 * gdb, perf, bpftrace and libbpf read: in section .note.stapsdt, of type 3, three
 * words: the address of the nop, that of .stapsdt.base, which shows whether the file was
 * relocated since, and that of a semaphore, or 0; and three strings: provider, name, and
 * for each argument SIZE@PLACE, with the size in bytes, negative if signed, and the place in
 * the assembler's notation. Here both are a long in a register.
 */
#ifndef USDT_H
#define USDT_H

#if __SIZEOF_POINTER__ == 8
#define USDT_WORD ".8byte"
#else
#define USDT_WORD ".4byte"
#endif

#define USDT_PROBE2(provider, name, a, b) \
	asm volatile( \
		"990:	nop\n" \
		"	.pushsection .note.stapsdt, \"\", \"note\"\n" \
		"	.balign 4\n" \
		"	.4byte 992f - 991f, 994f - 993f, 3\n" \
		"991:	.asciz \"stapsdt\"\n" \
		"992:	.balign 4\n" \
		"993:	" USDT_WORD " 990b, _.stapsdt.base, 0\n" \
		"	.asciz \"" #provider "\", \"" #name \
		"\", \"-%c[size]@%[arg1] -%c[size]@%[arg2]\"\n" \
		"994:	.balign 4\n" \
		"	.popsection\n" /* One for all files that are linked: libc may have probes, too. */ \
		"	.ifndef _.stapsdt.base\n" \
		"	.pushsection .stapsdt.base, \"aG\", \"progbits\", .stapsdt.base, comdat\n" \
		"	.weak _.stapsdt.base\n" \
		"	.hidden _.stapsdt.base\n" \
		"_.stapsdt.base: .space 1\n" \
		"	.size _.stapsdt.base, 1\n" \
		"	.popsection\n" \
		"	.endif\n" \
		: \
		: [size] "i"(sizeof(long)), [arg1] "r"((long)(a)), [arg2] "r"((long)(b)))

#endif
