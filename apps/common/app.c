// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See app.h. No getpwnam(), no argp: it must link statically with any libc. */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"

#define MAX_OPTIONS	16
#define MS_PER_SEC	1000
#define NS_PER_MS	1000000
#define WATCH_MS	100

/* The kernel's own, in no header: what it cannot do on this architecture. */
#define ENOTSUPP	524

volatile sig_atomic_t app_stop;

static bool verbose;

/*
 * The end of libbpf's log. A verifier log is one message of up to megabytes
 * and the reason is in its last lines, so it is the end that is kept.
 */
static char log_tail[4096];
static size_t log_len;

static void remember(const char *text, size_t len)
{
	size_t keep;

	if (len > sizeof(log_tail)) {
		text += len - sizeof(log_tail);
		len = sizeof(log_tail);
	}
	keep = sizeof(log_tail) - len;
	if (keep > log_len)
		keep = log_len;
	memmove(log_tail, log_tail + log_len - keep, keep);
	memcpy(log_tail + keep, text, len);
	log_len = keep + len;
}

static void show_log(void)
{
	const char *text = log_tail;
	const char *line;

	if (!log_len || verbose)
		return;
	if (log_len == sizeof(log_tail)) {
		line = memchr(log_tail, '\n', log_len - 1);
		text = line ? line + 1 : log_tail;
		fputs("(-v shows what came before)\n", stderr);
	}
	fwrite(text, 1, log_tail + log_len - text, stderr);
}

static int on_libbpf_print(enum libbpf_print_level level, const char *fmt,
			   va_list args)
{
	char *text;
	int len;

	if (level == LIBBPF_DEBUG && !verbose)
		return 0;
	len = vasprintf(&text, fmt, args);
	if (len < 0)
		return 0;
	if (verbose)
		fputs(text, stderr);
	if (level != LIBBPF_DEBUG)
		remember(text, len);
	free(text);
	return len;
}

static void on_signal(int sig)
{
	(void)sig;
	app_stop = 1;
}

/*
 * No SA_RESTART: a blocking call must come back so that its loop sees app_stop.
 * SA_RESETHAND: a second Ctrl-C ends a process that does not look. SIGPIPE too:
 * whoever read our output has gone, and there may be something to detach; but each
 * line that is said meanwhile brings another one, which must not end us.
 */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction action = { .sa_handler = on_signal };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		action.sa_flags = signals[i] == SIGPIPE ? 0 : SA_RESETHAND;
		sigaction(signals[i], &action, NULL);
	}
}

static void show_option(char letter, const char *name, const char *arg,
			const char *help)
{
	int width = printf("  -%c, --%s %s", letter, name, arg ? arg : "");

	printf("%*s%s", width < 24 ? 24 - width : 1, "", help);
}

static void show_help(const char *name, const char *about,
		      const struct app_option *o)
{
	printf("usage: %s [OPTION...]\n\n%s\n\n", name, about);
	for (; o->name; o++) {
		show_option(o->letter, o->name, o->arg, o->help);
		if (o->number && *o->number)
			printf(" (default %u)", *o->number);
		if (o->text && *o->text)
			printf(" (default %s)", *o->text);
		putchar('\n');
	}
	show_option('v', "verbose", NULL, "show all that libbpf says\n");
	show_option('h', "help", NULL, "show this text\n");
	printf("\nExit code: %d pass, %d failure, %d skipped (the kernel lacks what is needed).\n",
	       APP_PASS, APP_FAIL, APP_SKIP);
}

static void set_option(const char *name, const struct app_option *o,
		       const char *value)
{
	unsigned long number;
	char *end;

	if (o->flag) {
		*o->flag = true;
		return;
	}
	if (o->text) {
		*o->text = value;
		return;
	}
	errno = 0;
	number = strtoul(value, &end, 10);
	if (errno || *end || value[0] < '0' || value[0] > '9' ||
	    number < o->min || number > o->max) {
		fprintf(stderr, "%s: bad --%s '%s': it is not a number from %u to %u; see %s -h\n",
			name, o->name, value, o->min, o->max, name);
		exit(APP_FAIL);
	}
	*o->number = number;
}

void app_init(int argc, char **argv, const char *about,
	      const struct app_option *options)
{
	struct option longs[MAX_OPTIONS + 3] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
	};
	char shorts[2 * MAX_OPTIONS + 3] = "vh";
	const struct app_option *o;
	size_t len = 2, n = 2;
	int c;

	for (o = options; o->name && n < MAX_OPTIONS + 2; o++) {
		longs[n++] = (struct option){
			.name = o->name,
			.has_arg = o->flag ? no_argument : required_argument,
			.val = o->letter,
		};
		shorts[len++] = o->letter;
		if (!o->flag)
			shorts[len++] = ':';
	}

	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (c == 'h') {
			show_help(argv[0], about, options);
			exit(APP_PASS);
		}
		if (c == 'v') {
			verbose = true;
			continue;
		}
		for (o = options; o->name && o->letter != c; o++)
			;
		if (!o->name) {	/* getopt has said what is wrong */
			fprintf(stderr, "%s: -h lists the options\n", argv[0]);
			exit(APP_FAIL);
		}
		set_option(argv[0], o, optarg);
	}
	if (optind < argc) {
		fprintf(stderr, "%s: what is '%s'? Only options are understood; -h lists them\n",
			argv[0], argv[optind]);
		exit(APP_FAIL);
	}

	/* Through a pipe or ssh too, an event is seen when it happens. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(on_libbpf_print);
	catch_signals();
}

int app_verdict(int code, const char *fmt, ...)
{
	va_list args;

	if (code == APP_FAIL)
		show_log();
	fputs(code == APP_PASS ? "PASS: " :
	      code == APP_SKIP ? "SKIP: " : "FAIL: ", stdout);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	if (code == APP_PASS)
		app_keep();
	return code;
}

void app_keep(void)
{
	if (!getenv("APP_KEEP") || app_stop)
		return;
	fputs("APP_KEEP: all stays as it is until Ctrl-C\n", stderr);
	while (!app_stop)
		app_nap(200);
}

const char *app_jit_refusal(void)
{
	static const char *const words[] = {
		"in non-JITed programs",
		"JIT is required for calling kernel function",
		"JIT does not support calling kernel function",
		"mixing of tail_calls and bpf-to-bpf calls is not supported",
	};
	const char *end = log_tail + log_len;
	const char *found = NULL;
	static char line[160];
	const char *stop;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]) && !found; i++)
		found = memmem(log_tail, log_len, words[i], strlen(words[i]));
	if (!found)
		return NULL;
	while (found > log_tail && found[-1] != '\n')
		found--;
	stop = memchr(found, '\n', end - found);
	snprintf(line, sizeof(line), "%.*s", (int)((stop ? stop : end) - found), found);
	log_len = 0;
	return line;
}

#define HELPER_NAME(name)	[BPF_FUNC_##name] = "bpf_" #name
static const char *const helpers[] = { __BPF_FUNC_MAPPER(HELPER_NAME) };

/* The first helper that a program calls and the kernel does not have for its type, or NULL. */
static const char *missing_helper(const struct bpf_program *prog)
{
	const struct bpf_insn *insn = bpf_program__insns(prog);
	const struct bpf_insn *end = insn + bpf_program__insn_cnt(prog);

	for (; insn < end; insn++) {
		/* with a source register it calls a function of the program or of the kernel */
		if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg ||
		    (size_t)insn->imm >= sizeof(helpers) / sizeof(helpers[0]))
			continue;
		if (libbpf_probe_bpf_helper(bpf_program__type(prog), insn->imm, NULL) == 0)
			return helpers[insn->imm];
	}
	return NULL;
}

/*
 * The function, hook or iterator that a program is to be attached to by the
 * kernel's BTF: what follows the slash of its section. NULL: another program.
 */
static const char *btf_target(const struct bpf_program *prog)
{
	switch (bpf_program__expected_attach_type(prog)) {
	case BPF_TRACE_FENTRY:
	case BPF_TRACE_FEXIT:
	case BPF_TRACE_ITER:
	case BPF_LSM_MAC:
		return strchr(bpf_program__section_name(prog), '/') + 1;
	default:
		return NULL;
	}
}

/* Whether a program has an atomic instruction, which the kernel's JIT cannot compile. */
static bool lacks_atomics(const struct bpf_program *prog)
{
	static const struct bpf_insn probe[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .src_reg = BPF_REG_0, .off = -8 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = BPF_REG_10, .src_reg = BPF_REG_0,
		  .off = -8, .imm = BPF_ADD },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct bpf_insn *insn = bpf_program__insns(prog);
	const struct bpf_insn *end = insn + bpf_program__insn_cnt(prog);
	int fd;

	while (insn < end && (BPF_CLASS(insn->code) != BPF_STX || BPF_MODE(insn->code) != BPF_ATOMIC))
		insn++;
	if (insn == end)
		return false;
	fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", probe,
			   sizeof(probe) / sizeof(probe[0]), NULL);
	if (fd < 0)
		return fd == -ENOTSUPP;
	close(fd);
	return false;
}

/*
 * What libbpf cannot do for a kernel of 32 bits that has BTF, whose pointers are not those
 * of a BPF program: the reason, or NULL.
 */
static const char *lacks_32_bits(void)
{
	static const char *const cases[][2] = {
		{ "size 4 must be 8",
		  "libbpf narrows reads of an iterator's context to a 32-bit kernel's pointers, which the verifier refuses" },
		{ "struct_ops init_kern",
		  "libbpf cannot lay out a struct_ops with pointers for a 32-bit kernel" },
	};
	size_t i;

	for (i = 0; sizeof(long) == 4 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (memmem(log_tail, log_len, cases[i][0], strlen(cases[i][0])))
			return cases[i][1];
	return NULL;
}

int app_load_failed(const struct bpf_object *obj, int err)
{
	const char *lacks = lacks_32_bits();
	const char *refusal = app_jit_refusal();
	const char *helper;
	struct bpf_program *prog;
	struct bpf_map *map;

	if (err == -ENOSYS)
		return app_skip("kernel has no bpf system call (CONFIG_BPF_SYSCALL)");
	/* Not -EACCES: that is how the verifier refuses a program. */
	if (err == -EPERM)
		return app_fail("cannot load the BPF programs: %s; run it as root (in a container, with CAP_SYS_ADMIN)",
				strerror(-err));

	bpf_object__for_each_program(prog, obj) {
		enum bpf_prog_type type = bpf_program__type(prog);
		const char *target = btf_target(prog);

		if (!bpf_program__autoload(prog))
			continue;
		if (target && !app_kernel_has_btf())
			return app_skip("kernel has no BTF (CONFIG_DEBUG_INFO_BTF), by which %s is found",
					bpf_program__section_name(prog));
		if (libbpf_probe_bpf_prog_type(type, NULL) == 0)
			return app_skip("kernel has no BPF programs of type %s",
					libbpf_bpf_prog_type_str(type));
		if (target && libbpf_find_vmlinux_btf_id(target,
				bpf_program__expected_attach_type(prog)) < 0)
			return app_skip("kernel has no %s: its BTF does not name it",
					bpf_program__section_name(prog));
		/* Only a kernel with a JIT can make the piece of code that calls them. */
		if (target && err == -ENOMEM && libbpf_find_vmlinux_btf_id("bpf_trampoline_get",
				BPF_TRACE_FENTRY) < 0)
			return app_skip("kernel has no trampolines to %s (CONFIG_BPF_JIT)",
					bpf_program__section_name(prog));
	}
	bpf_object__for_each_map(map, obj) {
		enum bpf_map_type type = bpf_map__type(map);

		if (!bpf_map__autocreate(map))
			continue;
		if (libbpf_probe_bpf_map_type(type, NULL) == 0)
			return app_skip("kernel has no BPF maps of type %s",
					libbpf_bpf_map_type_str(type));
	}
	bpf_object__for_each_program(prog, obj) {
		if (err == -ENOTSUPP && bpf_program__autoload(prog) && lacks_atomics(prog))
			return app_skip("kernel has no atomic BPF instructions on this architecture: its JIT knows none, and it has no interpreter");
		helper = bpf_program__autoload(prog) ? missing_helper(prog) : NULL;
		if (helper)
			return app_skip("kernel has no %s() for BPF programs of type %s", helper,
					libbpf_bpf_prog_type_str(bpf_program__type(prog)));
	}
	if (refusal)
		return app_skip("kernel has no BPF JIT that can do this: %s", refusal);
	if (lacks)
		return app_skip("%s", lacks);
	return app_fail("cannot load the BPF programs: %s; the lines above say where, -v says more",
			strerror(-err));
}

int app_attach_failed(const char *hook, const char *config, int err)
{
	if (err == -ENOENT)
		return app_skip("kernel has no %s (%s)", hook, config);
	if (err == -ENOTSUPP)
		return app_skip("kernel cannot attach to %s on this architecture (%s)",
				hook, config);
	if (err == -EPERM || err == -EACCES)
		return app_fail("cannot attach to %s: %s; run it as root (in a container, with CAP_SYS_ADMIN)",
				hook, strerror(-err));
	return app_fail("cannot attach to %s: %s; -v says more", hook,
			strerror(-err));
}

bool app_kernel_has_btf(void)
{
	return access("/sys/kernel/btf/vmlinux", R_OK) == 0;
}

uint64_t app_misses(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		return 0;
	return info.recursion_misses;
}

int app_watch(struct ring_buffer *events)
{
	int n;

	while (!app_stop) {
		n = ring_buffer__poll(events, WATCH_MS);
		if (n < 0 && n != -EINTR)
			return n;
	}
	n = ring_buffer__consume(events);	/* what came before the signal */
	return n < 0 ? n : 0;
}

uint64_t app_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * MS_PER_SEC + now.tv_nsec / NS_PER_MS;
}

void app_nap(unsigned int ms)
{
	struct timespec time = {
		.tv_sec = ms / MS_PER_SEC,
		.tv_nsec = (long)(ms % MS_PER_SEC) * NS_PER_MS,
	};

	if (!app_stop)
		nanosleep(&time, NULL);
}

void app_pid_namespace(uint64_t *dev, uint64_t *ino)
{
	struct stat st;

	*dev = *ino = 0;
	if (stat("/proc/self/ns/pid", &st))
		return;
	/* The kernel's own dev_t, which is not packed as libc's is. */
	*dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	*ino = st.st_ino;
}
