// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of struct_ops: registers the congestion control with the kernel, sends
 * data through a connection that uses it, and asks TCP for the window.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/tcp.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/netns.h"
#include "struct_ops.skel.h"

#define PORT  80
#define BLOCK 4096
#define NAME  "bpf_fixed"

static unsigned int count = 100;
static unsigned int window = 7;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "send N blocks of 4 KiB", &count, 1, 1000000),
	APP_NUMBER('w', "window", "N", "the window: N segments", &window, 2, 1000),
	{},
};

/*
 * Loads the programs and their struct. Before Linux 6.4 there are no links for it: it then
 * stays registered after a kill -9.
 * Returns 0, or the verdict to leave main() with.
 */
static int load(struct struct_ops_bpf **skel)
{
	int flags, err = 0;

	for (flags = BPF_F_LINK;; flags = 0) {
		*skel = struct_ops_bpf__open();
		if (!*skel)
			return app_fail("cannot open the BPF object: %m; rebuild the app");
		(*skel)->rodata->window = window;
		bpf_map__set_map_flags((*skel)->maps.fixed, flags);
		err = struct_ops_bpf__load(*skel);
		if (!err || !flags)
			break;
		struct_ops_bpf__destroy(*skel);
	}
	return err ? app_load_failed((*skel)->obj, err) : 0;
}

/* Returns the name of the connection's congestion control. */
static const char *control(int sock)
{
	static char name[16];
	socklen_t len = sizeof(name);

	memset(name, 0, sizeof(name));
	getsockopt(sock, IPPROTO_TCP, TCP_CONGESTION, name, &len);
	return name;
}

/*
 * Connects, with a congestion control.
 * Returns the socket or a negative errno.
 */
static int make_connection(void)
{
	int sock, err;

	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (setsockopt(sock, IPPROTO_TCP, TCP_CONGESTION, NAME, strlen(NAME)))
		err = -errno;
	else
		err = netns_tcp_connect(sock, INADDR_LOOPBACK, PORT);
	if (!err)
		return sock;
	close(sock);
	return err;
}

/* Sends a block and receives it at the other end. */
static bool pass(int from, int to)
{
	static char block[BLOCK];
	size_t left;
	int len;

	if (send(from, block, sizeof(block), 0) != sizeof(block))
		return false;
	for (left = sizeof(block); left; left -= len) {
		len = netns_receive(to, block, left, APP_WAIT_MS);
		if (len <= 0)
			return false;
	}
	return true;
}

static int run(struct struct_ops_bpf *skel, int from, int to)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	unsigned int n = 0, good = 0;
	uint64_t end;

	/* At least one block: the window is checked after it. */
	do
		good += pass(from, to);
	while (++n < count && good == n && !app_stop);
	getsockopt(from, IPPROTO_TCP, TCP_INFO, &info, &len);
	printf("%u blocks sent, %u received; congestion control %s, window %u segments\n", n, good,
	       control(from), info.tcpi_snd_cwnd);
	close(from); /* the kernel ends the connection when both ends are closed */
	close(to);
	for (end = app_now_ms() + APP_WAIT_MS; !skel->bss->releases && app_now_ms() < end;)
		app_nap(10);
	printf("the BPF programs saw %u connection begin and %u end, and %u acknowledgements\n",
	       skel->bss->inits, skel->bss->releases, skel->bss->acks);
	if (good < n)
		return app_fail("of %u blocks %u were received", n, good);
	if (info.tcpi_snd_cwnd != window || skel->bss->inits != 1 || skel->bss->releases != 1 ||
	    !skel->bss->acks)
		return app_fail("the window should be %u, from beginning to end", window);
	return app_pass("TCP kept to a window of %u segments", window);
}

int main(int argc, char **argv)
{
	int server = -1, from, to, ret;
	struct bpf_link *link = NULL;
	struct struct_ops_bpf *skel;

	app_init(argc, argv,
		 "A TCP congestion control of BPF programs: its window is always the same.\n"
		 "Example: ./struct_ops -n 1000 -w 3",
		 options);

	if (!app_kernel_has_btf())
		return app_skip("kernel has no BTF (CONFIG_DEBUG_INFO_BTF)");
	ret = netns_enter();
	if (ret)
		return ret;
	ret = load(&skel);
	if (ret)
		goto out;
	link = bpf_map__attach_struct_ops(skel->maps.fixed);
	if (!link) {
		ret = app_attach_failed("struct tcp_congestion_ops", "CONFIG_BPF_JIT", -errno);
		goto out;
	}

	server = netns_tcp_listen(PORT);
	from = server < 0 ? server : make_connection();
	if (from < 0) {
		ret = app_fail("cannot make a connection: %s", strerror(-from));
		goto out;
	}
	to = accept(server, NULL, NULL);
	if (to < 0)
		ret = app_fail("cannot make a connection: %s", strerror(errno));
	else
		ret = run(skel, from, to);
out:
	if (server >= 0)
		close(server);
	bpf_link__destroy(link);
	struct_ops_bpf__destroy(skel);
	return ret;
}
