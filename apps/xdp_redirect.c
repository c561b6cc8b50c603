// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of xdp_redirect: makes two veth pairs that nothing joins,
 *
 *	left === left_in        right_in === right
 *
 * wires left_in to right_in by XDP, and sends frames from left to right and back.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/frame.h"
#include "common/netns.h"
#include "xdp_redirect.skel.h"

#define PORT 9

static unsigned int count = 10;
static unsigned int pause_ms;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "send N frames each way", &count, 1, 1000000),
	APP_NUMBER('p', "pause", "MS", "pause between frames, milliseconds", &pause_ms, 0, 60000),
	{},
};

/* Returns 0 or a negative errno. */
static int wire(const struct bpf_map *wires, const char *from, const char *to)
{
	__u32 key = if_nametoindex(from), value = if_nametoindex(to);

	return bpf_map_update_elem(bpf_map__fd(wires), &key, &value, BPF_ANY) ? -errno : 0;
}

/* Returns 0 or a negative errno. */
static int attach(struct bpf_program *prog, const char *name, struct bpf_link **link)
{
	*link = bpf_program__attach_xdp(prog, if_nametoindex(name));
	return *link ? 0 : -errno;
}

/* Sends frame @seq from one socket. Returns true if the other receives it unchanged. */
static bool cross(int from, int to, unsigned int seq)
{
	struct frame4 sent, got;

	frame4_make(&sent, PORT, seq);
	return send(from, &sent, sizeof(sent), 0) == sizeof(sent) &&
	       netns_receive(to, &got, sizeof(got), APP_WAIT_MS) == sizeof(got) &&
	       !memcmp(&sent, &got, sizeof(got));
}

static int run(struct xdp_redirect_bpf *skel, int left, int right)
{
	unsigned int n, to_right = 0, to_left = 0;

	for (n = 0; n < count && to_right == n && to_left == n && !app_stop; n++) {
		to_right += cross(left, right, n);
		to_left += cross(right, left, n);
		app_nap(pause_ms);
	}
	printf("%u frames from left to right, %u from right to left; redirected %u, arrived %u\n",
	       to_right, to_left, skel->bss->redirected, skel->bss->arrived);
	if (to_right < n || to_left < n || skel->bss->redirected != 2 * n ||
	    skel->bss->arrived != 2 * n)
		return app_fail("of %u frames each way, not all came through", n);
	return app_pass("XDP redirected %u frames each way", n);
}

/* Returns 0, or the verdict to leave main() with. */
static int set_up(struct xdp_redirect_bpf *skel, struct bpf_link **links)
{
	struct bpf_map *wires = skel->maps.wires;
	int err;

	err = attach(skel->progs.redirect, "left_in", &links[0])	  ?:
		      attach(skel->progs.redirect, "right_in", &links[1]) ?:
		      attach(skel->progs.arrive, "left", &links[2])	  ?:
		      attach(skel->progs.arrive, "right", &links[3]);
	if (err)
		return app_attach_failed("XDP", "CONFIG_NET", err);
	err = wire(wires, "left_in", "right_in") ?: wire(wires, "right_in", "left_in");
	if (err)
		return app_fail("cannot write to the device map: %s", strerror(-err));
	return 0;
}

int main(int argc, char **argv)
{
	struct bpf_link *links[4] = {};
	struct xdp_redirect_bpf *skel;
	int left = -1, right = -1;
	int err, ret, i;

	app_init(argc, argv,
		 "XDP as a wire between two pairs of interfaces: frames that go in at one end come\n"
		 "out at the other, without a bridge or a route. Example: ./xdp_redirect -n 100",
		 options);

	ret = netns_enter();
	if (!ret)
		ret = netns_veth("left", "left_in");
	if (!ret)
		ret = netns_veth("right", "right_in");
	if (ret)
		return ret;
	skel = xdp_redirect_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = xdp_redirect_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	ret = set_up(skel, links);
	if (ret)
		goto out;
	left = netns_packet_socket("left", ETH_P_IP);
	right = netns_packet_socket("right", ETH_P_IP);
	if (left < 0 || right < 0)
		ret = app_fail("cannot make packet sockets: %s",
			       strerror(left < 0 ? -left : -right));
	else
		ret = run(skel, left, right);
out:
	if (left >= 0)
		close(left);
	if (right >= 0)
		close(right);
	for (i = 0; i < 4; i++)
		bpf_link__destroy(links[i]);
	xdp_redirect_bpf__destroy(skel);
	return ret;
}
