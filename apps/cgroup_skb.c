// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of cgroup_skb: sends datagrams from two sockets, one made in a cgroup
 * that has a quota and one made outside, and shows how many were sent.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "cgroup_skb.h"
#include "common/app.h"
#include "common/cgroup.h"
#include "common/netns.h"
#include "cgroup_skb.skel.h"

#define INSIDE	7 /* ports */
#define OUTSIDE 9
#define HEADERS (20 + 8)

static const char text[] = "hello";

static unsigned int count = 10;
static unsigned int quota = 6;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "send N datagrams from inside, and N from outside", &count, 1,
		   1000000),
	APP_NUMBER('q', "quota", "N", "the cgroup may send N datagrams", &quota, 0, 1000000),
	{},
};

/*
 * Sends @count datagrams.
 * @to: the socket that receives them
 * Returns how many were sent, or a negative errno if one failed for another reason than
 * the quota.
 */
static int send_all(int from, int to)
{
	unsigned int n;
	char got[16];
	int sent = 0;

	for (n = 0; n < count && !app_stop; n++) {
		if (send(from, text, sizeof(text), 0) < 0) {
			if (errno == EPERM)
				continue;
			return -errno;
		}
		sent++;
		if (netns_receive(to, got, sizeof(got), APP_WAIT_MS) != sizeof(text))
			return -ETIMEDOUT;
	}
	return sent;
}

/* Returns 0 or a negative errno. */
static int read_traffic(struct cgroup_skb_bpf *skel, struct traffic *traffic)
{
	int map = bpf_map__fd(skel->maps.traffic);
	__u64 cgroup;

	/* The map has one entry, that of the cgroup. */
	if (bpf_map_get_next_key(map, NULL, &cgroup) || bpf_map_lookup_elem(map, &cgroup, traffic))
		return -errno;
	return 0;
}

static int run(struct cgroup_skb_bpf *skel, int inside, int outside)
{
	int may = quota < count ? quota : count;
	int sent_inside, sent_outside, err;
	struct traffic t = {};

	sent_inside = send_all(inside, outside);
	sent_outside = send_all(outside, inside);
	err = read_traffic(skel, &t);
	if (sent_inside < 0 || sent_outside < 0 || err)
		return app_fail("cannot send, receive or count: %s",
				strerror(sent_inside < 0  ? -sent_inside :
					 sent_outside < 0 ? -sent_outside :
							    -err));
	printf("from inside the cgroup, %d of %u were sent; from outside, %d\n", sent_inside, count,
	       sent_outside);
	printf("the BPF programs let %llu out (%llu bytes), refused %llu, and let %llu in\n",
	       (unsigned long long)t.sent, (unsigned long long)t.bytes,
	       (unsigned long long)t.refused, (unsigned long long)t.received);
	if (app_stop)
		return app_pass("interrupted");
	if (sent_inside != may || t.sent != (__u64)may || t.refused != count - t.sent ||
	    t.bytes != t.sent * (HEADERS + sizeof(text)) || sent_outside != (int)count ||
	    t.received != count)
		return app_fail("the cgroup should have sent %d datagrams, and received %u", may,
				count);
	return app_pass("a quota of %u datagrams for the cgroup alone", quota);
}

int main(int argc, char **argv)
{
	int inside = -1, outside = -1, err, ret;
	struct cgroup cgroup = {};
	struct cgroup_skb_bpf *skel;

	app_init(argc, argv,
		 "Counts what the sockets of a cgroup send and receive, and gives it a quota.\n"
		 "Example: ./cgroup_skb -n 20 -q 5",
		 options);

	ret = netns_enter();
	if (ret)
		return ret;
	skel = cgroup_skb_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->quota = quota;
	err = cgroup_skb_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	ret = cgroup_make(&cgroup);
	if (ret)
		goto out;
	skel->links.on_send = bpf_program__attach_cgroup(skel->progs.on_send, cgroup.fd);
	skel->links.on_receive = bpf_program__attach_cgroup(skel->progs.on_receive, cgroup.fd);
	if (!skel->links.on_send || !skel->links.on_receive) {
		ret = app_attach_failed("cgroup", "CONFIG_CGROUP_BPF", -errno);
		goto out;
	}

	outside = netns_udp_socket(OUTSIDE, INSIDE);
	err = cgroup_enter(&cgroup);
	inside = netns_udp_socket(INSIDE, OUTSIDE);
	if (!err)
		err = cgroup_leave(&cgroup);
	if (err || inside < 0 || outside < 0)
		ret = app_fail("cannot make sockets in a cgroup and outside: %s",
			       strerror(err	   ? -err :
					inside < 0 ? -inside :
						     -outside));
	else
		ret = run(skel, inside, outside);
out:
	if (inside >= 0)
		close(inside);
	if (outside >= 0)
		close(outside);
	cgroup_skb_bpf__destroy(skel);
	cgroup_remove(&cgroup);
	return ret;
}
