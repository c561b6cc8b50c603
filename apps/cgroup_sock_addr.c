// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of cgroup_sock_addr: starts a server on the loopback interface, and
 * connects to the service from inside the cgroup and from outside. Its network has no
 * other interface, so no other server can answer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/cgroup.h"
#include "common/netns.h"
#include "cgroup_sock_addr.skel.h"

#define SERVICE_IP   0xc0000201 /* 192.0.2.1, an address for documentation (RFC 5737) */
#define SERVICE_PORT 80
#define SERVER_PORT  8080

static unsigned int count = 3;
static unsigned int pause_ms;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "connect N times", &count, 1, 20000),
	APP_NUMBER('p', "pause", "MS", "pause between connections, milliseconds", &pause_ms, 0,
		   60000),
	{},
};

/*
 * Connects to the service, with a socket of the cgroup or of none.
 * Returns the socket or a negative errno.
 */
static int connect_to_service(const struct cgroup *cgroup)
{
	int sock, err = 0;

	if (cgroup)
		err = cgroup_enter(cgroup);
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (cgroup && !err)
		err = cgroup_leave(cgroup);
	if (sock < 0)
		return -errno;
	if (!err)
		err = netns_tcp_connect(sock, SERVICE_IP, SERVICE_PORT);
	if (!err)
		return sock;
	close(sock);
	return err;
}

/* Whether the server's greeting comes through @sock, and getpeername() shows the service. */
static bool talk(int sock, int server)
{
	struct sockaddr_in peer = {};
	socklen_t len = sizeof(peer);
	char got[16] = "";
	int conn;

	conn = netns_wait(server, APP_WAIT_MS) ? accept(server, NULL, NULL) : -1;
	if (conn < 0)
		return false;
	if (send(conn, "welcome", 7, 0) == 7)
		netns_receive(sock, got, sizeof(got) - 1, APP_WAIT_MS);
	close(conn);
	if (getpeername(sock, (struct sockaddr *)&peer, &len))
		return false;
	printf("connected to %s port %u, which says \"%s\"\n", inet_ntoa(peer.sin_addr),
	       ntohs(peer.sin_port), got);
	return !strcmp(got, "welcome") && peer.sin_addr.s_addr == htonl(SERVICE_IP) &&
	       peer.sin_port == htons(SERVICE_PORT);
}

static int run(struct cgroup_sock_addr_bpf *skel, const struct cgroup *cgroup, int server)
{
	unsigned int n, good = 0;
	int sock;

	sock = connect_to_service(NULL);
	if (sock >= 0) {
		close(sock);
		return app_fail("connected to the service from outside the cgroup");
	}
	printf("from outside the cgroup: %s\n", strerror(-sock));

	for (n = 0; n < count && good == n && !app_stop; n++) {
		sock = connect_to_service(cgroup);
		if (sock < 0)
			return app_fail("cannot connect to the service: %s", strerror(-sock));
		good += talk(sock, server);
		close(sock);
		app_nap(pause_ms);
	}
	if (good < n || skel->bss->connects != n || skel->bss->names != n)
		return app_fail(
			"of %u connections %u were good; the BPF programs redirected %u, and renamed %u",
			n, good, skel->bss->connects, skel->bss->names);
	return app_pass("%u connections to the service, all made to the server", n);
}

int main(int argc, char **argv)
{
	struct cgroup_sock_addr_bpf *skel;
	struct cgroup cgroup = {};
	int server = -1, err, ret;

	app_init(argc, argv,
		 "Redirects connect() for the processes of a cgroup: a service that has an address\n"
		 "and no machine. Example: ./cgroup_sock_addr -n 5",
		 options);

	ret = netns_enter();
	if (ret)
		return ret;
	skel = cgroup_sock_addr_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->service_ip = htonl(SERVICE_IP);
	skel->rodata->service_port = SERVICE_PORT;
	skel->rodata->server_ip = htonl(INADDR_LOOPBACK);
	skel->rodata->server_port = SERVER_PORT;
	err = cgroup_sock_addr_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	ret = cgroup_make(&cgroup);
	if (ret)
		goto out;
	skel->links.connect4 = bpf_program__attach_cgroup(skel->progs.connect4, cgroup.fd);
	skel->links.getpeername4 = bpf_program__attach_cgroup(skel->progs.getpeername4, cgroup.fd);
	if (!skel->links.connect4 || !skel->links.getpeername4) {
		ret = app_attach_failed("cgroup", "CONFIG_CGROUP_BPF", -errno);
		goto out;
	}
	server = netns_tcp_listen(SERVER_PORT);
	if (server < 0)
		ret = app_fail("cannot make the server's socket: %s", strerror(-server));
	else
		ret = run(skel, &cgroup, server);
out:
	if (server >= 0)
		close(server);
	cgroup_sock_addr_bpf__destroy(skel);
	cgroup_remove(&cgroup);
	return ret;
}
