// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of tc: attaches the two programs to the loopback interface of a
 * network of its own, and asks a server questions through the forwarded port.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/netns.h"
#include "tc.skel.h"

#define OUTER 53
#define INNER 5353

static unsigned int count = 3;
static unsigned int pause_ms;
static bool filters;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "ask N questions", &count, 1, 1000000),
	APP_NUMBER('p', "pause", "MS", "pause between questions, milliseconds", &pause_ms, 0,
		   60000),
	APP_FLAG('f', "filter", "attach as filters even where the kernel has tcx", &filters),
	{},
};

/*
 * Attaches by a tcx link, or else, before Linux 6.6, as a filter of the queueing
 * discipline clsact. The link ends with this process, the filter with its network.
 * @how: set to the way
 * Returns 0 or a negative errno.
 */
static int attach(struct bpf_program *prog, enum bpf_tc_attach_point point, struct bpf_link **link,
		  const char **how)
{
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(prog));
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = if_nametoindex("lo"), .attach_point = point);
	int err;

	*how = "tcx link";
	if (!filters) {
		*link = bpf_program__attach_tcx(prog, hook.ifindex, NULL);
		if (*link || errno != EINVAL)
			return *link ? 0 : -errno;
	}
	*how = "clsact filter";
	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST) /* made for the other program */
		return err;
	return bpf_tc_attach(&hook, &opts);
}

/* Sends question @i, has the server answer it, and receives the answer. */
static bool ask(int client, int server, unsigned int i)
{
	char question[32], got[32] = "", answer[32] = "";
	struct sockaddr_in from;
	socklen_t len = sizeof(from);

	snprintf(question, sizeof(question), "question %u", i);
	if (send(client, question, strlen(question), 0) < 0 || !netns_wait(server, APP_WAIT_MS) ||
	    recvfrom(server, got, sizeof(got) - 1, 0, (struct sockaddr *)&from, &len) < 0 ||
	    strcmp(got, question))
		return false;
	memcpy(got, "answer  ", 8);
	if (sendto(server, got, strlen(got), 0, (struct sockaddr *)&from, len) < 0 ||
	    netns_receive(client, answer, sizeof(answer) - 1, APP_WAIT_MS) <= 0)
		return false;
	printf("sent \"%s\" to port %u, received \"%s\" from port %u\n", question, OUTER, answer,
	       OUTER);
	return !strcmp(answer, got);
}

static int run(struct tc_bpf *skel, int client, int server)
{
	unsigned int n, answers = 0;

	for (n = 0; n < count && answers == n && !app_stop; n++) {
		answers += ask(client, server, n + 1);
		app_nap(pause_ms);
	}
	if (answers < n || skel->bss->forwarded != n || skel->bss->returned != n)
		return app_fail(
			"of %u questions, the BPF programs forwarded %u, and returned %u answers; %u came",
			n, skel->bss->forwarded, skel->bss->returned, answers);
	return app_pass("%u questions to port %u were answered by port %u", n, OUTER, INNER);
}

int main(int argc, char **argv)
{
	struct bpf_link *in = NULL, *out = NULL;
	int client = -1, server = -1, err, ret;
	struct tc_bpf *skel;
	const char *how;

	app_init(argc, argv,
		 "Two programs of traffic control that forward a UDP port to another one, in a\n"
		 "network of their own. Example: ./tc -n 5",
		 options);

	ret = netns_enter();
	if (ret)
		return ret;
	skel = tc_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->outer = OUTER;
	skel->rodata->inner = INNER;
	err = tc_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	err = attach(skel->progs.to_inner, BPF_TC_INGRESS, &in, &how);
	if (!err)
		err = attach(skel->progs.from_inner, BPF_TC_EGRESS, &out, &how);
	if (err) {
		ret = app_attach_failed(how, "CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_BPF", err);
		goto out;
	}
	printf("attached to lo, ingress and egress: %s\n", how);

	server = netns_udp_socket(INNER, 0);
	/* A connected socket receives only from the port that it sends to. */
	client = netns_udp_socket(0, OUTER);
	if (server < 0 || client < 0) {
		ret = app_fail("cannot make UDP sockets: %s",
			       strerror(server < 0 ? -server : -client));
		goto out;
	}
	ret = run(skel, client, server);
out:
	if (client >= 0)
		close(client);
	if (server >= 0)
		close(server);
	bpf_link__destroy(in);
	bpf_link__destroy(out);
	tc_bpf__destroy(skel);
	return ret;
}
