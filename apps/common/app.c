// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See app.h. No getpwnam(), no argp: apps are linked statically with any libc. */
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

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/why.h"

#define MAX_OPTIONS 16
#define MS_PER_SEC  1000
#define NS_PER_MS   1000000
#define WATCH_MS    100

/* An errno of the kernel that is in no header: not supported on this architecture. */
#define ENOTSUPP 524

volatile sig_atomic_t app_stop;

static bool verbose;

/*
 * The end of libbpf's log. A verifier log is one message of up to megabytes; the reason is
 * in its last lines, so the end is kept.
 */
#define LOG_SIZE 4096
static char log_tail[LOG_SIZE + 1];
static size_t log_len;

static void remember(const char *text, size_t len)
{
	size_t keep;

	if (len > LOG_SIZE) {
		text += len - LOG_SIZE;
		len = LOG_SIZE;
	}
	keep = LOG_SIZE - len;
	if (keep > log_len)
		keep = log_len;
	memmove(log_tail, log_tail + log_len - keep, keep);
	memcpy(log_tail + keep, text, len);
	log_len = keep + len;
	log_tail[log_len] = '\0';
}

static void show_log(void)
{
	const char *text = log_tail;
	const char *line;

	if (!log_len || verbose)
		return;
	if (log_len == LOG_SIZE) {
		line = memchr(log_tail, '\n', log_len - 1);
		text = line ? line + 1 : log_tail;
		fputs("(-v shows what came before)\n", stderr);
	}
	fwrite(text, 1, log_tail + log_len - text, stderr);
}

/* A program of an object, as libbpf logs it when the object is opened. */
struct program {
	struct program *next;
	char section[128], name[64];
};
static struct program *programs;

static void note_program(const char *text)
{
	struct program *prog = calloc(1, sizeof(*prog));

	if (prog && sscanf(text, "libbpf: sec '%127[^']': found program '%63[^']'", prog->section,
			   prog->name) == 2) {
		prog->next = programs;
		programs = prog;
	} else {
		free(prog);
	}
}

static int on_libbpf_print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	bool program = level == LIBBPF_DEBUG && strstr(fmt, "found program '");
	bool relo = level == LIBBPF_DEBUG && strstr(fmt, "relo #");
	char *text;
	int len;

	if (level == LIBBPF_DEBUG && !verbose && !program && !relo)
		return 0;
	len = vasprintf(&text, fmt, args);
	if (len < 0)
		return 0;
	if (verbose)
		fputs(text, stderr);
	if (program)
		note_program(text);
	else if (relo)
		why_note(text);
	else if (level != LIBBPF_DEBUG)
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
 * No SA_RESTART: a blocking call must return so that its loop sees app_stop.
 * SA_RESETHAND: a second Ctrl-C ends a process that does not check app_stop. SIGPIPE means
 * that the reader of the output has gone; the app must still detach its programs. Each
 * further line of output causes another SIGPIPE, which must not end the app.
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

static void show_option(char letter, const char *name, const char *arg, const char *help)
{
	int width = printf("  -%c, --%s %s", letter, name, arg ? arg : "");

	printf("%*s%s", width < 24 ? 24 - width : 1, "", help);
}

static void show_help(const char *name, const char *about, const struct app_option *o)
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

static void set_option(const char *name, const struct app_option *o, const char *value)
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
	if (errno || *end || value[0] < '0' || value[0] > '9' || number < o->min ||
	    number > o->max) {
		fprintf(stderr, "%s: bad --%s '%s': it is not a number from %u to %u; see %s -h\n",
			name, o->name, value, o->min, o->max, name);
		exit(APP_FAIL);
	}
	*o->number = number;
}

void app_init(int argc, char **argv, const char *about, const struct app_option *options)
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
		if (!o->name) { /* getopt has printed the error */
			fprintf(stderr, "%s: -h lists the options\n", argv[0]);
			exit(APP_FAIL);
		}
		set_option(argv[0], o, optarg);
	}
	if (optind < argc) {
		fprintf(stderr, "%s: '%s' is not an option; -h lists the options\n", argv[0],
			argv[optind]);
		exit(APP_FAIL);
	}

	/* Line-buffered also through a pipe or ssh: an event is shown when it happens. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(on_libbpf_print);
	catch_signals();
}

int app_verdict(int code, const char *fmt, ...)
{
	va_list args;

	if (code == APP_FAIL)
		show_log();
	fputs(code == APP_PASS ? "PASS: " : code == APP_SKIP ? "SKIP: " : "FAIL: ", stdout);
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
	static struct lack lack;

	if (!lack_jit(&lack, log_tail))
		return NULL;
	log_len = 0;
	log_tail[0] = '\0';
	return lack.what;
}

int app_load_failed(const struct bpf_object *obj, int err)
{
	struct lack why;

	why_load(&why, obj, err, log_tail);
	if (why_skip(why.class))
		return app_skip("%s", why.what);
	if (why.class == WHY_RIGHTS)
		return app_fail(
			"cannot load the BPF programs: %s; run it as root (in a container, with CAP_SYS_ADMIN)",
			strerror(-err));
	return app_fail(
		"cannot load the BPF programs: %s: %s: %s; the lines above say where, -v says more. %s",
		strerror(-err), why_word(why.class), why.what, why_cure(why.class));
}

/* The section of the program that libbpf could not attach, from its log; or NULL. */
static const char *failed_section(void)
{
	const char *line = NULL, *next;
	struct program *prog;
	char name[64];

	for (next = log_tail; (next = strstr(next, "libbpf: prog '")); next++)
		line = next;
	if (!line || sscanf(line, "libbpf: prog '%63[^']'", name) != 1)
		return NULL;
	for (prog = programs; prog && strcmp(prog->name, name); prog = prog->next)
		;
	return prog ? prog->section : NULL;
}

int app_attach_failed(const char *hook, const char *config, int err)
{
	const char *section = failed_section();
	struct lack lack;

	if (section && lack_attach(&lack, section, err))
		return app_skip("%s", lack.what);
	if (err == -ENOENT)
		return app_skip("kernel has no %s (%s)", hook, config);
	if (err == -ENOTSUPP)
		return app_skip("kernel cannot attach to %s on this architecture (%s)", hook,
				config);
	if (err == -EPERM || err == -EACCES)
		return app_fail(
			"cannot attach to %s: %s; run it as root (in a container, with CAP_SYS_ADMIN)",
			hook, strerror(-err));
	return app_fail("cannot attach to %s: %s; -v says more", hook, strerror(-err));
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

bool app_missed(const struct bpf_program *prog, uint64_t *known)
{
	uint64_t before = *known;

	*known = app_misses(prog);
	return *known > before;
}

int app_watch(struct ring_buffer *events)
{
	int n = 0;

	puts("attached");
	while (!app_stop && (n >= 0 || n == -EINTR))
		n = ring_buffer__poll(events, WATCH_MS);
	if (n >= 0 || n == -EINTR)
		n = ring_buffer__consume(events); /* events before the signal */
	return n < 0 ? app_fail("cannot read the ring buffer: %s", strerror(-n)) : 0;
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
	/* The kernel's dev_t, whose layout is not that of libc's. */
	*dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	*ino = st.st_ino;
}
