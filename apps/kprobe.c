// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of kprobe: calls fallocate(2) in ways that succeed and that
 * fail, and passes if the probes saw each with its mode and its result. With -a
 * it shows the calls of all processes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/self.h"
#include "kprobe.h"
#include "kprobe.skel.h"

#define BYTES 4096

static unsigned int count = 4;
static bool all;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "call fallocate N times", &count, 1, 100000),
	APP_FLAG('a', "all", "show the calls of all processes, until Ctrl-C", &all),
	{},
};

/* PUNCH_HOLE needs KEEP_SIZE: the kernel refuses the last mode. */
static const int modes[] = {
	0,
	FALLOC_FL_KEEP_SIZE,
	FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	FALLOC_FL_PUNCH_HOLE,
};

/* The probes' reports of the present call. */
struct seen {
	unsigned int entries, returns;
	int mode, ret;
};

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *e = data;
	struct seen *seen = ctx;

	if (size < sizeof(*e))
		return 0;
	printf("%-16s %-7u ", e->comm, e->pid);
	if (e->is_return) {
		seen->returns++;
		seen->ret = e->ret;
		printf("kretprobe: %d%s%s\n", e->ret, e->ret ? " " : "",
		       e->ret ? strerror(-e->ret) : "");
	} else {
		seen->entries++;
		seen->mode = e->mode;
		printf("kprobe: vfs_fallocate, mode %#x\n", e->mode);
	}
	return 0;
}

static int call(struct kprobe_bpf *skel, struct ring_buffer *events, struct seen *seen)
{
	int fd = memfd_create("kprobe", MFD_CLOEXEC);
	uint64_t misses[2] = {};
	unsigned int n;

	if (fd < 0)
		return app_fail("cannot make a file in memory: %m");
	for (n = 0; n < count && !app_stop; n++) {
		int mode = modes[n % (sizeof(modes) / sizeof(modes[0]))];
		int ret = fallocate(fd, mode, 0, BYTES) ? -errno : 0;

		*seen = (struct seen){};
		ring_buffer__consume(events);
		if (seen->entries == 1 && seen->returns == 1 && seen->mode == mode &&
		    seen->ret == ret)
			continue;
		if (app_missed(skel->progs.on_entry, &misses[0]) ||
		    app_missed(skel->progs.on_return, &misses[1])) {
			n--; /* once more */
			continue;
		}
		close(fd);
		return app_fail(
			"fallocate with mode %#x gave %d; the probes saw %u entries (mode %#x) and %u returns (%d), and lost %u events",
			mode, ret, seen->entries, seen->mode, seen->returns, seen->ret,
			skel->bss->events_lost);
	}
	close(fd);
	return app_pass("%u calls, each seen at its entry and at its return", n);
}

int main(int argc, char **argv)
{
	struct ring_buffer *events = NULL;
	struct kprobe_bpf *skel;
	struct seen seen = {};
	int err, ret;

	app_init(argc, argv,
		 "A kprobe and a kretprobe on the kernel's vfs_fallocate() see the mode and the\n"
		 "result of each fallocate(2). Example: ./kprobe -a",
		 options);

	skel = kprobe_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	skel->rodata->watch_all = all;
	err = kprobe_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, &seen, NULL);
	if (!events) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	err = kprobe_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("kprobe vfs_fallocate", "CONFIG_KPROBE_EVENTS", err);
		goto out;
	}

	if (all)
		ret = app_watch(events) ?:
					  app_pass("%u entries and %u returns seen, %u events lost",
						   seen.entries, seen.returns, skel->bss->events_lost);
	else
		ret = call(skel, events, &seen);
out:
	ring_buffer__free(events);
	kprobe_bpf__destroy(skel);
	return ret;
}
