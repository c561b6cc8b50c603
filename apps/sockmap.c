// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of sockmap: makes a TCP connection with both ends in a cgroup, sends
 * messages through it, and asks TCP how many segments of data it has sent.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/tcp.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/cgroup.h"
#include "common/netns.h"
#include "sockmap.skel.h"

#define PORT 80

static unsigned int count = 10;
static bool all_the_way;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "send N messages", &count, 1, 1000000),
	APP_FLAG('t', "tcp", "no short cut: send the messages by TCP", &all_the_way),
	{},
};

/*
 * Makes a connection.
 * @socks: its ends
 * Returns 0 or a negative errno.
 */
static int make_connection(int socks[2])
{
	int listener, err;

	listener = netns_tcp_listen(PORT);
	if (listener < 0)
		return listener;
	socks[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	err = socks[0] < 0 ? -errno : netns_tcp_connect(socks[0], INADDR_LOOPBACK, PORT);
	if (!err) {
		socks[1] = accept(listener, NULL, NULL);
		err = socks[1] < 0 ? -errno : 0;
	}
	close(listener);
	return err;
}

/* Sends message @i. Returns true if the other end receives it unchanged. */
static bool pass(const int socks[2], unsigned int i)
{
	char sent[32], got[32] = "";

	snprintf(sent, sizeof(sent), "message %u", i);
	return send(socks[0], sent, strlen(sent), 0) == (ssize_t)strlen(sent) &&
	       netns_receive(socks[1], got, sizeof(got) - 1, APP_WAIT_MS) > 0 && !strcmp(sent, got);
}

static unsigned int segments(int sock)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info.tcpi_data_segs_out;
}

static int run(struct sockmap_bpf *skel, const int socks[2])
{
	unsigned int n, good = 0, redirected, by_tcp;

	for (n = 0; n < count && good == n && !app_stop; n++)
		good += pass(socks, n + 1);
	redirected = skel->bss->redirected;
	by_tcp = segments(socks[0]);
	printf("%u messages sent, %u received; the BPF program redirected %u, TCP sent %u segments of data\n",
	       n, good, redirected, by_tcp);
	if (skel->bss->established != 2)
		return app_fail("the BPF program saw %u ends of the connection, not 2",
				skel->bss->established);
	if (good < n || redirected != (all_the_way ? 0 : n) || (all_the_way ? by_tcp < n : by_tcp))
		return app_fail("the messages did not go %s",
				all_the_way ? "by TCP" : "by the short cut");
	return app_pass("%u messages went %s", n, all_the_way ? "by TCP" : "by the short cut");
}

int main(int argc, char **argv)
{
	struct cgroup cgroup = {};
	struct sockmap_bpf *skel;
	int socks[2] = { -1, -1 };
	int err, ret;

	app_init(argc, argv,
		 "A short cut around TCP for two sockets of one machine, by sockops and a map of\n"
		 "sockets. Example: ./sockmap -n 100, and, to compare, ./sockmap -t",
		 options);

	ret = netns_enter();
	if (ret)
		return ret;
	skel = sockmap_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->short_cut = !all_the_way;
	err = sockmap_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	/* The program is attached to the map, and detached with it. */
	if (bpf_prog_attach(bpf_program__fd(skel->progs.on_message),
			    bpf_map__fd(skel->maps.sockets), BPF_SK_MSG_VERDICT, 0)) {
		ret = app_attach_failed("map of sockets", "CONFIG_BPF_STREAM_PARSER", -errno);
		goto out;
	}
	ret = cgroup_make(&cgroup);
	if (ret)
		goto out;
	skel->links.on_connection = bpf_program__attach_cgroup(skel->progs.on_connection,
							       cgroup.fd);
	if (!skel->links.on_connection) {
		ret = app_attach_failed("cgroup", "CONFIG_CGROUP_BPF", -errno);
		goto out;
	}

	err = cgroup_enter(&cgroup) ?: make_connection(socks) ?: cgroup_leave(&cgroup);
	if (err)
		ret = app_fail("cannot make a connection in a cgroup: %s", strerror(-err));
	else
		ret = run(skel, socks);
out:
	if (socks[0] >= 0)
		close(socks[0]);
	if (socks[1] >= 0)
		close(socks[1]);
	sockmap_bpf__destroy(skel);
	cgroup_remove(&cgroup);
	return ret;
}
