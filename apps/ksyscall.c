// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of ksyscall: calls kill(2), harmlessly, and passes if the BPF programs
 * reported the arguments and the result of each call. With -a it shows the calls of all
 * processes.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/self.h"
#include "ksyscall.h"
#include "ksyscall.skel.h"

#define NO_SIGNAL 12345 /* a number beyond the last signal */

static unsigned int count = 3;
static bool all;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "call kill N times", &count, 1, 100000),
	APP_FLAG('a', "all", "show the calls of all processes, until Ctrl-C", &all),
	{},
};

/* The last event, and the number of events. */
struct seen {
	struct event last;
	unsigned int events;
};

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;
	struct seen *seen = ctx;

	if (size < sizeof(*e))
		return 0;
	printf("%-16s %-7u kill(%d, %d) = %d%s%s\n", e->comm, e->caller, e->pid, e->sig, e->ret,
	       e->ret ? " " : "", e->ret ? strerror(-e->ret) : "");
	seen->last = *e;
	seen->events++;
	return 0;
}

static int call(struct ksyscall_bpf *skel, struct ring_buffer *events, struct seen *seen)
{
	const struct {
		pid_t pid;
		int sig;
	} calls[] = {
		{ getpid(), 0 },	 /* signal 0: a check of permission only */
		{ getpid(), NO_SIGNAL }, /* EINVAL */
		{ INT_MAX, 0 },		 /* ESRCH */
	};
	const struct event *last = &seen->last;
	uint64_t misses[2] = {};
	unsigned int n;

	for (n = 0; n < count && !app_stop; n++) {
		pid_t pid = calls[n % 3].pid;
		int sig = calls[n % 3].sig;
		int ret = kill(pid, sig) ? -errno : 0;

		ring_buffer__consume(events);
		if (seen->events == n + 1 && last->pid == pid && last->sig == sig &&
		    last->ret == ret)
			continue;
		if (seen->events == n && (app_missed(skel->progs.on_kill, &misses[0]) ||
					  app_missed(skel->progs.on_return, &misses[1]))) {
			n--; /* once more */
			continue;
		}
		return app_fail(
			"kill(%d, %d) gave %d; of %u calls %u were seen, the last one as kill(%d, %d) = %d",
			pid, sig, ret, n + 1, seen->events, last->pid, last->sig, last->ret);
	}
	return app_pass("%u calls, each seen with its arguments and its result", n);
}

int main(int argc, char **argv)
{
	struct ring_buffer *events = NULL;
	struct ksyscall_bpf *skel;
	struct seen seen = {};
	int err, ret;

	app_init(argc, argv,
		 "Probes on the system call kill(2) see its arguments and its result.\n"
		 "Example: ./ksyscall -a",
		 options);

	if (!app_kernel_has_btf())
		return app_skip(
			"kernel has no BTF (CONFIG_DEBUG_INFO_BTF), which libbpf needs to find the arguments");
	skel = ksyscall_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	skel->rodata->watch_all = all;
	err = ksyscall_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, &seen, NULL);
	if (!events) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	err = ksyscall_bpf__attach(skel);
	if (err) {
		ret = err == -ENOENT ?
			      app_skip(
				      "kernel has no function for kill(2) by a name that libbpf knows, or no kprobes (CONFIG_KPROBE_EVENTS)") :
			      app_attach_failed("kprobe on kill(2)", "CONFIG_KPROBE_EVENTS", err);
		goto out;
	}

	if (all)
		ret = app_watch(events) ?:
					  app_pass("%u calls seen, %u events lost", seen.events,
						   skel->bss->events_lost);
	else
		ret = call(skel, events, &seen);
out:
	ring_buffer__free(events);
	ksyscall_bpf__destroy(skel);
	return ret;
}
