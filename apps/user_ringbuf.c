// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of user_ringbuf: writes samples until the buffer is full, has the BPF
 * program drain it, and so on. It discards every tenth sample instead of submitting it.
 * It passes if the program got all others, in order and undamaged.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "user_ringbuf.h"
#include "user_ringbuf.skel.h"

#define DISCARD_EVERY 10

static unsigned int count = 10000;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "write N samples", &count, 1, 100000000),
	{},
};

/* The fate of the samples. */
struct sent {
	unsigned int written, discarded, drains;
	__u64 sum;
};

/* Has the BPF program read all samples. Returns 0, or the verdict. */
static int drain(struct user_ringbuf_bpf *skel, struct sent *sent)
{
	int ret = run_prog(skel->progs.drain, 1);

	if (!ret && skel->bss->drained < 0)
		return app_fail("the BPF program cannot read the buffer: %s; -v says more",
				strerror(-skel->bss->drained));
	sent->drains++;
	return ret;
}

static int write_samples(struct user_ringbuf_bpf *skel, struct user_ring_buffer *buffer,
			 struct sent *sent)
{
	struct user_sample *s;
	int ret = 0;
	__u32 seq;

	for (seq = 0; seq < count && !app_stop && !ret;) {
		s = user_ring_buffer__reserve(buffer, sizeof(*s));
		if (!s && errno != ENOSPC)
			return app_fail("cannot write to the buffer: %m; -v says more");
		if (!s) {
			ret = drain(skel, sent);
			continue;
		}
		s->seq = seq;
		s->check = ~seq;
		if (seq % DISCARD_EVERY == DISCARD_EVERY - 1) {
			user_ring_buffer__discard(buffer, s);
			sent->discarded++;
		} else {
			user_ring_buffer__submit(buffer, s);
			sent->written++;
			sent->sum += seq;
		}
		seq++;
	}
	return ret ? ret : drain(skel, sent);
}

static int run(struct user_ringbuf_bpf *skel)
{
	struct user_ring_buffer *buffer = user_ring_buffer__new(bpf_map__fd(skel->maps.samples),
								NULL);
	struct sent sent = {};
	int ret;

	if (!buffer)
		return app_fail("cannot map the buffer: %m; -v says more");
	ret = write_samples(skel, buffer, &sent);
	user_ring_buffer__free(buffer);
	if (ret)
		return ret;

	printf("written %u, taken back %u, received %u in %u runs\n", sent.written, sent.discarded,
	       skel->bss->received, sent.drains);
	if (skel->bss->wrong)
		return app_fail("%u samples came out of order or damaged", skel->bss->wrong);
	if (skel->bss->received != sent.written || skel->bss->sum != sent.sum)
		return app_fail(
			"what was written and what was received does not add up: %llu and %llu",
			(unsigned long long)sent.sum, (unsigned long long)skel->bss->sum);
	return app_pass("the BPF program got every sample, in order");
}

int main(int argc, char **argv)
{
	struct user_ringbuf_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "User space sends samples to a BPF program through a ring buffer.\n"
		 "Example: ./user_ringbuf -n 100000",
		 options);

	skel = user_ringbuf_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = user_ringbuf_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : run(skel);
	user_ringbuf_bpf__destroy(skel);
	return ret;
}
