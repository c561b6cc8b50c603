// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See lack.h. A class is a function in the table at the end, or a row of a table of its kind. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/lack.h"

/* An errno of the kernel that is in no header: not supported on this architecture. */
#define ENOTSUPP 524

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define MODULES_BTF 64 /* modules to look into, at most */

#define MOV64_IMM(reg, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg, .imm = value }
#define MOV64_REG(to, from)   { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = to, .src_reg = from }
#define ADD64_IMM(reg, value) { .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = reg, .imm = value }
#define STORE64(to, from, offset) \
	{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = to, .src_reg = from, .off = offset }
#define ATOMIC_ADD64(to, from, offset) \
	{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, \
	  .dst_reg = to, \
	  .src_reg = from, \
	  .off = offset, \
	  .imm = BPF_ADD }
#define CALL(kind, what) { .code = BPF_JMP | BPF_CALL, .src_reg = kind, .imm = what }
#define EXIT()		 { .code = BPF_JMP | BPF_EXIT }

/* A load that failed. */
struct load {
	const struct bpf_object *obj;
	int err;
	const char *log;
};

__attribute__((format(printf, 2, 3))) static bool found(struct lack *lack, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(lack->what, sizeof(lack->what), fmt, args);
	va_end(args);
	return true;
}

/* Copies the text between two texts of one line of the log; false if there is none. */
static bool quoted(const char *log, const char *before, const char *after, char *name, size_t size)
{
	const char *begin, *end;

	for (begin = log; (begin = strstr(begin, before));) {
		begin += strlen(before);
		end = strstr(begin, after);
		if (!end || (size_t)(end - begin) >= size || memchr(begin, '\n', end - begin))
			continue;
		memcpy(name, begin, end - begin);
		name[end - begin] = '\0';
		return true;
	}
	return false;
}

/* --- what the kernel's BTF names -------------------------------------------------- */

/*
 * Whether the kernel or one of its modules has a type of that name. @types is the BTF of the
 * kernel. A module whose BTF cannot be read counts as having it: a lack must be proved.
 */
static bool btf_names(struct btf *types, const char *name, __u32 kind)
{
	int ids[MODULES_BTF], n = 0, i;
	__u32 id = 0;
	bool has;

	if (btf__find_by_name_kind(types, name, kind) > 0)
		return true;
	while (!bpf_btf_get_next_id(id, &id)) {
		if (n == MODULES_BTF)
			return true;
		ids[n++] = id;
	}
	for (i = 0, has = false; i < n && !has; i++) {
		struct bpf_btf_info info = {};
		__u32 len = sizeof(info);
		struct btf *module;
		int fd;

		fd = bpf_btf_get_fd_by_id(ids[i]);
		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &len) && info.kernel_btf) {
			module = btf__load_from_kernel_by_id_split(ids[i], types);
			has = !module || btf__find_by_name_kind(module, name, kind) > 0;
			btf__free(module);
		}
		close(fd);
	}
	return has;
}

/* Whether it is proved that the kernel has no type of that name. */
static bool no_type(const char *name, __u32 kind)
{
	struct btf *types = btf__load_vmlinux_btf();
	bool has = !types || btf_names(types, name, kind);

	btf__free(types);
	return !has;
}

/*
 * The function, event, hook or iterator that a program is attached to by the kernel's BTF:
 * the part after the slash of its section. NULL: another type, or chosen at run time.
 */
static const char *btf_target(const struct bpf_program *prog)
{
	const char *slash;

	switch (bpf_program__expected_attach_type(prog)) {
	case BPF_TRACE_FENTRY:
	case BPF_TRACE_FEXIT:
	case BPF_TRACE_ITER:
	case BPF_TRACE_RAW_TP:
	case BPF_MODIFY_RETURN:
	case BPF_LSM_MAC:
	case BPF_LSM_CGROUP:
		slash = strchr(bpf_program__section_name(prog), '/');
		return slash ? slash + 1 : NULL;
	default:
		return NULL;
	}
}

/* Whether it is proved that the kernel has no target of that name. */
static bool no_target(const char *target, enum bpf_attach_type type)
{
	const char *before = type == BPF_TRACE_RAW_TP			   ? "btf_trace_" :
			     type == BPF_TRACE_ITER			   ? "bpf_iter_" :
			     type == BPF_LSM_MAC || type == BPF_LSM_CGROUP ? "bpf_lsm_" :
									     "";
	const char *colon = strchr(target, ':'); /* module:function */
	char name[128];

	snprintf(name, sizeof(name), "%s%s", before, colon ? colon + 1 : target);
	return no_type(name, type == BPF_TRACE_RAW_TP ? BTF_KIND_TYPEDEF : BTF_KIND_FUNC);
}

/* --- probes: small programs ------------------------------------------ */

/* Loads a program that only returns @ret. Returns whether the kernel accepts it. */
static bool loads(enum bpf_prog_type type, enum bpf_attach_type attach, __u32 flags, int ret)
{
	const struct bpf_insn insns[] = { MOV64_IMM(BPF_REG_0, ret), EXIT() };
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach, .prog_flags = flags);
	int fd = bpf_prog_load(type, NULL, "GPL", insns, SIZE(insns), &opts);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

#define HELPER_NAME(name) [BPF_FUNC_##name] = "bpf_" #name
static const char *const helpers[] = { __BPF_FUNC_MAPPER(HELPER_NAME) };

/* Whether the kernel has no helper of that number for any type of program. */
static bool unknown_helper(int id)
{
	const struct bpf_insn insns[] = { CALL(0, id), EXIT() };
	char log[4096] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
		    .log_level = 1);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, NULL, "GPL", insns, SIZE(insns), &opts);

	if (fd >= 0)
		close(fd);
	return fd < 0 && strstr(log, "invalid func ");
}

/* The first helper that a program calls and the kernel does not have for its type, or NULL. */
static const char *missing_helper(const struct bpf_program *prog)
{
	const struct bpf_insn *insn = bpf_program__insns(prog);
	const struct bpf_insn *end = insn + bpf_program__insn_cnt(prog);
	int has;

	for (; insn < end; insn++) {
		/* with a source register it calls a function of the program or of the kernel */
		if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg ||
		    (size_t)insn->imm >= SIZE(helpers))
			continue;
		has = libbpf_probe_bpf_helper(bpf_program__type(prog), insn->imm, NULL);
		/* libbpf cannot probe for programs that need a target. */
		if (!has || (has == -EOPNOTSUPP && unknown_helper(insn->imm)))
			return helpers[insn->imm];
	}
	return NULL;
}

/* Whether the kernel's JIT can compile no atomic instruction. */
static bool no_atomics(void)
{
	static const struct bpf_insn insns[] = {
		MOV64_IMM(BPF_REG_0, 0),
		STORE64(BPF_REG_10, BPF_REG_0, -8),
		ATOMIC_ADD64(BPF_REG_10, BPF_REG_0, -8),
		EXIT(),
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, SIZE(insns), NULL);

	if (fd >= 0)
		close(fd);
	return fd == -ENOTSUPP;
}

static bool has_atomics(const struct bpf_program *prog)
{
	const struct bpf_insn *insn = bpf_program__insns(prog);
	const struct bpf_insn *end = insn + bpf_program__insn_cnt(prog);

	for (; insn < end; insn++)
		if (BPF_CLASS(insn->code) == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC)
			return true;
	return false;
}

enum argument { NO_ARGUMENT, POINTER, CONTEXT };

/*
 * Loads "int main(struct __sk_buff *ctx) { long n = 0; return callee(&n); }", whose callee is
 * global and takes &n, or ctx, or no argument. Returns whether the kernel accepts it.
 */
static bool loads_global(enum argument argument)
{
	const struct bpf_insn insns[] = {
		MOV64_IMM(BPF_REG_2, 0),
		STORE64(BPF_REG_10, BPF_REG_2, -8),
		MOV64_REG(BPF_REG_2, BPF_REG_10),
		ADD64_IMM(BPF_REG_2, -8),
		MOV64_REG(BPF_REG_1, argument == CONTEXT ? BPF_REG_1 : BPF_REG_2),
		CALL(BPF_PSEUDO_CALL, 1),
		EXIT(),
		MOV64_IMM(BPF_REG_0, 0),
		EXIT(),
	};
	struct bpf_func_info funcs[] = { { .insn_off = 0 }, { .insn_off = 7 } };
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .func_info = funcs, .func_info_cnt = SIZE(funcs),
		    .func_info_rec_size = sizeof(funcs[0]));
	struct btf *types = btf__new_empty();
	int number, proto, prog = -1, fd = -1;

	number = btf__add_int(types, "long", 8, BTF_INT_SIGNED);
	proto = btf__add_func_proto(types, number);
	funcs[0].type_id = btf__add_func(types, "main", BTF_FUNC_STATIC, proto);
	if (argument != NO_ARGUMENT) {
		int to = argument == POINTER ? number : btf__add_struct(types, "__sk_buff", 0);

		to = btf__add_ptr(types, to);
		proto = btf__add_func_proto(types, number);
		btf__add_func_param(types, "argument", to);
	}
	funcs[1].type_id = btf__add_func(types, "callee", BTF_FUNC_GLOBAL, proto);
	if (types && !btf__load_into_kernel(types)) {
		fd = btf__fd(types);
		opts.prog_btf_fd = fd;
		prog = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", insns, SIZE(insns),
				     &opts);
	}
	if (prog >= 0)
		close(prog);
	btf__free(types);
	return prog >= 0;
}

/* --- what the log names ----------------------------------------------------------------- */

static bool no_func(const char *name)
{
	return no_type(name, BTF_KIND_FUNC);
}

static bool no_var(const char *name)
{
	return no_type(name, BTF_KIND_VAR);
}

static bool no_global_pointers(const char *name)
{
	(void)name;
	return loads_global(NO_ARGUMENT) && !loads_global(POINTER);
}

/* The verifier compares the argument's type with that in the kernel's BTF. */
static bool no_global_contexts(const char *name)
{
	(void)name;
	return loads_global(NO_ARGUMENT) && !loads_global(CONTEXT);
}

/* libbpf has looked the option up in the kernel's configuration. */
static bool no_option(const char *name)
{
	return !strncmp(name, "CONFIG_", strlen("CONFIG_"));
}

/* The log has the name of the feature; the kernel is probed for it. */
static const struct wanted {
	enum lack_class class;
	const char *before, *after; /* the name in the log */
	bool (*lacks)(const char *name);
	const char *what;
} wanted[] = {
	/* libbpf's messages on a function that an object requires, and on a weak one */
	{ LACK_KFUNC, "extern (func ksym) '", "': not found", no_func,
	  "kernel has no function %s() for BPF programs" },
	{ LACK_KFUNC, "kfunc '", "' is referenced but wasn't resolved", no_func,
	  "kernel has no function %s() for BPF programs" },
	{ LACK_KFUNC, "extern (var ksym) '", "': not found", no_var,
	  "kernel has no variable %s for BPF programs" },
	{ LACK_CONFIG, "extern '", "' (strong): not resolved", no_option,
	  "kernel is configured without %s" },
	/* Linux before 5.13 */
	{ LACK_GLOBAL_POINTER, "type PTR in ", "() is not supported", no_global_pointers,
	  "kernel's verifier knows no pointers as arguments of global functions, which %s() takes" },
	/* "1 ('name')", or "1" alone before Linux 6.8 */
	{ LACK_BTF, "Caller passes invalid args into func#", "\n", no_global_contexts,
	  "kernel has no BTF (CONFIG_DEBUG_INFO_BTF), by which the verifier knows the context "
	  "as an argument of global function %s" },
};

static bool lacks_wanted(struct lack *lack, const struct load *load)
{
	char name[128];
	char *flavour;
	size_t i;

	for (i = 0; i < SIZE(wanted); i++) {
		if (!quoted(load->log, wanted[i].before, wanted[i].after, name, sizeof(name)))
			continue;
		/* libbpf looks for name___flavour by name */
		flavour = strstr(name, "___");
		if (flavour && flavour > name)
			*flavour = '\0';
		if (!wanted[i].lacks(name))
			continue;
		lack->class = wanted[i].class;
		snprintf(lack->what, sizeof(lack->what), wanted[i].what, name);
		return true;
	}
	return false;
}

/* --- flags of programs -------------------------------------------------------------- */

/* By section, since libbpf sets the flag only when it loads the program. */
static const struct {
	const char *section;
	enum bpf_prog_type type;
	__u32 flag;
	int ret; /* a valid return value of such a program */
	const char *what;
} flags[] = {
	{ "xdp.frags", BPF_PROG_TYPE_XDP, BPF_F_XDP_HAS_FRAGS, XDP_PASS,
	  "XDP programs for packets in fragments (xdp.frags)" },
	{ "uprobe.s", BPF_PROG_TYPE_KPROBE, BPF_F_SLEEPABLE, 0,
	  "uprobe programs that may sleep (uprobe.s)" },
	{ "uretprobe.s", BPF_PROG_TYPE_KPROBE, BPF_F_SLEEPABLE, 0,
	  "uprobe programs that may sleep (uretprobe.s)" },
};

/* Whether a section is @name, or @name/something, or optional. */
static bool is_section(const char *section, const char *name)
{
	size_t len = strlen(name);

	section += section[0] == '?';
	return !strncmp(section, name, len) && (!section[len] || section[len] == '/');
}

static bool lacks_flag(struct lack *lack, const struct load *load)
{
	struct bpf_program *prog;
	size_t i;

	bpf_object__for_each_program(
		prog,
		load->obj) for (i = 0; bpf_program__autoload(prog) && i < SIZE(flags);
				i++) if (is_section(bpf_program__section_name(prog),
						    flags[i].section) &&
					 loads(flags[i].type, 0, 0, flags[i].ret) &&
					 !loads(flags[i].type, 0, flags[i].flag,
						flags[i].ret)) return found(lack,
									    "kernel has no %s",
									    flags[i].what);
	return false;
}

/* --- the others --------------------------------------------------------------------- */

static bool lacks_syscall(struct lack *lack, const struct load *load)
{
	return load->err == -ENOSYS &&
	       found(lack, "kernel has no bpf system call (CONFIG_BPF_SYSCALL)");
}

static bool lacks_btf(struct lack *lack, const struct load *load)
{
	struct bpf_program *prog;

	if (app_kernel_has_btf())
		return false;
	bpf_object__for_each_program(prog, load->obj) if (
		bpf_program__autoload(prog) &&
		btf_target(
			prog)) return found(lack,
					    "kernel has no BTF (CONFIG_DEBUG_INFO_BTF), by which %s is found",
					    bpf_program__section_name(prog));
	return strstr(load->log, "Error loading vmlinux BTF") &&
	       found(lack,
		     "kernel has no BTF (CONFIG_DEBUG_INFO_BTF), which the BPF programs need");
}

static bool lacks_prog_type(struct lack *lack, const struct load *load)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(
		prog,
		load->obj) if (bpf_program__autoload(prog) &&
			       libbpf_probe_bpf_prog_type(bpf_program__type(prog), NULL) ==
				       0) return found(lack,
						       "kernel has no BPF programs of type %s",
						       libbpf_bpf_prog_type_str(
							       bpf_program__type(prog)));
	return false;
}

static bool lacks_target(struct lack *lack, const struct load *load)
{
	struct bpf_program *prog;
	const char *target;
	char name[128];

	if (quoted(load->log, "struct_ops init_kern: struct ", " is not found in kernel BTF", name,
		   sizeof(name)) &&
	    no_type(name, BTF_KIND_STRUCT))
		return found(
			lack,
			"kernel has no struct %s, whose functions programs of type struct_ops would be",
			name);
	/* A program that is attached to another BPF program has no target in the kernel. */
	if (!strstr(load->log, "failed to find kernel BTF type ID of"))
		return false;
	bpf_object__for_each_program(prog, load->obj)
	{
		target = bpf_program__autoload(prog) ? btf_target(prog) : NULL;
		if (target && no_target(target, bpf_program__expected_attach_type(prog)))
			return found(lack, "kernel has no %s: its BTF does not name it",
				     bpf_program__section_name(prog));
	}
	return false;
}

/* Only a kernel with a JIT can make trampolines. */
static bool lacks_trampoline(struct lack *lack, const struct load *load)
{
	struct bpf_program *prog;

	if (load->err != -ENOMEM ||
	    libbpf_find_vmlinux_btf_id("bpf_trampoline_get", BPF_TRACE_FENTRY) >= 0)
		return false;
	bpf_object__for_each_program(prog, load->obj) if (
		bpf_program__autoload(prog) &&
		btf_target(prog)) return found(lack,
					       "kernel has no trampolines to %s (CONFIG_BPF_JIT)",
					       bpf_program__section_name(prog));
	return false;
}

static bool lacks_map_type(struct lack *lack, const struct load *load)
{
	struct bpf_map *map;

	/* libbpf asks older kernels for struct_ops in a way that none of them takes; the program type tells. */
	bpf_object__for_each_map(
		map,
		load->obj) if (bpf_map__autocreate(map) &&
			       bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS &&
			       libbpf_probe_bpf_map_type(bpf_map__type(map), NULL) ==
				       0) return found(lack, "kernel has no BPF maps of type %s",
						       libbpf_bpf_map_type_str(bpf_map__type(map)));
	return false;
}

/* The kernel's error for a struct_ops of an impossible type, with flags that it checks first. */
static int try_struct_ops(__u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .btf_vmlinux_value_type_id = 1, .map_flags = flags);
	int fd = bpf_map_create(BPF_MAP_TYPE_STRUCT_OPS, NULL, sizeof(__u32), sizeof(__u32), 1,
				&opts);

	if (fd >= 0)
		close(fd);
	return fd;
}

static bool lacks_struct_ops_link(struct lack *lack, const struct load *load)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, load->obj) if (
		bpf_map__autocreate(map) && bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS &&
		(bpf_map__map_flags(map) & BPF_F_LINK) && try_struct_ops(0) == -ENOTSUPP &&
		try_struct_ops(BPF_F_LINK) !=
			-ENOTSUPP) return found(lack,
						"kernel has no links to struct_ops (.struct_ops.link)");
	return false;
}

/* A kernel can have the struct without offering it to programs: parisc64's does not find its stub functions. */
static bool lacks_struct_ops(struct lack *lack, const struct load *load)
{
	const struct bpf_map *map;
	char name[64];

	if (load->err != -ENOTSUPP ||
	    !quoted(load->log, "map '", "': failed to create: ", name, sizeof(name)))
		return false;
	map = bpf_object__find_map_by_name(load->obj, name);
	return map && bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS &&
	       found(lack, "kernel has registered no struct_ops of the type of %s", name);
}

static bool lacks_atomics(struct lack *lack, const struct load *load)
{
	struct bpf_program *prog;

	if (load->err != -ENOTSUPP)
		return false;
	bpf_object__for_each_program(prog, load->obj) if (
		bpf_program__autoload(prog) && has_atomics(prog) &&
		no_atomics()) return found(lack,
					   "kernel has no atomic BPF instructions on this architecture: its JIT knows none, and it has no interpreter");
	return false;
}

/* --- instruction sets ----------------------------------------------------------------- */

static bool is_v4(const struct bpf_insn *insn)
{
	__u8 class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	switch (class) {
	case BPF_LDX: /* loads with sign extension */
		return BPF_MODE(insn->code) == 0x80;
	case BPF_JMP32: /* the far jump */
		return op == BPF_JA;
	case BPF_ALU64: /* the unconditional byte swap */
		if (op == BPF_END)
			return true;
		/* fallthrough */
	case BPF_ALU: /* moves with sign extension, signed division */
		return op != BPF_END && insn->off;
	default:
		return false;
	}
}

/* An atomic operation that is not an addition, or that returns the old value. */
static bool is_fetch(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code) == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC &&
	       insn->imm != BPF_ADD;
}

/* Instructions that not every kernel has, each with a program that uses it. */
static const struct {
	bool (*is)(const struct bpf_insn *insn);
	struct bpf_insn insns[4];
	const char *what;
} sets[] = {
	{ is_v4,
	  {
		  MOV64_IMM(BPF_REG_0, 0),
		  { .code = BPF_ALU64 | BPF_MOV | BPF_X,
		    .dst_reg = BPF_REG_0,
		    .src_reg = BPF_REG_0,
		    .off = 8 },
		  MOV64_IMM(BPF_REG_0, 0),
		  EXIT(),
	  },
	  "instructions of the BPF instruction set v4" },
	{ is_fetch,
	  {
		  MOV64_IMM(BPF_REG_0, 0),
		  STORE64(BPF_REG_10, BPF_REG_0, -8),
		  { .code = BPF_STX | BPF_ATOMIC | BPF_DW,
		    .dst_reg = BPF_REG_10,
		    .src_reg = BPF_REG_0,
		    .off = -8,
		    .imm = BPF_ADD | BPF_FETCH },
		  EXIT(),
	  },
	  "atomic BPF instructions but the addition without a result" },
};

static bool lacks_insns(struct lack *lack, const struct load *load)
{
	const struct bpf_insn *insn, *end;
	struct bpf_program *prog;
	size_t i;
	int fd;

	bpf_object__for_each_program(prog, load->obj)
	{
		insn = bpf_program__insns(prog);
		end = insn + bpf_program__insn_cnt(prog);
		for (; bpf_program__autoload(prog) && insn < end; insn++) {
			for (i = 0; i < SIZE(sets) && !sets[i].is(insn); i++)
				;
			if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
				insn++;
			if (i == SIZE(sets))
				continue;
			fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", sets[i].insns,
					   SIZE(sets[i].insns), NULL);
			if (fd < 0)
				return found(lack, "kernel has no %s", sets[i].what);
			close(fd);
		}
	}
	return false;
}

/* Whether the verifier came to an instruction: "processed 12 insns (limit 1000000) ..." */
static bool walked(const char *log)
{
	const char *processed = strstr(log, "processed ");

	return processed && strtoul(processed + strlen("processed "), NULL, 10) > 0;
}

static bool lacks_helper(struct lack *lack, const struct load *load)
{
	struct bpf_program *prog;
	const char *helper;

	/*
	 * A verifier that went through the program and names no call has refused it for something
	 * else: a call of a helper may be guarded.
	 */
	if (walked(load->log) && !strstr(load->log, "unknown func ") &&
	    !strstr(load->log, "invalid func ") && !strstr(load->log, "cannot use helper "))
		return false;
	bpf_object__for_each_program(prog, load->obj)
	{
		helper = bpf_program__autoload(prog) ? missing_helper(prog) : NULL;
		if (helper)
			return found(lack, "kernel has no %s() for BPF programs of type %s", helper,
				     libbpf_bpf_prog_type_str(bpf_program__type(prog)));
	}
	return false;
}

static bool lacks_config_file(struct lack *lack, const struct load *load)
{
	return strstr(load->log, "failed to open system Kconfig") &&
	       found(lack,
		     "no file has the kernel's configuration: neither /boot/config-<release> nor /proc/config.gz (CONFIG_IKCONFIG_PROC)");
}

/* A JIT cannot be probed: its message is the only evidence. */
static const char *jit_line(const char *log, int *len)
{
	static const char *const words[] = {
		"in non-JITed programs",
		"attach to only JITed progs",
		"Extension programs should be JITed",
		"JIT is required for calling kernel function",
		"JIT does not support calling kernel function",
		"mixing of tail_calls and bpf-to-bpf calls is not supported",
	};
	const char *line = NULL;
	size_t i;

	for (i = 0; i < SIZE(words) && !line; i++)
		line = strstr(log, words[i]);
	while (line && line > log && line[-1] != '\n')
		line--;
	if (line)
		*len = strcspn(line, "\n");
	return line;
}

bool lack_jit(struct lack *lack, const char *log)
{
	const char *line;
	int len;

	lack->class = LACK_JIT;
	line = jit_line(log, &len);
	return line && found(lack, "%.*s", len, line);
}

static bool lacks_jit(struct lack *lack, const struct load *load)
{
	const char *line;
	int len;

	line = jit_line(load->log, &len);
	return line && found(lack, "kernel has no BPF JIT that can do this: %.*s", len, line);
}

/* Features that libbpf does not support on 32-bit kernels. */
static bool lacks_32_bits(struct lack *lack, const struct load *load)
{
	static const char *const cases[][2] = {
		{ "size 4 must be 8",
		  "libbpf narrows reads of an iterator's context to a 32-bit kernel's pointers, which the verifier refuses" },
		{ "struct_ops init_kern",
		  "libbpf cannot lay out a struct_ops with pointers for a 32-bit kernel" },
	};
	size_t i;

	for (i = 0; sizeof(long) == 4 && i < SIZE(cases); i++)
		if (strstr(load->log, cases[i][0]))
			return found(lack, "%s", cases[i][1]);
	return false;
}

/* In this order: causes before their consequences, messages of the log last. */
static const struct {
	enum lack_class class;
	bool (*lacks)(struct lack *lack, const struct load *load);
} classes[] = {
	{ LACK_SYSCALL, lacks_syscall },
	{ LACK_BTF, lacks_btf },
	{ LACK_PROG_TYPE, lacks_prog_type },
	{ LACK_TARGET, lacks_target },
	{ LACK_TRAMPOLINE, lacks_trampoline },
	{ LACK_MAP_TYPE, lacks_map_type },
	{ LACK_LINK, lacks_struct_ops_link },
	{ LACK_TARGET, lacks_struct_ops },
	{ LACK_PROG_FLAG, lacks_flag },
	{ LACK_ATOMICS, lacks_atomics },
	{ LACK_INSNS, lacks_insns },
	{ LACK_HELPER, lacks_helper },
	{ LACK_KFUNC, lacks_wanted },
	{ LACK_CONFIG, lacks_config_file },
	{ LACK_JIT, lacks_jit },
	{ LACK_32_BITS, lacks_32_bits },
};

bool lack_load(struct lack *lack, const struct bpf_object *obj, int err, const char *log)
{
	struct load load = { .obj = obj, .err = err, .log = log };
	libbpf_print_fn_t print;
	bool lacks = false;
	size_t i;

	/* libbpf's messages on the probes must not replace those on the object. */
	print = libbpf_set_print(NULL);
	for (i = 0; i < SIZE(classes) && !lacks; i++) {
		lack->class = classes[i].class;
		lacks = classes[i].lacks(lack, &load);
	}
	libbpf_set_print(print);
	if (!lacks)
		lack->class = LACK_NOTHING;
	return lacks;
}

/* --- ways to attach ------------------------------------------------------------------- */

static const struct {
	const char *section;
	enum bpf_attach_type attach;
	const char *config;
} links[] = {
	{ "kprobe.multi", BPF_TRACE_KPROBE_MULTI, "CONFIG_FPROBE" },
	{ "kretprobe.multi", BPF_TRACE_KPROBE_MULTI, "CONFIG_FPROBE" },
	{ "kprobe.session", BPF_TRACE_KPROBE_SESSION, "CONFIG_FPROBE" },
	{ "uprobe.multi", BPF_TRACE_UPROBE_MULTI, "CONFIG_UPROBES" },
	{ "uprobe.multi.s", BPF_TRACE_UPROBE_MULTI, "CONFIG_UPROBES" },
	{ "uretprobe.multi", BPF_TRACE_UPROBE_MULTI, "CONFIG_UPROBES" },
	{ "uretprobe.multi.s", BPF_TRACE_UPROBE_MULTI, "CONFIG_UPROBES" },
};

/*
 * Whether the kernel has links of that type: a link to an invalid target is requested, and
 * the error shows whether the kernel has looked for the target.
 */
static bool has_link(enum bpf_attach_type attach)
{
	const struct bpf_insn insns[] = { MOV64_IMM(BPF_REG_0, 0), EXIT() };
	LIBBPF_OPTS(bpf_prog_load_opts, load, .expected_attach_type = attach);
	LIBBPF_OPTS(bpf_link_create_opts, link);
	const char *symbol = "no such function";
	unsigned long offset = 0;
	int prog, fd;

	prog = bpf_prog_load(BPF_PROG_TYPE_KPROBE, NULL, "GPL", insns, SIZE(insns), &load);
	if (prog < 0)
		return false;
	if (attach == BPF_TRACE_UPROBE_MULTI) {
		link.uprobe_multi.path = "/"; /* not a file */
		link.uprobe_multi.offsets = &offset;
		link.uprobe_multi.cnt = 1;
	} else {
		link.kprobe_multi.syms = &symbol;
		link.kprobe_multi.cnt = 1;
	}
	fd = bpf_link_create(prog, 0, attach, &link);
	close(prog);
	if (fd >= 0)
		close(fd);
	return fd != -EINVAL && fd != -EOPNOTSUPP;
}

/*
 * Whether the kernel takes kprobes at the entries of functions: where ftrace has the first
 * instruction, that needs code of the architecture's. A kernel without such events has no answer.
 */
static bool has_entry_kprobe(void)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	FILE *type = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	long fd;

	if (!type)
		return true;
	if (fscanf(type, "%u", &attr.type) != 1)
		attr.type = PERF_TYPE_MAX;
	fclose(type);
	attr.kprobe_func = (uintptr_t)"vfs_fallocate"; /* any that may have a kprobe */
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno != EINVAL;
}

bool lack_attach(struct lack *lack, const char *section, int err)
{
	static const char *const entries[] = { "kprobe", "kretprobe", "ksyscall", "kretsyscall" };
	size_t i;

	lack->class = LACK_NOTHING;
	if (err == -EPERM || err == -EACCES)
		return false;
	for (i = 0; i < SIZE(entries); i++) {
		if (err != -EINVAL || !is_section(section, entries[i]) || has_entry_kprobe())
			continue;
		lack->class = LACK_LINK;
		return found(
			lack,
			"kernel takes no kprobe at the entry of a function (CONFIG_KPROBES_ON_FTRACE)");
	}
	for (i = 0; i < SIZE(links); i++) {
		if (!is_section(section, links[i].section) || has_link(links[i].attach))
			continue;
		lack->class = LACK_LINK;
		return found(lack, "kernel has no links of type %s (%s, 64 bits)", links[i].section,
			     links[i].config);
	}
	return false;
}
