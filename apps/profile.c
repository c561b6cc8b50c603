// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of profile: spends its time alternately in a function of its own and in
 * the kernel, and shows how many samples were taken of each stack: a line for each, in the
 * format of flame graphs, with the kernel's functions marked _[k]. It passes if samples
 * of both were taken.
 */
/* Frame pointers, by which the kernel walks the program's stack. */
#pragma GCC optimize("no-omit-frame-pointer", "no-optimize-sibling-calls")
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>
#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/symbols.h"
#include "profile.h"
#include "profile.skel.h"

#define HZ	   200
#define MAX_STACKS 1024
#define TURN_MS	   10
/*
 * A turn is a few long calls. With many short calls, and the clock read between them, the
 * samples of an emulated machine would show the reading: QEMU takes the interrupt of a MIPS
 * CPU's timer where the program reads the clock.
 */
#define BURN_ROUNDS 1000000
#define ZEROS	    (4 << 20)
/* A kernel that has not recorded a stack of its own in so many samples records none (PA-RISC's). */
#define NO_STACK 1000

static unsigned int count = 50;

static const struct app_option options[] = {
	APP_NUMBER('n', "samples", "N", "end after N samples", &count, 1, 100000),
	{},
};

/* The sum of the samples. */
struct profile {
	struct symbols *kernel, *self;
	struct stack {
		char *text;
		unsigned int samples;
	} stacks[MAX_STACKS];
	unsigned int samples, in_kernel, in_burn;
	bool kernel_stacks; /* one at least was recorded */
};

/* The two places: a function of the program, and the kernel's /dev/zero. */
void burn(void);
void __attribute__((noinline)) burn(void)
{
	volatile unsigned int i;

	for (i = 0; i < BURN_ROUNDS; i++)
		;
}

static void __attribute__((noinline)) read_zeros(int zero)
{
	static char zeros[ZEROS];

	if (read(zero, zeros, sizeof(zeros)) < 0)
		perror("read");
}

/* The outermost function first: the format of flame graphs. */
static void print_stack(FILE *out, const struct symbols *symbols, const __u64 *stack, int bytes,
			const char *mark)
{
	int i;

	for (i = bytes / (int)sizeof(*stack) - 1; i >= 0; i--) {
		const char *name = symbols_find(symbols, stack[i]);

		if (ftell(out))
			fputc(';', out);
		fprintf(out, "%s%s", name ? name : "?", mark);
	}
}

static int on_sample(void *ctx, void *data, size_t size)
{
	const struct stack_sample *s = data;
	struct profile *p = ctx;
	const char *name = NULL;
	size_t length;
	char *text;
	FILE *out;
	int i;

	if (size < sizeof(*s))
		return 0;
	out = open_memstream(&text, &length);
	if (!out)
		return -errno;
	print_stack(out, p->self, s->user, s->user_bytes, "");
	print_stack(out, p->kernel, s->kernel, s->kernel_bytes, "_[k]");
	fclose(out);
	p->samples++;
	p->kernel_stacks |= s->kernel_bytes > 0;
	if (s->user_bytes > 0)
		name = symbols_find(p->self, s->user[0]);
	p->in_kernel += s->kernel_bytes > 0 && strstr(text, "read_[k];");
	p->in_burn += s->kernel_bytes <= 0 && name && !strcmp(name, "burn");

	for (i = 0; i < MAX_STACKS - 1; i++) /* the last one is for all other stacks */
		if (!p->stacks[i].text || !strcmp(p->stacks[i].text, text))
			break;
	p->stacks[i].samples++;
	if (p->stacks[i].text)
		free(text);
	else
		p->stacks[i].text = text;
	return 0;
}

static int run(struct profile_bpf *skel, struct ring_buffer *samples, struct profile *p)
{
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	uint64_t end = app_now_ms() + APP_WAIT_MS;
	unsigned int each = (count + 3) / 4;
	int i, err;

	if (zero < 0)
		return app_fail("cannot open /dev/zero: %m; is /dev mounted?");
	while (!app_stop && app_now_ms() < end) {
		uint64_t next = app_now_ms() + TURN_MS;
		bool in_kernel = p->in_kernel <= p->in_burn;

		if (p->samples >= count && p->in_burn >= each && p->in_kernel >= each)
			break;
		/* A call may be as long as ten turns: the place with fewer samples is next. */
		while (app_now_ms() < next)
			in_kernel ? read_zeros(zero) : burn();
		err = ring_buffer__consume(samples);
		if (err < 0)
			return app_fail("cannot read the ring buffer: %s", strerror(-err));
		if (!p->kernel_stacks && p->samples >= NO_STACK)
			return app_skip("the kernel does not record its own stack: none in %u samples",
					p->samples);
	}
	close(zero);
	app_keep();
	bpf_link__destroy(skel->links.on_sample);
	skel->links.on_sample = NULL;

	for (i = 0; i < MAX_STACKS && p->stacks[i].text; i++)
		printf("%s %u\n", p->stacks[i].text, p->stacks[i].samples);
	if (!app_stop && p->samples < count)
		return app_fail("%u of %u samples in %u s", p->samples, count, APP_WAIT_MS / 1000);
	if (!app_stop && (p->in_burn < each || p->in_kernel < each))
		return app_fail(
			"of %u samples, %u are in burn() and %u in the kernel's read; there should be %u of each",
			p->samples, p->in_burn, p->in_kernel, each);
	return app_pass("%u samples: %u in burn(), %u in the kernel's read, %u lost", p->samples,
			p->in_burn, p->in_kernel, skel->bss->samples_lost);
}

/* An event each 1/HZ of a second of this process's CPU time. */
static int open_clock(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_freq = HZ,
		.freq = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int main(int argc, char **argv)
{
	struct ring_buffer *samples = NULL;
	static struct profile profile;
	struct profile_bpf *skel;
	int clock, err, ret;

	app_init(argc, argv,
		 "A profiler: a BPF program samples the stack of this process, in its own functions\n"
		 "and in the kernel's. Example: ./profile -n 500",
		 options);

	skel = profile_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = profile_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	profile.self = symbols_of_self();
	profile.kernel = symbols_of_kernel();
	if (!profile.self || !profile.kernel) {
		ret = app_fail(
			"cannot read the symbols of %s: %m; sysctl kernel.kptr_restrict=0 shows the kernel's",
			profile.self ? "the kernel" : "this program");
		goto out;
	}
	samples = ring_buffer__new(bpf_map__fd(skel->maps.samples), on_sample, &profile, NULL);
	if (!samples) {
		ret = app_fail("cannot map the ring buffer: %m; -v says more");
		goto out;
	}
	clock = open_clock();
	if (clock < 0) {
		ret = app_attach_failed("perf event cpu-clock", "CONFIG_PERF_EVENTS", clock);
		goto out;
	}
	skel->links.on_sample = bpf_program__attach_perf_event(skel->progs.on_sample, clock);
	if (!skel->links.on_sample) {
		ret = app_attach_failed("perf event cpu-clock", "CONFIG_BPF_EVENTS", -errno);
		close(clock);
		goto out;
	}
	ret = run(skel, samples, &profile);
out:
	symbols_free(profile.kernel);
	symbols_free(profile.self);
	ring_buffer__free(samples);
	profile_bpf__destroy(skel);
	return ret;
}
