// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* jit program: what a run of a loaded program costs, on a machine whose clock counts instructions. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cost.h"

static int fail(const char *what, int err)
{
	printf("not counted: %s: %s\n", what, cost_error(err));
	return 1;
}

/* Whether the kernel runs a program of the type on a packet. */
static bool takes_packet(unsigned int type)
{
	switch (type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
	case BPF_PROG_TYPE_SK_SKB:
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
	case 32: /* NETFILTER */
		return true;
	}
	return false;
}

/* Reads all of the file, of 64 KiB at most. */
static int read_input(const char *path, void *data, uint32_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, data, 1 << 16);
	close(fd);
	if (got < 0)
		return -errno;
	*size = got;
	return 0;
}

/* "r0 = 1; exit" of the same type: 1 is a verdict in all of them. */
static int load_empty(struct kernel *kernel, unsigned int type)
{
	const struct bpf_insn insns[] = { MOV64_IMM(BPF_REG_0, 1), EXIT() };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	if (type == BPF_PROG_TYPE_SK_LOOKUP)
		attr.expected_attach_type = BPF_SK_LOOKUP;
	else if (type == 32)
		attr.expected_attach_type = 45; /* BPF_NETFILTER */
	attr.insns = pointer(insns);
	attr.insn_cnt = N_OF(insns);
	return kernel_load_attr(kernel, &attr, true);
}

static int read_inputs(struct costs *costs, unsigned int type, const char *data,
		       const char *context)
{
	static char data_in[1 << 16], context_in[1 << 16];
	int err = 0;

	if (*data)
		err = read_input(data, data_in, &costs->data_size);
	else if (takes_packet(type))
		costs->data_size = 64;
	if (costs->data_size)
		costs->data = data_in;
	if (!err && *context) {
		err = read_input(context, context_in, &costs->context_size);
		costs->context = context_in;
	}
	return err;
}

int cost_program(uint32_t id, const char *data, const char *context)
{
	static struct costs costs;
	struct bpf_prog_info info;
	union bpf_attr attr;
	int64_t run, empty;
	uint32_t mean;
	int fd, none, err;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
	if (fd < 0)
		return fail("there is no such program", fd);
	memset(&info, 0, sizeof(info));
	err = kernel_info(fd, &info);
	if (err)
		return fail("the program's type is unknown", err);
	err = read_inputs(&costs, info.type, data, context);
	if (err)
		return fail("its input cannot be read", err);

	err = cost_try(&costs, fd, 2, &mean);
	if (err)
		return fail("the kernel does not run it repeatedly, as a test", err);
	none = load_empty(&costs.kernel, info.type);
	if (none < 0)
		return fail("the kernel loads no empty program to compare with", none);
	run = cost_of_run(&costs, fd, cost_repeat(&costs, fd));
	empty = cost_of_run(&costs, none, COST_REPEAT);
	printf("%" PRId64 " %" PRId64 " %s\n", run - empty, empty,
	       info.jited_prog_len ? "JITed" : "interpreted");
	return 0;
}
