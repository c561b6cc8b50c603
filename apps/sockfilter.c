// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of sockfilter: puts the filter on a UDP socket, sends it datagrams of
 * which every third is good, and checks the datagrams that the socket receives.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/netns.h"
#include "common/cpus.h"
#include "sockfilter.skel.h"

#define PORT 9

static unsigned int count = 9;
static unsigned int keep = 5;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "send N datagrams", &count, 1, 1000000),
	APP_NUMBER('k', "keep", "N", "keep the first N bytes of a good datagram", &keep, 1, 1000),
	{},
};

/*
 * Sends datagram @i and receives the part that the filter keeps.
 * Returns its length, 0 if there is none, or a negative errno.
 */
static int pass(int from, int to, unsigned int i, bool good)
{
	char text[32], got[64];
	int len;

	snprintf(text, sizeof(text), "%c datagram %u", good ? '+' : '-', i);
	if (send(from, text, strlen(text), 0) < 0)
		return -errno;
	/* Over the loopback interface it has usually arrived when send() returns. */
	len = netns_receive(to, got, sizeof(got), good ? APP_WAIT_MS : 0);
	if (len > 0)
		printf("sent \"%s\", received \"%.*s\"\n", text, len, got);
	return len;
}

static int run(struct sockfilter_bpf *skel, int from, int to)
{
	unsigned int i, good = 0, received = 0, cut = 0;
	__u64 dropped, kept;
	int len;

	for (i = 0; i < count && !app_stop; i++) {
		len = pass(from, to, i, i % 3 == 0);
		if (len < 0)
			return app_fail("cannot send or receive: %s", strerror(-len));
		good += i % 3 == 0;
		received += len > 0;
		cut += len > 0 && (unsigned int)len <= keep;
	}
	cpus_sum(skel->maps.verdicts, 0, &dropped);
	cpus_sum(skel->maps.verdicts, 1, &kept);
	printf("%u sent; the BPF program kept %llu and dropped %llu; %u received\n", i,
	       (unsigned long long)kept, (unsigned long long)dropped, received);
	if (received != good || cut != good || kept != good || dropped != i - good)
		return app_fail("%u of %u datagrams were good and should have come, cut to %u bytes",
				good, i, keep);
	return app_pass("the socket got the %u good ones of %u datagrams, cut to %u bytes",
			received, i, keep);
}

int main(int argc, char **argv)
{
	int from = -1, to = -1, prog, err, ret;
	struct sockfilter_bpf *skel;

	app_init(argc, argv,
		 "A BPF filter on a UDP socket: it drops the datagrams that do not begin with a +,\n"
		 "and cuts the others. Example: ./sockfilter -n 12 -k 9",
		 options);

	ret = netns_enter();
	if (ret)
		return ret;
	skel = sockfilter_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->keep = keep;
	err = sockfilter_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}

	to = netns_udp_socket(PORT, 0);
	from = netns_udp_socket(0, PORT);
	if (to < 0 || from < 0) {
		ret = app_fail("cannot make UDP sockets: %s", strerror(to < 0 ? -to : -from));
		goto out;
	}
	prog = bpf_program__fd(skel->progs.keep_good);
	if (setsockopt(to, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog))) {
		ret = app_attach_failed("socket filter", "CONFIG_NET", -errno);
		goto out;
	}
	ret = run(skel, from, to);
out:
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	sockfilter_bpf__destroy(skel);
	return ret;
}
