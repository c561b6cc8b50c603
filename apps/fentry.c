// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of fentry: calls fallocate(2) and passes if the BPF program saw
 * each call's arguments, and followed the file's pointers to its inode number.
 * With -a it shows the calls of all processes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/self.h"
#include "fentry.h"
#include "fentry.skel.h"

#define BYTES 4096

static unsigned int count = 3;
static bool all;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "call fallocate N times", &count, 1, 100000),
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
	printf("%-16s %-7u inode %llu, mode %#x, %lld bytes at %lld\n", e->comm, e->pid,
	       (unsigned long long)e->inode, e->mode, (long long)e->length, (long long)e->offset);
	seen->last = *e;
	seen->events++;
	return 0;
}

static int call(struct ring_buffer *events, struct seen *seen)
{
	int fd = memfd_create("fentry", MFD_CLOEXEC);
	struct stat st;
	unsigned int n;

	if (fd < 0 || fstat(fd, &st))
		return app_fail("cannot make a file in memory: %m");
	for (n = 0; n < count && !app_stop; n++) {
		int mode = n % 2 ? FALLOC_FL_KEEP_SIZE : 0;
		off_t offset = (off_t)n * BYTES;

		if (fallocate(fd, mode, offset, BYTES + n)) {
			close(fd);
			return app_fail("cannot allocate memory of a file: %m");
		}
		ring_buffer__consume(events);
		if (seen->events != n + 1 || seen->last.inode != st.st_ino ||
		    seen->last.mode != mode || seen->last.offset != offset ||
		    seen->last.length != BYTES + n) {
			close(fd);
			return app_fail(
				"call %u was seen %u times, or with other values: inode %llu, mode %#x, %u bytes at %lld",
				n + 1, seen->events - n, (unsigned long long)st.st_ino, mode,
				BYTES + n, (long long)offset);
		}
	}
	close(fd);
	return app_pass("%u calls, each seen with its arguments and its file's inode", n);
}

int main(int argc, char **argv)
{
	struct ring_buffer *events = NULL;
	struct fentry_bpf *skel;
	struct seen seen = {};
	int err, ret;

	app_init(argc, argv,
		 "A BPF program at the entry of the kernel's vfs_fallocate() reads its arguments\n"
		 "and follows its pointers. Example: ./fentry -a",
		 options);

	skel = fentry_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	skel->rodata->watch_all = all;
	err = fentry_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, &seen, NULL);
	if (!events) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	err = fentry_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("fentry vfs_fallocate",
					"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", err);
		goto out;
	}

	if (all)
		ret = app_watch(events) ?:
					  app_pass("%u calls seen, %u events lost", seen.events,
						   skel->bss->events_lost);
	else
		ret = call(events, &seen);
out:
	ring_buffer__free(events);
	fentry_bpf__destroy(skel);
	return ret;
}
