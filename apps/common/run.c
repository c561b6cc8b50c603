// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See run.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"

int run_prog(const struct bpf_program *prog, unsigned int n)
{
	unsigned char packet[64] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = n, );

	if (!n) /* the kernel would run it once */
		return 0;
	if (!bpf_prog_test_run_opts(bpf_program__fd(prog), &opts) || errno == EINTR)
		return 0;
	return app_fail(
		"cannot run the BPF program %s: %s; the kernel must have BPF_PROG_RUN for tc programs (CONFIG_NET)",
		bpf_program__name(prog), strerror(errno));
}

int run_on_cpu(unsigned int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus) ? -errno : 0;
}
