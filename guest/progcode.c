// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Prints what bpftool prints only if it was built with a disassembler: the native code of a
 * loaded program, and the source line and the BPF instruction of each part of it. The output
 * is text for scripts/inspect, which disassembles it. Prints also the newest BPF instruction
 * set that the kernel accepts.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char usage[] =
	"usage: progcode jit ID...  native code and line numbers of loaded programs\n"
	"       progcode isa        newest BPF instruction set of this kernel: v1 to v4\n"
	"\n"
	"jit prints, with TAB between the fields: for each source line, if there is BTF\n"
	"  line ADDRESS BPF-INSTRUCTION FILE:LINE SOURCE\n"
	"and for each function\n"
	"  func NAME ADDRESS\n"
	"  code HEXADECIMAL\n";

/* --- native code --- */

/* The description of a loaded program, and its BTF. */
struct code {
	struct bpf_prog_info info;
	struct btf *btf;
};

static void *room(unsigned int n, unsigned int size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p) {
		perror("progcode");
		exit(1);
	}
	return p;
}

/*
 * Asks the kernel twice: for the sizes, and then for the content. Returns 0 or a negative
 * errno.
 */
static int get_info(int fd, struct bpf_prog_info *info)
{
	__u32 len = sizeof(*info);
	struct bpf_prog_info n = {};

	memset(info, 0, sizeof(*info));
	if (bpf_obj_get_info_by_fd(fd, &n, &len))
		return -errno;

	info->jited_prog_len = n.jited_prog_len;
	info->jited_prog_insns = (unsigned long)room(n.jited_prog_len, 1);
	info->nr_jited_ksyms = n.nr_jited_ksyms;
	info->jited_ksyms = (unsigned long)room(n.nr_jited_ksyms, sizeof(__u64));
	info->nr_jited_func_lens = n.nr_jited_func_lens;
	info->jited_func_lens = (unsigned long)room(n.nr_jited_func_lens, sizeof(__u32));
	info->nr_func_info = n.nr_func_info;
	info->func_info_rec_size = sizeof(struct bpf_func_info);
	info->func_info = (unsigned long)room(n.nr_func_info, sizeof(struct bpf_func_info));
	info->nr_line_info = n.nr_line_info;
	info->line_info_rec_size = sizeof(struct bpf_line_info);
	info->line_info = (unsigned long)room(n.nr_line_info, sizeof(struct bpf_line_info));
	info->nr_jited_line_info = n.nr_jited_line_info;
	info->jited_line_info_rec_size = sizeof(__u64);
	info->jited_line_info = (unsigned long)room(n.nr_jited_line_info, sizeof(__u64));

	len = sizeof(*info);
	return bpf_obj_get_info_by_fd(fd, info, &len) ? -errno : 0;
}

static void free_info(struct bpf_prog_info *info)
{
	free((void *)(unsigned long)info->jited_prog_insns);
	free((void *)(unsigned long)info->jited_ksyms);
	free((void *)(unsigned long)info->jited_func_lens);
	free((void *)(unsigned long)info->func_info);
	free((void *)(unsigned long)info->line_info);
	free((void *)(unsigned long)info->jited_line_info);
}

static const char *func_name(const struct code *c, unsigned int n)
{
	const struct bpf_func_info *funcs = (void *)(unsigned long)c->info.func_info;
	const struct btf_type *type;

	if (!c->btf || n >= c->info.nr_func_info)
		return c->info.name;
	type = btf__type_by_id(c->btf, funcs[n].type_id);
	return type ? btf__name_by_offset(c->btf, type->name_off) : c->info.name;
}

static void show_lines(const struct code *c)
{
	const struct bpf_line_info *lines = (void *)(unsigned long)c->info.line_info;
	const __u64 *addrs = (void *)(unsigned long)c->info.jited_line_info;
	unsigned int i;

	if (!c->btf)
		return;
	for (i = 0; i < c->info.nr_jited_line_info && i < c->info.nr_line_info; i++) {
		const char *file = btf__name_by_offset(c->btf, lines[i].file_name_off);
		const char *text = btf__name_by_offset(c->btf, lines[i].line_off);
		const char *base = strrchr(file, '/');

		printf("line\t%llx\t%u\t%s:%u\t%s\n", (unsigned long long)addrs[i],
		       lines[i].insn_off, base ? base + 1 : file,
		       BPF_LINE_INFO_LINE_NUM(lines[i].line_col), text + strspn(text, " \t"));
	}
}

static void show_code(const struct code *c)
{
	const unsigned char *code = (void *)(unsigned long)c->info.jited_prog_insns;
	const __u32 *lens = (void *)(unsigned long)c->info.jited_func_lens;
	const __u64 *addrs = (void *)(unsigned long)c->info.jited_ksyms;
	unsigned int n, i;

	for (n = 0; n < c->info.nr_jited_func_lens; n++) {
		__u64 addr = n < c->info.nr_jited_ksyms ? addrs[n] : 0;

		printf("func\t%s\t%llx\ncode\t", func_name(c, n), (unsigned long long)addr);
		for (i = 0; i < lens[n]; i++)
			printf("%02x", *code++);
		putchar('\n');
	}
}

static int jit(const char *id)
{
	struct code c = {};
	int fd, err;

	fd = bpf_prog_get_fd_by_id(strtoul(id, NULL, 10));
	if (fd < 0) {
		fprintf(stderr, "progcode: there is no program with id %s: %m\n", id);
		return 1;
	}
	err = get_info(fd, &c.info);
	if (err) {
		fprintf(stderr, "progcode: cannot look at program %s: %s\n", id, strerror(-err));
	} else if (!c.info.jited_prog_len) {
		fprintf(stderr,
			"progcode: program %s has no native code: the kernel has no JIT, it is off (make qemu-setup turns it on), or kptr_restrict hides the code\n",
			id);
		err = -ENOENT;
	} else {
		if (c.info.btf_id)
			c.btf = btf__load_from_kernel_by_id(c.info.btf_id);
		show_lines(&c);
		show_code(&c);
		btf__free(c.btf);
	}
	free_info(&c.info);
	return err ? 1 : 0;
}

/* --- instruction sets --- */

#define INSN(c, d, o, i) { .code = (c), .dst_reg = (d), .off = (o), .imm = (i) }
#define RETURN_0	 INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0)
#define EXIT		 INSN(BPF_JMP | BPF_EXIT, 0, 0, 0)

/* clang-format off */
/* Programs with an instruction that each set has and the set before it lacks. */
static const struct bpf_insn v2[] = {
	RETURN_0, INSN(BPF_JMP | BPF_JLT | BPF_K, BPF_REG_0, 0, 1), EXIT,
};
static const struct bpf_insn v3[] = {
	RETURN_0, INSN(BPF_JMP32 | BPF_JLT | BPF_K, BPF_REG_0, 0, 1), EXIT,
};
/* A move with sign extension; not the far jump, which Linux 6.1 accepts without knowing it. */
static const struct bpf_insn v4[] = {
	RETURN_0, INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_0, 8, 0), EXIT,
};
/* clang-format on */

static bool takes(const struct bpf_insn *insns, size_t n)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "isa", "GPL", insns, n, NULL);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int isa(void)
{
	static const struct bpf_insn v1[] = { RETURN_0, EXIT };

	if (!takes(v1, ARRAY_SIZE(v1))) {
		fprintf(stderr,
			"progcode: the kernel loads no program at all: %m; is this root?\n");
		return 1;
	}
	puts(!takes(v2, ARRAY_SIZE(v2)) ? "v1" :
	     !takes(v3, ARRAY_SIZE(v3)) ? "v2" :
	     !takes(v4, ARRAY_SIZE(v4)) ? "v3" :
					  "v4");
	return 0;
}

int main(int argc, char **argv)
{
	int err = 0;
	int i;

	if (argc == 2 && !strcmp(argv[1], "isa"))
		return isa();
	if (argc < 3 || strcmp(argv[1], "jit")) {
		fputs(usage, stderr);
		return 2;
	}
	for (i = 2; i < argc && !err; i++)
		err = jit(argv[i]);
	return err;
}
