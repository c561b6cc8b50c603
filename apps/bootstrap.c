// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of bootstrap: shows a line for each exec and exit. By default it runs a
 * few children with known exit codes, and passes if the BPF programs reported each of
 * them correctly. With -a it watches the whole system.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/trace.h"
#include "bootstrap.h"
#include "bootstrap.skel.h"

/* The child runs this program again: it exists on every target. */
#define CHILD_FILE "/proc/self/exe"
#define CHILD_ARG  "--child"
#define CHILD_MS   10
#define NS_PER_MS  1000000

static unsigned int count = 3;
static unsigned int seconds;
static bool all;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "run N children", &count, 1, 1000000),
	APP_FLAG('a', "all", "watch all processes, until Ctrl-C", &all),
	APP_NUMBER('t', "duration", "SEC", "watch all processes for SEC seconds", &seconds, 1,
		   1000000),
	{},
};

/* The present child, and what the BPF programs reported of it. */
struct child {
	__u32 pid;
	__u8 exit_code;
	bool exec_seen, exit_seen;
	__u64 duration_ns;
	unsigned int events; /* of all children */
};

static void show_event(const struct event *e)
{
	char clock[16] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	printf("%-8s %-5s %-16s %-7u %-7u ", clock, e->is_exit ? "EXIT" : "EXEC", e->comm, e->pid,
	       e->ppid);
	if (!e->is_exit) {
		printf("%s\n", e->filename);
		return;
	}
	if (e->exit_signal)
		printf("[signal %u]", e->exit_signal);
	else
		printf("[%u]", e->exit_code);
	if (e->duration_ns)
		printf(" (%llu ms)", (unsigned long long)e->duration_ns / NS_PER_MS);
	putchar('\n');
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;
	struct child *child = ctx;

	if (size < sizeof(*e))
		return 0;
	show_event(e);
	child->events++;
	if (all || e->pid != child->pid)
		return 0;

	if (!e->is_exit) {
		child->exec_seen = !strcmp(e->filename, CHILD_FILE);
	} else {
		child->exit_seen = !e->exit_signal && e->exit_code == child->exit_code;
		child->duration_ns = e->duration_ns;
	}
	return 0;
}

/*
 * Forks a child that waits for a byte on the pipe before it execs.
 * Returns its PID, or a negative errno.
 */
static pid_t fork_child(int exit_code, int pipe_fds[2])
{
	char code[8];
	char byte;
	pid_t pid;

	if (pipe(pipe_fds))
		return -errno;
	snprintf(code, sizeof(code), "%d", exit_code);
	pid = fork();
	if (pid < 0) {
		pid = -errno;
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		return pid;
	}
	if (!pid) {
		close(pipe_fds[1]);
		if (read(pipe_fds[0], &byte, 1) == 1)
			execl(CHILD_FILE, "bootstrap", CHILD_ARG, code, NULL);
		_exit(127);
	}
	return pid;
}

/* Runs one child to its end, and returns whether it was reported correctly. */
static bool follow_child(struct bootstrap_bpf *skel, struct ring_buffer *events,
			 struct child *child, unsigned int nth)
{
	uint64_t begin = app_now_ms();
	uint64_t life_ms;
	int fds[2];
	pid_t pid;

	child->exit_code = 1 + nth % 100;
	child->exec_seen = child->exit_seen = false;
	pid = fork_child(child->exit_code, fds);
	if (pid < 0) {
		fprintf(stderr, "cannot make a child: %s\n", strerror(-pid));
		return false;
	}
	child->pid = skel->bss->watched = pid;
	if (write(fds[1], "x", 1) != 1)
		perror("cannot start the child");
	close(fds[0]);
	close(fds[1]);

	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	life_ms = app_now_ms() - begin + 1;

	/* Both events are in the buffer by now: no need to wait. */
	while (!child->exit_seen) {
		int n = ring_buffer__poll(events, APP_WAIT_MS);

		if (n <= 0 && n != -EINTR)
			break;
	}
	if (app_stop) /* Ctrl-C ended the child too */
		return false;
	if (!child->exec_seen || !child->exit_seen) {
		fprintf(stderr, "child %d: no event of its %s\n", pid,
			child->exec_seen ? "exit with the right code" : "exec");
		return false;
	}
	if (child->duration_ns < (__u64)CHILD_MS * NS_PER_MS ||
	    child->duration_ns > life_ms * NS_PER_MS) {
		fprintf(stderr,
			"child %d: %llu ns from exec to exit, but it slept %u ms and was gone after %llu ms\n",
			pid, (unsigned long long)child->duration_ns, CHILD_MS,
			(unsigned long long)life_ms);
		return false;
	}
	return true;
}

static int follow_children(struct bootstrap_bpf *skel, struct ring_buffer *events,
			   struct child *child)
{
	unsigned int n;

	for (n = 0; n < count && !app_stop; n++) {
		if (follow_child(skel, events, child, n))
			continue;
		if (app_stop)
			break;
		return app_fail("the events of child %u are wrong (%u dropped); see the lines above",
				n + 1, skel->bss->dropped);
	}
	return app_pass("%u children, each with its exec, its exit code and its time", n);
}

static int watch_system(struct bootstrap_bpf *skel, struct ring_buffer *events, struct child *child)
{
	uint64_t end = app_now_ms() + seconds * 1000ULL;
	int err;

	while (!app_stop && (!seconds || app_now_ms() < end)) {
		err = ring_buffer__poll(events, 100);
		if (err < 0 && err != -EINTR)
			return app_fail("cannot read the ring buffer: %s", strerror(-err));
	}
	return app_pass("%u events seen, %u dropped", child->events, skel->bss->dropped);
}

int main(int argc, char **argv)
{
	struct ring_buffer *events = NULL;
	struct bootstrap_bpf *skel;
	struct child child = {};
	uint64_t dev, ino;
	int err, ret;

	if (argc == 3 && !strcmp(argv[1], CHILD_ARG)) {
		app_nap(CHILD_MS);
		return atoi(argv[2]);
	}

	app_init(argc, argv,
		 "Follows processes from exec to exit: a few of its own, or with -a or -t all.\n"
		 "Example: ./bootstrap -t 10",
		 options);
	all |= seconds != 0;

	if (!app_kernel_has_btf())
		return app_skip(
			"kernel has no BTF (CONFIG_DEBUG_INFO_BTF), which CO-RE reads need");
	ret = trace_need_tracefs();
	if (ret)
		return ret;

	skel = bootstrap_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	app_pid_namespace(&dev, &ino);
	skel->rodata->pidns_dev = dev;
	skel->rodata->pidns_ino = ino;
	skel->rodata->watch_all = all;

	err = bootstrap_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, &child, NULL);
	if (!events) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	err = bootstrap_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("tracepoint sched/sched_process_exec",
					"CONFIG_EVENT_TRACING", err);
		goto out;
	}

	printf("%-8s %-5s %-16s %-7s %-7s %s\n", "TIME", "EVENT", "COMM", "PID", "PPID",
	       "FILE, OR [EXIT CODE] (TIME SINCE EXEC)");
	ret = all ? watch_system(skel, events, &child) : follow_children(skel, events, &child);

out:
	ring_buffer__free(events);
	bootstrap_bpf__destroy(skel);
	return ret;
}
