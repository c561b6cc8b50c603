// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of raw_tp: renames itself again and again, and passes if the BPF
 * program saw each old and new name.
 */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/self.h"
#include "raw_tp.h"
#include "raw_tp.skel.h"

static unsigned int count = 3;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "rename N times", &count, 1, 100000),
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
	printf("%s -> %s\n", e->from, e->to);
	seen->last = *e;
	seen->events++;
	return 0;
}

static int rename_self(const struct bpf_program *prog, struct ring_buffer *events,
		       struct seen *seen)
{
	uint64_t misses = 0;
	char from[COMM_LEN], to[COMM_LEN];
	unsigned int n = 0;

	while (n < count && !app_stop) {
		snprintf(to, sizeof(to), "name %u", n + 1);
		if (prctl(PR_GET_NAME, from) || prctl(PR_SET_NAME, to))
			return app_fail("cannot rename this process: %m");
		ring_buffer__consume(events);
		if (seen->events == n && app_missed(prog, &misses))
			continue; /* once more */
		if (seen->events != n + 1 || strcmp(seen->last.from, from) ||
		    strcmp(seen->last.to, to))
			return app_fail(
				"renamed %u times, last from %s to %s; the BPF program saw %u times, last from %s to %s",
				n + 1, from, to, seen->events, seen->last.from, seen->last.to);
		n++;
	}
	return app_pass("%u new names, each seen with the old one", n);
}

int main(int argc, char **argv)
{
	struct ring_buffer *events = NULL;
	struct raw_tp_bpf *skel;
	struct seen seen = {};
	int err, ret;

	app_init(argc, argv,
		 "A BPF program on the raw tracepoint task_rename sees a process's old and new\n"
		 "name. Example: ./raw_tp -n 5",
		 options);

	skel = raw_tp_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	err = raw_tp_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, &seen, NULL);
	if (!events) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	err = raw_tp_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("raw tracepoint task_rename", "CONFIG_TRACEPOINTS", err);
		goto out;
	}
	ret = rename_self(skel->progs.on_rename, events, &seen);
out:
	ring_buffer__free(events);
	raw_tp_bpf__destroy(skel);
	return ret;
}
