/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The parts that all user halves share: options, libbpf's log, signals, verdicts. An app
 * then looks like this (see docs/first-app.md):
 *
 *	int main(int argc, char **argv)
 *	{
 *		app_init(argc, argv, "what it shows", options);
 *		skel = my_bpf__open();
 *		if (!skel)
 *			return app_fail("cannot open the BPF object");
 *		err = my_bpf__load(skel);
 *		if (err) {
 *			ret = app_load_failed(skel->obj, err);
 *			goto out;
 *		}
 *		...
 *		ret = app_pass("%u events", events);
 *	out:
 *		my_bpf__destroy(skel);
 *		return ret;
 *	}
 */
#ifndef APP_H
#define APP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct bpf_object;
struct bpf_program;
struct ring_buffer;

/*
 * How long an app waits for an event that must happen, in milliseconds: long enough for
 * a guest that is emulated on a busy machine; only a failure takes that long.
 */
#define APP_WAIT_MS 60000

/* Exit codes, as in kselftest. */
enum {
	APP_PASS = 0,
	APP_FAIL = 1,
	APP_SKIP = 4,
};

/*
 * The options of an app: an array of these, terminated by an empty element. Each variable
 * holds the default until app_init() has run. -h and -v need no entry.
 */
struct app_option {
	char letter;	      /* 'n' for -n */
	const char *name;     /* "count" for --count */
	const char *arg;      /* name of the value in the help: "N", "SEC" */
	const char *help;     /* one line, without the default */
	unsigned int *number; /* the value goes to one of these three */
	const char **text;
	bool *flag;
	unsigned int min, max; /* of a number */
};

#define APP_NUMBER(l, n, a, h, var, lo, hi) \
	{ .letter = l, .name = n, .arg = a, .help = h, .number = var, .min = lo, .max = hi }
#define APP_TEXT(l, n, a, h, var) { .letter = l, .name = n, .arg = a, .help = h, .text = var }
#define APP_FLAG(l, n, h, var)	  { .letter = l, .name = n, .help = h, .flag = var }

/* Set by the first Ctrl-C (or TERM, HUP, PIPE). Every loop must check it. */
extern volatile sig_atomic_t app_stop;

/*
 * Reads the options, sets up signals, line-buffered output and libbpf's log.
 * @about: the description for -h, a few lines, with an example.
 * Does not return after -h (exit code 0) or a bad option (exit code 1).
 */
void app_init(int argc, char **argv, const char *about, const struct app_option *options);

/*
 * The verdict, for main() to return: prints the last line, gives the exit code.
 * A failure first shows the end of the log of libbpf and the verifier.
 * Its message says what failed, why, and what to do.
 */
#define app_pass(...) app_verdict(APP_PASS, __VA_ARGS__)
#define app_fail(...) app_verdict(APP_FAIL, __VA_ARGS__)
#define app_skip(...) app_verdict(APP_SKIP, __VA_ARGS__)
int app_verdict(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * With APP_KEEP in its environment, an app that has passed keeps its programs attached
 * until Ctrl-C, for make show-<app> and the like. app_pass() does that; only an app that
 * detaches before its verdict calls this function, before it detaches.
 */
void app_keep(void);

/*
 * The verdict on a failed <app>_bpf__load(): a skip if the kernel lacks a feature that the
 * programs need (common/lack.h lists these; they are probed, never derived from the kernel's
 * version), otherwise a failure with the reason.
 * @err: what load returned, negative.
 */
int app_load_failed(const struct bpf_object *obj, int err);

/*
 * For an app that can do without some program: the verifier's message if the last load
 * failed because the JIT is off or cannot compile such a program (the interpreter supports
 * no callbacks, for example); NULL if it failed for another reason.
 * A message clears the log.
 */
const char *app_jit_refusal(void);

/*
 * The verdict on a failed attach. A hook that does not exist is a skip, and so
 * is a way to attach that the kernel does not have, or not on this architecture.
 * @hook: "tracepoint sched/sched_process_exec"
 * @config: the kernel option that would provide it, "CONFIG_..."
 * @err: what attach returned, negative.
 */
int app_attach_failed(const char *hook, const char *config, int err);

/* Whether the kernel has BTF, which every CO-RE read needs. */
bool app_kernel_has_btf(void);

/*
 * How many calls of a program the kernel has left out, because another BPF program was
 * running on the same CPU in a task that was preempted there. An app that counts
 * events must take these into account.
 */
uint64_t app_misses(const struct bpf_program *prog);

/*
 * Whether app_misses() of a program has grown since the last call. An app whose event
 * was not seen then causes the event again; without misses it is a failure.
 * @known: the count at the last call; 0 before the first.
 */
bool app_missed(const struct bpf_program *prog, uint64_t *known);

/*
 * Prints "attached", and reads a ring buffer until Ctrl-C.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int app_watch(struct ring_buffer *events);

/* Time since boot in milliseconds: not affected by a change of the clock. */
uint64_t app_now_ms(void);

/* Sleeps, until a signal at most. */
void app_nap(unsigned int ms);

/*
 * The device and inode of this process's PID namespace, for current_pid() of the BPF half
 * (common/pid.bpf.h); zeros if the kernel has no PID namespaces.
 */
void app_pid_namespace(uint64_t *dev, uint64_t *ino);

#endif
