// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of xdp_drop: makes a veth pair, floods one end with frames of which nine in
 * ten are unwanted, and shows how many of them XDP drops per second at the other end. A
 * socket behind XDP must receive the wanted frames and no others.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/cpus.h"
#include "common/frame.h"
#include "common/netns.h"
#include "xdp_drop.skel.h"

#define UNWANTED 9
#define WANTED	 7
#define BURST	 10 /* frames, the last of them wanted */
#define SHOW_MS	 500

static unsigned int count = 1000000;
static unsigned int seconds = 2;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "end after N frames", &count, 1, 1000000000),
	APP_NUMBER('t', "duration", "SEC", "or after SEC seconds", &seconds, 1, 1000000),
	{},
};

struct sums {
	__u64 sent, wanted, received; /* what the user half did */
	__u64 dropped, passed;	      /* what the BPF program counted */
};

static void read_counters(const struct xdp_drop_bpf *skel, struct sums *sums)
{
	cpus_sum(skel->maps.verdicts, XDP_DROP, &sums->dropped);
	cpus_sum(skel->maps.verdicts, XDP_PASS, &sums->passed);
}

/*
 * Sends a burst, and receives its last frame, the only one that is not dropped: so there
 * are never more frames on the way than the interface can hold.
 * Returns 0 or a negative errno.
 */
static int flood(int from, int to, struct sums *sums)
{
	struct frame4 frame;
	unsigned int i;
	bool wanted;

	for (i = 1; i <= BURST && sums->sent < count; i++) {
		wanted = i == BURST || sums->sent + 1 == count;
		frame4_make(&frame, wanted ? WANTED : UNWANTED, sums->sent);
		if (send(from, &frame, sizeof(frame), 0) < 0)
			return -errno;
		sums->sent++;
		sums->wanted += wanted;
	}
	for (i = 0; netns_receive(to, &frame, sizeof(frame), i ? 0 : APP_WAIT_MS) > 0; i++)
		sums->received++;
	return i || app_stop ? 0 : -ETIMEDOUT;
}

static int run(struct xdp_drop_bpf *skel, int from, int to)
{
	uint64_t start = app_now_ms(), shown = start, now = start;
	struct sums sums = {};
	__u64 last = 0;
	int err = 0;

	while (!err && !app_stop && sums.sent < count && now < start + seconds * 1000ULL) {
		err = flood(from, to, &sums);
		now = app_now_ms();
		if (now < shown + SHOW_MS)
			continue;
		read_counters(skel, &sums);
		printf("%6.1f s: %9llu dropped, %7llu a second\n", (now - start) / 1000.0,
		       (unsigned long long)sums.dropped,
		       (unsigned long long)(sums.dropped - last) * 1000 / (now - shown));
		last = sums.dropped;
		shown = now;
	}

	read_counters(skel, &sums);
	printf("sent %llu frames, %llu of them wanted; received %llu; the BPF program dropped %llu and passed %llu\n",
	       (unsigned long long)sums.sent, (unsigned long long)sums.wanted,
	       (unsigned long long)sums.received, (unsigned long long)sums.dropped,
	       (unsigned long long)sums.passed);
	if (err && err != -ETIMEDOUT)
		return app_fail("cannot send: %s", strerror(-err));
	if (sums.received != sums.wanted || sums.passed != sums.wanted ||
	    sums.dropped != sums.sent - sums.wanted)
		return app_fail("XDP did not drop just the frames to port %u", UNWANTED);
	return app_pass("XDP dropped all %llu frames to port %u, and no other",
			(unsigned long long)sums.dropped, UNWANTED);
}

int main(int argc, char **argv)
{
	struct xdp_drop_bpf *skel;
	int from = -1, to = -1;
	int err, ret;

	app_init(argc, argv,
		 "Drops the datagrams to one port by XDP, and shows how many it drops per second,\n"
		 "in a network of its own. Example: ./xdp_drop -t 5",
		 options);

	ret = netns_enter();
	if (!ret)
		ret = netns_veth("flood", "wall");
	if (ret)
		return ret;
	skel = xdp_drop_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->port = UNWANTED;
	err = xdp_drop_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	skel->links.drop = bpf_program__attach_xdp(skel->progs.drop, if_nametoindex("wall"));
	if (!skel->links.drop) {
		ret = app_attach_failed("XDP", "CONFIG_NET", -errno);
		goto out;
	}
	from = netns_packet_socket("flood", ETH_P_IP);
	to = netns_packet_socket("wall", ETH_P_IP);
	if (from < 0 || to < 0)
		ret = app_fail("cannot make packet sockets: %s", strerror(from < 0 ? -from : -to));
	else
		ret = run(skel, from, to);
out:
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	xdp_drop_bpf__destroy(skel);
	return ret;
}
