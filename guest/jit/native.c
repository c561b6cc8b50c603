// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The native code of each instruction: the program is loaded with a line of source for each, and the
 * kernel tells where the code of each line begins.  This machine has no disassembler: scripts/jit
 * reads these lines and has one.
 */
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

#define FUNCTIONS_MAX 8

/* Lines need a BTF, for the name of the file. */
static int load_btf(void)
{
	static const struct {
		struct btf_header header;
		struct btf_type type;
		uint32_t encoding;
		char strings[8];
	} btf = {
		.header = { .magic = BTF_MAGIC,
			    .version = BTF_VERSION,
			    .hdr_len = sizeof(struct btf_header),
			    .type_len = sizeof(struct btf_type) + sizeof(uint32_t),
			    .str_off = sizeof(struct btf_type) + sizeof(uint32_t),
			    .str_len = 8 },
		.type = { .name_off = 1, .info = BTF_KIND_INT << 24, .size = sizeof(int) },
		.encoding = BTF_INT_SIGNED << 24 | 32,
		.strings = "\0int\0x",
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.btf = pointer(&btf);
	attr.btf_size = sizeof(btf);
	return bpf(BPF_BTF_LOAD, &attr);
}

#define NAME_OF_FILE 5 /* "x" in the strings */
#define LINE(i)	     (((i) + 1) << 10)
#define INDEX(line)  (((line) >> 10) - 1)

/* Returns a program that has line i + 1 at instruction i, or a negative errno. */
static int load_with_lines(struct kernel *kernel, const struct bpf_insn *insns, unsigned int n,
			   uint32_t flags)
{
	static struct bpf_line_info lines[PROGRAM_MAX];
	int btf = load_btf(), fd;
	union bpf_attr attr;
	unsigned int k = 0;

	if (btf < 0)
		return btf;
	for (unsigned int i = 0; i < n; i += IS_WIDE(&insns[i]) ? 2 : 1)
		lines[k++] = (struct bpf_line_info){ .insn_off = i,
						     .file_name_off = NAME_OF_FILE,
						     .line_off = NAME_OF_FILE,
						     .line_col = LINE(i) };
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = kernel->type;
	attr.insns = pointer(insns);
	attr.insn_cnt = n;
	attr.prog_flags = flags;
	attr.prog_btf_fd = btf;
	attr.line_info = pointer(lines);
	attr.line_info_cnt = k;
	attr.line_info_rec_size = sizeof(lines[0]);
	fd = kernel_load_attr(kernel, &attr, false);
	close(btf);
	return fd;
}

struct native {
	uint8_t code[1 << 17];
	struct bpf_line_info lines[PROGRAM_MAX];
	uint64_t at[PROGRAM_MAX]; /* the address of each line's code */
	uint64_t functions[FUNCTIONS_MAX];
	uint32_t lengths[FUNCTIONS_MAX];
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
	    info.nr_jited_func_lens == info.nr_jited_ksyms && info.nr_jited_ksyms <= FUNCTIONS_MAX)
		print(&native, &info, insns);
	close(fd);
}
