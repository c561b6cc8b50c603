// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of bytecode: has the kernel run the program on packets that it makes
 * itself (BPF_PROG_RUN), without a network, and checks the packets that come back.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "bytecode.skel.h"

static unsigned int count = 1000;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "measure the time of N runs", &count, 1, 100000000),
	{},
};

/*
 * Runs the program @times on a packet, which is replaced by that of the last run.
 * Returns what the program returned, or a negative errno.
 */
static int run(int prog_fd, struct ethhdr *packet, unsigned int times, unsigned int *ns)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(*packet),
		    .data_out = packet, .data_size_out = sizeof(*packet), .repeat = times, );

	if (bpf_prog_test_run_opts(prog_fd, &opts))
		return -errno;
	*ns = opts.duration;
	return opts.retval;
}

static int check(int prog_fd)
{
	static const struct ethhdr sent = {
		.h_dest = { 2, 0, 0, 0, 0, 1 },
		.h_source = { 2, 0, 0, 0, 0, 9 },
	};
	struct ethhdr packet = sent;
	unsigned int ns;
	int ret;

	ret = run(prog_fd, &packet, 1, &ns);
	if (ret == XDP_TX && !memcmp(packet.h_dest, sent.h_source, ETH_ALEN) &&
	    !memcmp(packet.h_source, sent.h_dest, ETH_ALEN))
		ret = run(prog_fd, &packet, count, &ns);
	else if (ret == XDP_TX)
		return app_fail("the addresses of the packet are not swapped");

	if (ret < 0)
		return app_fail(
			"cannot run the program: %s; the kernel must have BPF_PROG_RUN for XDP",
			strerror(-ret));
	if (ret != XDP_TX)
		return app_fail("the program returned %d, not XDP_TX (%d)", ret, XDP_TX);
	return app_pass("the addresses are swapped; %u ns a run", ns);
}

int main(int argc, char **argv)
{
	struct bytecode_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "Runs an XDP program written in BPF assembly, which swaps the addresses of a\n"
		 "packet. Example: ./bytecode -n 1",
		 options);

	skel = bytecode_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = bytecode_bpf__load(skel);
	if (err)
		ret = app_load_failed(skel->obj, err);
	else
		ret = check(bpf_program__fd(skel->progs.swap));

	bytecode_bpf__destroy(skel);
	return ret;
}
