// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * jit cost: the instructions that BPF programs take.  The machine's clock must count them: QEMU's
 * does with -icount shift=0, where an instruction takes a nanosecond.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cost.h"

const char *cost_error(int err)
{
	return err == -ENOTSUPP ? "not supported (ENOTSUPP)" : strerror(-err);
}

static int refuse(struct costs *costs, int err)
{
	if (*costs->kernel.verdict)
		snprintf(costs->why, sizeof(costs->why), "kernel does not load it: %s",
			 costs->kernel.verdict);
	else if (err == -ENOTSUPP)
		snprintf(costs->why, sizeof(costs->why), "%s (ENOTSUPP)",
			 costs->mode->enable ? "the JIT gives up on it" : "it takes a JIT");
	else
		snprintf(costs->why, sizeof(costs->why), "kernel does not load it: %s",
			 strerror(-err));
	return -1;
}

/* What a JIT refuses is interpreted, which would be another cost. */
static int check_jited(struct costs *costs, int fd)
{
	if (kernel_jited(fd) || !costs->mode->enable)
		return fd;
	close(fd);
	snprintf(costs->why, sizeof(costs->why), "the JIT leaves it to the interpreter");
	return -1;
}

int cost_load(struct costs *costs, const struct program *prog, int btf_fd,
	      const struct bpf_func_info *funcs, unsigned int n_funcs)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SCHED_CLS;
	attr.insns = pointer(prog->insns);
	attr.insn_cnt = prog->n;
	attr.prog_flags = costs->mode->flags;
	if (btf_fd >= 0) {
		attr.prog_btf_fd = btf_fd;
		attr.func_info = pointer(funcs);
		attr.func_info_rec_size = sizeof(*funcs);
		attr.func_info_cnt = n_funcs;
	}
	fd = kernel_load_attr(&costs->kernel, &attr, true);
	return fd < 0 ? refuse(costs, fd) : check_jited(costs, fd);
}

int cost_load_tracer(struct costs *costs, const struct program *prog, unsigned int attach_type,
		     int target_fd)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_TRACING;
	attr.expected_attach_type = attach_type;
	attr.attach_prog_fd = target_fd;
	attr.attach_btf_id = BTF_MAIN;
	attr.insns = pointer(prog->insns);
	attr.insn_cnt = prog->n;
	fd = kernel_load_attr(&costs->kernel, &attr, true);
	return fd < 0 ? refuse(costs, fd) : check_jited(costs, fd);
}

int cost_try(struct costs *costs, int prog_fd, uint32_t repeat, uint32_t *mean)
{
	union bpf_attr attr;
	int err;

	do {
		memset(&attr, 0, sizeof(attr));
		attr.test.prog_fd = prog_fd;
		attr.test.data_in = pointer(costs->data);
		attr.test.data_size_in = costs->data_size;
		attr.test.ctx_in = pointer(costs->context);
		attr.test.ctx_size_in = costs->context_size;
		attr.test.repeat = repeat;
		err = bpf(BPF_PROG_TEST_RUN, &attr);
	} while (err == -EINTR || err == -EAGAIN);
	*mean = attr.test.duration;
	return err;
}

static uint32_t mean_of(struct costs *costs, int prog_fd, uint32_t repeat)
{
	uint32_t mean;
	int err = cost_try(costs, prog_fd, repeat, &mean);

	if (err)
		bail_out("cannot run a program: %s", strerror(-err));
	if (costs->ring_taken)
		*costs->ring_taken = *(const volatile unsigned long *)costs->ring_put;
	return mean;
}

#define TRIES	   7
#define AT_ONCE	   400000 /* instructions: far less than from one timer interrupt to the next */
#define REPEAT_MIN 20

unsigned int cost_repeat(struct costs *costs, int prog_fd)
{
	uint32_t repeat = AT_ONCE / (mean_of(costs, prog_fd, REPEAT_MIN) + 1);

	return repeat < REPEAT_MIN ? REPEAT_MIN : repeat > COST_REPEAT ? COST_REPEAT : repeat;
}

int64_t cost_of_run(struct costs *costs, int prog_fd, unsigned int repeat)
{
	uint32_t least = UINT32_MAX, mean;

	/* An interrupt adds to a mean; nothing takes away. */
	for (unsigned int i = 0; i < TRIES; i++) {
		mean = mean_of(costs, prog_fd, repeat);
		if (mean < least)
			least = mean;
	}
	return least;
}

int64_t cost_of_one(struct costs *costs, const struct program *prog)
{
	int fd = cost_load(costs, prog, -1, NULL, 0);
	int64_t instructions;

	if (fd < 0)
		return NOT_COUNTED;
	instructions = cost_of_run(costs, fd, COST_REPEAT);
	close(fd);
	return instructions;
}

int64_t cost_of_more(struct costs *costs, int few_fd, int many_fd)
{
	unsigned int repeat;
	int64_t more = NOT_COUNTED;

	if (few_fd >= 0 && many_fd >= 0) {
		repeat = cost_repeat(costs, many_fd);
		more = cost_of_run(costs, many_fd, repeat) - cost_of_run(costs, few_fd, repeat);
	}
	if (few_fd >= 0)
		close(few_fd);
	if (many_fd >= 0)
		close(many_fd);
	return more;
}

/* --- all of them --- */

static const struct cost *table;

static struct name name_of(unsigned int i)
{
	return (struct name){ table[i].name, table[i].group };
}

int list_cost(const char *tests)
{
	unsigned int n;

	table = cost_table(&n);
	return list_chosen(tests, name_of, n);
}

/*
 * The mean of a run is cut to whole instructions, and some machines' clocks count only 10 a
 * microsecond: 64 of a thing may be a few more or less.
 */
static void print_cost(const char *name, int64_t sum, unsigned int of)
{
	int64_t cost = (sum + of / 2) / of, rest = sum - cost * of;

	if ((rest < 0 ? -rest : rest) <= of / 10)
		ktap_result("ok", name, "%" PRId64 " insns", cost);
	else
		ktap_result("ok", name, "%.1f insns", (double)sum / of);
}

static void count(struct costs *costs, const struct cost *cost)
{
	unsigned int of = 1;
	int64_t sum = NOT_COUNTED;

	if (!cost_open(costs, cost))
		sum = cost->count(costs, cost, &of);
	cost_close(costs);
	if (sum == NOT_COUNTED)
		ktap_result("ok", cost->name, "SKIP %s", costs->why);
	else
		print_cost(cost->name, sum, of);
}

int run_cost(struct kernel *kernel, const struct mode *mode, const char *tests, unsigned int first)
{
	static const char packet[64];
	static struct costs costs;
	unsigned int n, seen = 0;
	int chosen;

	table = cost_table(&n);
	chosen = count_chosen(tests, name_of, n);
	if (chosen < 0)
		return 2;
	ktap_plan((int)first < chosen ? chosen - (int)first : 0);
	costs.kernel = *kernel;
	costs.mode = mode;
	costs.data = packet;
	costs.data_size = sizeof(packet);
	cost_operands(kernel->area);
	for (unsigned int i = 0; i < n; i++) {
		if (!is_chosen(tests, name_of(i)) || seen++ < first)
			continue;
		ktap_begin(seen - 1, table[i].name);
		count(&costs, &table[i]);
	}
	return 0;
}
