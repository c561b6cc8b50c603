// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of usdt: calls a probe of its own, testbench:step, and passes if the BPF
 * program on it saw the arguments each time.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/probeable.h"
#include "common/usdt.h"
#include "usdt.h"
#include "usdt.skel.h"

static unsigned int count = 3;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "call the probe N times", &count, 1, 1000),
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
	printf("testbench:step, %u arguments: %lld %lld\n", e->arguments, (long long)e->nth,
	       (long long)e->cube);
	seen->last = *e;
	seen->events++;
	return 0;
}

/* The function with the probe. */
PROBEABLE static void step(long nth, long cube)
{
	USDT_PROBE2(testbench, step, nth, cube);
}

static int run(struct ring_buffer *events, const struct seen *seen)
{
	unsigned int n;

	for (n = 0; n < count && !app_stop; n++) {
		long nth = n + 1;
		long cube = -nth * nth * nth;

		step(nth, cube);
		ring_buffer__consume(events);
		if (seen->events != n + 1 || seen->last.arguments != 2 || seen->last.nth != nth ||
		    seen->last.cube != cube)
			return app_fail("expected step %u, with 2 arguments: %ld %ld", n + 1, nth,
					cube);
	}
	return app_pass("%u steps, each seen with its arguments", n);
}

int main(int argc, char **argv)
{
	struct ring_buffer *events = NULL;
	struct seen seen = {};
	struct usdt_bpf *skel;
	int ret, err;

	app_init(argc, argv,
		 "A BPF program on a probe (USDT) in this program.\n"
		 "Example: ./usdt -n 5",
		 options);

	/*
	 * Without cookies (Linux before 5.15) libbpf finds a probe by its address, and uses a
	 * long as key of a map whose keys have 64 bits.
	 */
	if (sizeof(long) < sizeof(__u64) &&
	    libbpf_probe_bpf_helper(BPF_PROG_TYPE_KPROBE, BPF_FUNC_get_attach_cookie, NULL) == 0)
		return app_skip("kernel has no bpf_get_attach_cookie(), without which "
				"libbpf finds no USDT probe of a 32-bit program");

	skel = usdt_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = usdt_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	events = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event, &seen, NULL);
	if (!events) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	skel->links.on_step = bpf_program__attach_usdt(skel->progs.on_step, getpid(),
						       "/proc/self/exe", "testbench", "step", NULL);
	if (!skel->links.on_step) {
		ret = errno == ENOTSUP ?
			      app_skip(
				      "libbpf knows no arguments of USDT probes on this architecture") :
			      app_attach_failed("uprobe", "CONFIG_UPROBE_EVENTS", -errno);
		goto out;
	}
	ret = run(events, &seen);
out:
	ring_buffer__free(events);
	usdt_bpf__destroy(skel);
	return ret;
}
