// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of ring: has the two BPF programs send bursts of the same events, one
 * program through a ring buffer and one through a perf buffer, reads each buffer between
 * the bursts, and compares. A burst that is larger than a buffer loses events on
 * purpose; the app passes if every event is received or counted as lost.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "ring.h"
#include "ring.skel.h"

static unsigned int count = 10000;
static unsigned int burst = 100;
static unsigned int size_kib = 64;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "send N events through each", &count, 1, 100000000),
	APP_NUMBER('b', "burst", "N", "read the buffers after each N events", &burst, 1, 1000000),
	APP_NUMBER('s', "size", "KIB",
		   "size of a buffer: a power of two of whole pages, at least KIB", &size_kib, 1,
		   65536),
	{},
};

/* One of the two buffers, and what the user half read from it. */
struct buffer {
	const char *name;
	const struct bpf_program *prog;
	struct ring_buffer *ring; /* one of these two */
	struct perf_buffer *perf;
	struct counts *bpf; /* what the BPF program counts */
	__u32 received;
	__u32 lost;  /* as the kernel reported to the reader */
	__u32 wrong; /* out of order, or damaged */
	__u32 next_seq;
	__u32 wakeups;
	uint64_t sending_ns, reading_ns;
};

static void count_event(struct buffer *b, const struct event *e)
{
	bool wrong = e->seq < b->next_seq;
	int i;

	for (i = 0; i < PAYLOAD_WORDS; i++)
		wrong |= e->payload[i] != e->seq;
	b->received++;
	b->wrong += wrong;
	b->next_seq = e->seq + 1;
}

static int on_ring_event(void *ctx, void *data, size_t size)
{
	(void)size;
	count_event(ctx, data);
	return 0;
}

static void on_perf_event(void *ctx, int cpu, void *data, __u32 size)
{
	struct event e;

	(void)cpu;
	(void)size;
	/* The event follows a 4-byte length: its 8-byte field is not aligned. */
	memcpy(&e, data, sizeof(e));
	count_event(ctx, &e);
}

static void on_perf_lost(void *ctx, int cpu, __u64 lost)
{
	struct buffer *b = ctx;

	(void)cpu;
	b->lost += lost;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Has the kernel run the program @n times in a row. Returns 0, or the verdict. */
static int send_events(struct buffer *b, unsigned int n)
{
	uint64_t begin = now_ns();
	int ret = run_prog(b->prog, n);

	b->sending_ns += now_ns() - begin;
	return ret;
}

/*
 * Reads until each event is accounted for, received or dropped.
 * Returns 0 or a negative errno, -ETIMEDOUT if an event never arrives.
 */
static int read_events(struct buffer *b)
{
	uint64_t begin = now_ns();
	int err = 0;
	int n;

	while (!err && b->received + b->bpf->dropped != b->bpf->produced) {
		n = b->ring ? ring_buffer__poll(b->ring, APP_WAIT_MS) :
			      perf_buffer__poll(b->perf, APP_WAIT_MS);
		if (n > 0)
			b->wakeups++;
		else if (n != -EINTR)
			err = n ? n : -ETIMEDOUT;
	}
	b->reading_ns += now_ns() - begin;
	return err;
}

/* Sends a burst and reads it. Returns 0, or the verdict with its message printed. */
static int send_and_read(struct buffer *b, unsigned int n)
{
	int err = send_events(b, n);

	if (err)
		return err;
	err = read_events(b);
	if (err)
		return app_fail("the %s does not add up: %u produced, %u received, %u dropped: %s",
				b->name, b->bpf->produced, b->received, b->bpf->dropped,
				strerror(-err));
	return 0;
}

static void show_row(const char *what, __u64 ring, __u64 perf)
{
	printf("%-24s %14llu %14llu\n", what, (unsigned long long)ring, (unsigned long long)perf);
}

static void show(const struct buffer *ring, const struct buffer *perf, size_t size)
{
	__u32 ring_sent = ring->bpf->produced ? ring->bpf->produced : 1;
	__u32 perf_sent = perf->bpf->produced ? perf->bpf->produced : 1;

	printf("%-24s %14s %14s\n", "", ring->name, perf->name);
	show_row("bytes", size, size);
	show_row("buffers (one a CPU)", 1, perf_buffer__buffer_cnt(perf->perf));
	show_row("produced", ring->bpf->produced, perf->bpf->produced);
	show_row("received", ring->received, perf->received);
	show_row("dropped, BPF saw", ring->bpf->dropped, perf->bpf->dropped);
	/* A ring buffer does not report lost events: its BPF program counts them. */
	printf("%-24s %14s %14u\n", "dropped, reader was told", "-", perf->lost);
	show_row("reader wakeups", ring->wakeups, perf->wakeups);
	show_row("ns to send one", ring->sending_ns / ring_sent, perf->sending_ns / perf_sent);
	show_row("ns to receive one", ring->reading_ns / (ring->received ? ring->received : 1),
		 perf->reading_ns / (perf->received ? perf->received : 1));
}

static int run(struct buffer *ring, struct buffer *perf, size_t size)
{
	unsigned int sent, n;
	int ret;

	for (sent = 0; sent < count && !app_stop; sent += n) {
		n = count - sent < burst ? count - sent : burst;
		ret = send_and_read(ring, n);
		if (ret)
			return ret;
		ret = send_and_read(perf, n);
		if (ret)
			return ret;
	}
	/* The kernel reports lost events together with the next event that fits. */
	if (perf->lost != perf->bpf->dropped) {
		ret = send_and_read(perf, 1);
		if (ret)
			return ret;
	}
	show(ring, perf, size);

	if (!app_stop && (ring->bpf->produced < count || perf->bpf->produced < count))
		return app_fail("%u events were asked for, but the kernel ran the programs less often",
				count);
	if (ring->wrong || perf->wrong)
		return app_fail(
			"events arrived out of order or damaged: %u of the ring buffer, %u of the perf buffer",
			ring->wrong, perf->wrong);
	if (!app_stop && perf->lost != perf->bpf->dropped)
		return app_fail(
			"the perf buffer's reader was told of %u lost events, the BPF program saw %u",
			perf->lost, perf->bpf->dropped);
	return app_pass("produced = received + dropped, for both buffers");
}

/* The size of each buffer: the kernel takes 2^n whole pages. */
static size_t buffer_size(void)
{
	size_t size = sysconf(_SC_PAGESIZE);

	while (size < size_kib * 1024UL)
		size *= 2;
	return size;
}

int main(int argc, char **argv)
{
	struct buffer ring = { .name = "ring buffer" };
	struct buffer perf = { .name = "perf buffer" };
	struct ring_bpf *skel;
	size_t size;
	int err, ret;

	app_init(argc, argv,
		 "Sends the same events through a ring buffer and a perf buffer, in bursts, and\n"
		 "compares. A burst that does not fit loses events on purpose.\n"
		 "Example: ./ring -s 4 -b 5000",
		 options);

	/*
	 * All on one CPU: only that CPU's part of the perf buffer is used, so events keep
	 * their order, and lost events are reported with the next event.
	 */
	if (run_on_cpu(sched_getcpu()))
		return app_fail("cannot stay on one CPU: %m; allow sched_setaffinity");

	skel = ring_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	size = buffer_size();
	bpf_map__set_max_entries(skel->maps.ring, size);
	err = ring_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}

	ring.prog = skel->progs.to_ring;
	ring.bpf = &skel->bss->ring_counts;
	ring.ring = ring_buffer__new(bpf_map__fd(skel->maps.ring), on_ring_event, &ring, NULL);
	if (!ring.ring) {
		ret = app_fail("cannot map a ring buffer of %zu bytes: %m; try a smaller -s", size);
		goto out;
	}
	perf.prog = skel->progs.to_perf;
	perf.bpf = &skel->bss->perf_counts;
	perf.perf = perf_buffer__new(bpf_map__fd(skel->maps.perf), size / sysconf(_SC_PAGESIZE),
				     on_perf_event, on_perf_lost, &perf, NULL);
	if (!perf.perf) {
		ret = app_fail("cannot map perf buffers of %zu bytes: %m; try a smaller -s", size);
		goto out;
	}

	ret = run(&ring, &perf, size);

out:
	perf_buffer__free(perf.perf);
	ring_buffer__free(ring.ring);
	ring_bpf__destroy(skel);
	return ret;
}
