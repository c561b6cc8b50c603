// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of minimal_ns: makes a PID namespace, whose first process starts a few
 * more, which exit one by one: PIDs 2, 3 ... and at last 1. It passes if the BPF program
 * reported these and no others.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/trace.h"
#include "minimal_ns.h"
#include "minimal_ns.skel.h"

static unsigned int count = 3;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "run N processes in the namespace", &count, 1, 1000),
	{},
};

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;
	unsigned int *ended = ctx;
	unsigned int pid = *ended == count ? 1 : *ended + 2;

	if (size < sizeof(*e))
		return 0;
	printf("PID %u in the namespace is PID %u of the kernel\n", e->pid, e->kernel_pid);
	if (e->pid == pid)
		++*ended;
	return 0;
}

/* The first process of the namespace. */
static void first_process(int go)
{
	unsigned int n;
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(1);
	for (n = 0; n < count; n++) {
		pid_t child = fork();

		if (!child)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			_exit(1);
	}
	_exit(0);
}

/* Tells the BPF program the namespace. Returns 0 or a negative errno. */
static int watch_namespace_of(struct minimal_ns_bpf *skel)
{
	uint64_t dev, ino;
	struct stat st;

	app_pid_namespace(&dev, &ino); /* of our namespace: the device is the same for all */
	if (stat("/proc/self/ns/pid_for_children", &st))
		return -errno;
	skel->bss->pidns_dev = dev;
	skel->bss->pidns_ino = st.st_ino;
	return 0;
}

static int run(struct minimal_ns_bpf *skel, struct ring_buffer *events, const unsigned int *ended)
{
	int go[2], err, status;
	pid_t first;

	/* From here on children are in a new namespace, but this process is not. */
	if (unshare(CLONE_NEWPID))
		return errno == EINVAL ?
			       app_skip("kernel has no PID namespaces (CONFIG_PID_NS)") :
			       app_fail("cannot make a PID namespace: %m; run it as root");
	if (pipe2(go, O_CLOEXEC))
		return app_fail("cannot make a pipe: %m");
	first = fork();
	if (first < 0)
		return app_fail("cannot make a process: %m");
	if (!first)
		first_process(go[0]);
	close(go[0]);

	err = watch_namespace_of(skel);
	if (!err && write(go[1], "x", 1) != 1)
		err = -errno;
	close(go[1]);
	while (waitpid(first, &status, 0) < 0 && errno == EINTR)
		;
	if (err || status)
		return app_fail("cannot run processes in a PID namespace: %s",
				err ? strerror(-err) : "they failed");

	printf("PID 1 in the namespace is PID %d in ours\n", first);
	ring_buffer__consume(events);
	if (*ended != count + 1)
		return app_fail("of %u processes the BPF program saw %u in the right order",
				count + 1, *ended);
	return app_pass("all %u processes of the namespace seen, and no other", *ended);
}

int main(int argc, char **argv)
{
	struct ring_buffer *events = NULL;
	struct minimal_ns_bpf *skel;
	unsigned int ended = 0;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program that reports the processes of a PID namespace by their PIDs there.\n"
		 "Example: ./minimal_ns -n 5",
		 options);
	ret = trace_need_tracefs();
	if (ret)
		return ret;

	skel = minimal_ns_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = minimal_ns_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, &ended, NULL);
	if (!events) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	err = minimal_ns_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("tracepoint sched/sched_process_exit",
					"CONFIG_EVENT_TRACING", err);
		goto out;
	}
	ret = run(skel, events, &ended);
out:
	ring_buffer__free(events);
	minimal_ns_bpf__destroy(skel);
	return ret;
}
