// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of tc_helpers: a test suite, in KTAP. It makes two veth pairs,
 *
 *	from ======= to		frames are sent from here
 *	out ======== in		redirected frames arrive here
 *
 * and for each case attaches a program to the egress of "from" or the ingress of "to",
 * sends a frame, and checks what "to" and "in" receive.
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
#include "common/frame.h"
#include "common/netns.h"
#include "tc_helpers.h"
#include "tc_helpers.skel.h"

#define PORT 9
#define SEQ  7

union frame {
	struct frame4 v4;
	struct frame6 v6;
};

enum { TO_4, TO_6, IN_4, SOCKETS }; /* the sockets that receive */

struct test {
	const char *prog;
	enum bpf_func_id helper;
	bool sends_v6;
	bool arrives[SOCKETS];
	/* the frame that must arrive; NULL: none */
	void (*expect)(union frame *f);
};

static void new_seq(union frame *f)
{
	frame4_make(&f->v4, PORT, NEW_SEQ);
}

/* The kernel updates checksums by differences; here they are computed in full. */
static void new_ttl(union frame *f)
{
	f->v4.ip.ttl = NEW_TTL;
	frame4_fill_sums(&f->v4);
}

static void new_port(union frame *f)
{
	frame4_make(&f->v4, NEW_PORT, SEQ);
}

static void new_address(union frame *f)
{
	f->v4.ip.daddr = htonl(NEW_ADDRESS);
	frame4_fill_sums(&f->v4);
}

static void version6(union frame *f)
{
	frame6_make(&f->v6, PORT, SEQ);
}

static void version4(union frame *f)
{
	frame4_make(&f->v4, PORT, SEQ);
}

static const struct test tests[] = {
	{ "clone_redirect", BPF_FUNC_clone_redirect, .arrives = { [TO_4] = true, [IN_4] = true } },
	{ "redirect", BPF_FUNC_redirect, .arrives = { [IN_4] = true } },
	{ "redirect_ingress", BPF_FUNC_redirect, .arrives = { [IN_4] = true } },
	{ "csum_diff", BPF_FUNC_csum_diff, .arrives = { [TO_4] = true }, .expect = new_seq },
	{ "l3_csum_replace", BPF_FUNC_l3_csum_replace, .arrives = { [TO_4] = true },
	  .expect = new_ttl },
	{ "l4_csum_replace", BPF_FUNC_l4_csum_replace, .arrives = { [TO_4] = true },
	  .expect = new_port },
	{ "l4_csum_replace_pseudo", BPF_FUNC_l4_csum_replace, .arrives = { [TO_4] = true },
	  .expect = new_address },
	{ "skb_change_proto_6", BPF_FUNC_skb_change_proto, .arrives = { [TO_6] = true },
	  .expect = version6 },
	{ "skb_change_proto_4", BPF_FUNC_skb_change_proto, true, { [TO_4] = true }, version4 },
};
#define TESTS (sizeof(tests) / sizeof(tests[0]))

static const struct point {
	enum bpf_tc_attach_point point;
	const char *name, *interface;
} points[] = {
	{ BPF_TC_EGRESS, "egress", "from" },
	{ BPF_TC_INGRESS, "ingress", "to" },
};
#define POINTS (sizeof(points) / sizeof(points[0]))

static const struct receiver {
	const char *interface;
	uint16_t protocol;
} receivers[SOCKETS] = {
	[TO_4] = { "to", ETH_P_IP },
	[TO_6] = { "to", ETH_P_IPV6 },
	[IN_4] = { "in", ETH_P_IP },
};

static unsigned int count = 1;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "send N frames for each case", &count, 1, 1000000),
	{},
};

/* The sockets. Those of "from" only send, one for each protocol. */
struct net {
	int from4, from6;
	int to[SOCKETS];
};

/*
 * Sends a frame and checks what is received. The expected frame is awaited first: once it
 * has arrived, an unexpected frame must be there as well.
 * Returns what is wrong, or NULL.
 */
static const char *try_frame(const struct net *net, const struct test *t)
{
	union frame sent = {}, expected = {}, got;
	size_t len, expected_len;
	int i;

	if (t->sends_v6)
		frame6_make(&sent.v6, PORT, SEQ);
	else
		frame4_make(&sent.v4, PORT, SEQ);
	len = t->sends_v6 ? sizeof(sent.v6) : sizeof(sent.v4);
	if (send(t->sends_v6 ? net->from6 : net->from4, &sent, len, 0) != (ssize_t)len)
		return "the frame cannot be sent";

	expected = sent;
	if (t->expect)
		t->expect(&expected);
	expected_len = t->arrives[TO_6] ? sizeof(sent.v6) : sizeof(sent.v4);
	for (i = 0; i < SOCKETS; i++) {
		if (!t->arrives[i])
			continue;
		if (netns_receive(net->to[i], &got, sizeof(got), APP_WAIT_MS) != (int)expected_len)
			return "the frame did not arrive where it should";
		if (memcmp(&got, &expected, expected_len))
			return "the frame that arrived is wrong";
	}
	for (i = 0; i < SOCKETS; i++)
		if (netns_receive(net->to[i], &got, sizeof(got), 0))
			return "a frame arrived where none should";
	return NULL;
}

/* The reasons for which a case is skipped. */
static const char no_helper[] = "kernel has no such helper for traffic control";
static const char no_classifier[] = "kernel has no BPF classifier (CONFIG_NET_CLS_BPF)";

/* Runs a case: returns what is wrong, or NULL. */
static const char *try_case(struct tc_helpers_bpf *skel, const struct net *net,
			    const struct test *t, const struct point *p)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(skel->obj, t->prog);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(prog));
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = if_nametoindex(p->interface),
		    .attach_point = p->point);
	const char *wrong = NULL;
	union frame left_over;
	unsigned int n;
	int err, i;

	if (!bpf_program__autoload(prog))
		return no_helper;
	err = bpf_tc_attach(&hook, &opts);
	if (err)
		return err == -ENOENT ? no_classifier : "the program cannot be attached";
	for (i = 0; i < SOCKETS; i++) /* drop the frames of a case that failed */
		while (netns_receive(net->to[i], &left_over, sizeof(left_over), 0) > 0)
			;
	skel->bss->runs = 0;
	skel->bss->error = 0;
	for (n = 0; n < count && !wrong && !app_stop; n++)
		wrong = try_frame(net, t);
	opts.flags = opts.prog_fd = opts.prog_id = 0;
	if (bpf_tc_detach(&hook, &opts) && !wrong)
		wrong = "the program cannot be detached";
	if (skel->bss->error)
		return strerror(-skel->bss->error);
	if (!wrong && skel->bss->runs != n)
		wrong = "the program did not run once for each frame";
	return wrong;
}

static int run(struct tc_helpers_bpf *skel, const struct net *net)
{
	unsigned int number = 0, failed = 0, skipped = 0;
	const struct point *p;
	const struct test *t;
	const char *wrong = NULL;

	printf("KTAP version 1\n1..%zu\n", TESTS * POINTS);
	for (t = tests; t < tests + TESTS; t++) {
		for (p = points; p < points + POINTS && !app_stop; p++) {
			number++;
			wrong = try_case(skel, net, t, p);
			if (wrong == no_helper || wrong == no_classifier) {
				printf("ok %u %s %s # SKIP %s\n", number, t->prog, p->name, wrong);
				skipped++;
				continue;
			}
			if (wrong)
				printf("# %s\n", wrong);
			printf("%s %u %s %s\n", wrong ? "not ok" : "ok", number, t->prog, p->name);
			failed += !!wrong;
		}
	}
	if (failed)
		return app_fail("%u of %u cases failed", failed, number);
	if (number && skipped == number)
		return app_skip("%s", wrong);
	return app_pass("%u cases, %u of them skipped", number, skipped);
}

/* Opens the sockets and makes the hooks. Returns 0, or the verdict to leave main() with. */
static int set_up(struct net *net)
{
	const struct point *p;
	int i, err;

	for (p = points; p < points + POINTS; p++) {
		LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = if_nametoindex(p->interface),
			    .attach_point = p->point);

		err = bpf_tc_hook_create(&hook);
		if (err)
			return app_attach_failed("queueing discipline clsact",
						 "CONFIG_NET_SCH_INGRESS", err);
	}
	net->from4 = netns_packet_socket("from", ETH_P_IP);
	net->from6 = netns_packet_socket("from", ETH_P_IPV6);
	err = net->from4 < 0 ? net->from4 : net->from6 < 0 ? net->from6 : 0;
	for (i = 0; i < SOCKETS; i++) {
		net->to[i] = netns_packet_socket(receivers[i].interface, receivers[i].protocol);
		if (net->to[i] < 0)
			err = net->to[i];
	}
	return err < 0 ? app_fail("cannot make packet sockets: %s", strerror(-err)) : 0;
}

int main(int argc, char **argv)
{
	struct tc_helpers_bpf *skel;
	const struct test *t;
	struct net net = {};
	int err, ret;

	app_init(argc, argv,
		 "Tests the helpers that redirect and alter packets, from programs of traffic\n"
		 "control, ingress and egress: a line of KTAP for each. Example: ./tc_helpers",
		 options);

	ret = netns_enter();
	if (!ret)
		ret = netns_veth("from", "to");
	if (!ret)
		ret = netns_veth("out", "in");
	if (ret)
		return ret;
	skel = tc_helpers_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->out = if_nametoindex("out");
	skel->rodata->in = if_nametoindex("in");
	for (t = tests; t < tests + TESTS; t++)
		if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, t->helper, NULL) == 0)
			bpf_program__set_autoload(bpf_object__find_program_by_name(skel->obj,
										   t->prog),
						  false);
	err = tc_helpers_bpf__load(skel);
	if (err)
		ret = app_load_failed(skel->obj, err);
	else
		ret = set_up(&net); /* the sockets go with this process */
	if (!ret)
		ret = run(skel, &net);
	tc_helpers_bpf__destroy(skel);
	return ret;
}
