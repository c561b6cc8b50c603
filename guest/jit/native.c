// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The native code of each instruction: the program is loaded with a line of source for each, and the
 * kernel tells where the code of each line begins.  This machine has no disassembler: scripts/jit
 * reads these lines and has one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

#define LINE(i)	    (((i) + 1) << 10)
#define INDEX(line) (((line) >> 10) - 1)

/* Returns a program that has line i + 1 at instruction i, or a negative errno. */
static int load_with_lines(struct kernel *kernel, const struct bpf_insn *insns, unsigned int n,
			   uint32_t flags)
{
	static struct bpf_line_info lines[PROGRAM_MAX];
	union bpf_attr attr;
	unsigned int k = 0;
	int err = kernel_attr(kernel, insns, n, flags, &attr);

	if (!err)
		err = kernel_types(&attr);
	if (err)
		return err;
	for (unsigned int i = 0; i < n; i += IS_WIDE(&insns[i]) ? 2 : 1)
		lines[k++] = (struct bpf_line_info){ .insn_off = i,
						     .file_name_off = BTF_NAME,
						     .line_off = BTF_NAME,
						     .line_col = LINE(i) };
	attr.line_info = pointer(lines);
	attr.line_info_cnt = k;
	attr.line_info_rec_size = sizeof(lines[0]);
	return kernel_load_attr(kernel, &attr, false);
}

struct native {
	uint8_t code[1 << 17];
	struct bpf_line_info lines[PROGRAM_MAX];
	uint64_t at[PROGRAM_MAX]; /* the address of each line's code */
	uint64_t functions[1 + FUNCTIONS_MAX];
	uint32_t lengths[1 + FUNCTIONS_MAX];
};

static int get_native(int fd, struct native *native, struct bpf_prog_info *info)
{
	memset(info, 0, sizeof(*info));
	info->jited_prog_insns = pointer(native->code);
	info->jited_prog_len = sizeof(native->code);
	info->line_info = pointer(native->lines);
	info->nr_line_info = N_OF(native->lines);
	info->line_info_rec_size = sizeof(native->lines[0]);
	info->jited_line_info = pointer(native->at);
	info->nr_jited_line_info = N_OF(native->at);
	info->jited_line_info_rec_size = sizeof(native->at[0]);
	info->jited_ksyms = pointer(native->functions);
	info->nr_jited_ksyms = N_OF(native->functions);
	info->jited_func_lens = pointer(native->lengths);
	info->nr_jited_func_lens = N_OF(native->lengths);
	return kernel_info(fd, info);
}

/* Where the code at @address is in the code of all functions, or -1. */
static long offset_of(const struct native *native, unsigned int n, uint64_t address)
{
	long before = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (address >= native->functions[i] &&
		    address - native->functions[i] < native->lengths[i])
			return before + (long)(address - native->functions[i]);
		before += native->lengths[i];
	}
	return -1;
}

static void print(const struct native *native, const struct bpf_prog_info *info,
		  const struct bpf_insn *insns)
{
	bool told = false;
	char text[128];

	printf("# native: ");
	for (unsigned int i = 0; i < info->jited_prog_len; i++)
		printf("%02x", native->code[i]);
	putchar('\n');
	for (unsigned int i = 0; i < info->nr_jited_line_info; i++) {
		long offset = offset_of(native, info->nr_jited_func_lens, native->at[i]);

		if (offset < 0)
			continue;
		disasm(&insns[INDEX(native->lines[i].line_col)], text, sizeof(text));
		ktap_note("native at %ld: %s", offset, text);
		told = true;
	}
	/* Some JITs do not tell. */
	if (!told)
		ktap_note("native at 0: all instructions");
	ktap_note("native end");
}

void native_show(struct kernel *kernel, const struct bpf_insn *insns, unsigned int n,
		 uint32_t flags)
{
	static struct native native;
	struct bpf_prog_info info;
	int fd = load_with_lines(kernel, insns, n, flags);

	if (fd < 0)
		return;
	if (!get_native(fd, &native, &info) && info.jited_prog_len &&
	    info.jited_prog_len <= sizeof(native.code) &&
	    (!info.nr_jited_line_info || info.nr_jited_line_info == info.nr_line_info) &&
	    info.nr_jited_line_info <= N_OF(native.at) &&
	    info.nr_jited_func_lens == info.nr_jited_ksyms &&
	    info.nr_jited_ksyms <= N_OF(native.functions))
		print(&native, &info, insns);
	close(fd);
}
