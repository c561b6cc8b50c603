// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See netns.h. Netlink rather than the program ip, for exact errors. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "common/app.h"
#include "common/netns.h"

#define RETRY_MS 50

static int interface_up(const char *name)
{
	struct ifreq req = { .ifr_flags = IFF_UP | IFF_RUNNING };
	int sock, err = 0;

	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", name);
	if (ioctl(sock, SIOCSIFFLAGS, &req))
		err = -errno;
	close(sock);
	return err;
}

/* An interface with IPv6 sends packets on its own. No such file: the kernel has no IPv6. */
static void silence_ipv6(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		perror("disable_ipv6");
	close(fd);
}

int netns_enter(void)
{
	int err;

	if (unshare(CLONE_NEWNET)) {
		if (errno == EINVAL || errno == ENOSYS)
			return app_skip("kernel has no network namespaces (CONFIG_NET_NS)");
		return app_fail(
			"cannot make a network namespace: %s; run it as root (in a container, with CAP_SYS_ADMIN)",
			strerror(errno));
	}
	silence_ipv6();
	err = interface_up("lo");
	if (err)
		return app_fail("cannot set the loopback interface up: %s", strerror(-err));
	return 0;
}

/* A netlink message under construction. */
struct request {
	struct nlmsghdr head;
	struct ifinfomsg info;
	char attrs[256];
};

static struct rtattr *add(struct request *req, int type, const void *data, size_t len)
{
	struct rtattr *attr = (void *)((char *)req + NLMSG_ALIGN(req->head.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(attr), data, len);
	req->head.nlmsg_len = NLMSG_ALIGN(req->head.nlmsg_len) + RTA_ALIGN(attr->rta_len);
	return attr;
}

/* Makes the data that was added after @attr a part of it. */
static void nest(struct request *req, struct rtattr *attr)
{
	attr->rta_len = (char *)req + req->head.nlmsg_len - (char *)attr;
}

/* Returns the kernel's answer: 0 or a negative errno. */
static int ask(const struct request *req)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char more[512]; /* our message, and the reason */
	} answer = {};
	int sock, err = 0;

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (sock < 0)
		return -errno;
	if (send(sock, req, req->head.nlmsg_len, 0) < 0 ||
	    recv(sock, &answer, sizeof(answer), 0) < 0)
		err = -errno;
	close(sock);
	return err ? err : answer.error.error;
}

static int make_veth(const char *name, const char *peer)
{
	struct ifinfomsg peer_info = {};
	struct rtattr *link, *data, *end;
	struct request req = {
		.head = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(req.info)),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK,
		},
	};

	add(&req, IFLA_IFNAME, name, strlen(name) + 1);
	link = add(&req, IFLA_LINKINFO, "", 0);
	add(&req, IFLA_INFO_KIND, "veth", strlen("veth"));
	data = add(&req, IFLA_INFO_DATA, "", 0);
	end = add(&req, VETH_INFO_PEER, &peer_info, sizeof(peer_info));
	add(&req, IFLA_IFNAME, peer, strlen(peer) + 1);
	nest(&req, end);
	nest(&req, data);
	nest(&req, link);
	return ask(&req);
}

/* Closes @sock if @failed. */
static int checked(int sock, int failed)
{
	int err = errno;

	if (!failed)
		return sock;
	close(sock);
	return -err;
}

int netns_packet_socket(const char *name, uint16_t protocol)
{
	struct sockaddr_ll where = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = if_nametoindex(name),
	};
	int sock;

	/* Protocol 0: nothing is received until bind() names the interface. */
	sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	return checked(sock, bind(sock, (struct sockaddr *)&where, sizeof(where)));
}

static struct sockaddr_in address(uint32_t ip, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(ip),
	};
}

int netns_udp_socket(uint16_t port, uint16_t peer)
{
	struct sockaddr_in self = address(INADDR_LOOPBACK, port);
	struct sockaddr_in other = address(INADDR_LOOPBACK, peer);
	int sock;

	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	return checked(sock,
		       bind(sock, (struct sockaddr *)&self, sizeof(self)) ||
			       (peer && connect(sock, (struct sockaddr *)&other, sizeof(other))));
}

int netns_tcp_listen(uint16_t port)
{
	struct sockaddr_in self = address(INADDR_LOOPBACK, port);
	int sock;

	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	return checked(sock, bind(sock, (struct sockaddr *)&self, sizeof(self)) || listen(sock, 8));
}

/* Waits for an event of poll(). Returns false if it did not come in time. */
static bool wait_for(int sock, short event, unsigned int timeout_ms)
{
	struct pollfd poller = { .fd = sock, .events = event };
	uint64_t end = app_now_ms() + timeout_ms;
	uint64_t now;
	int n;

	do {
		now = app_now_ms();
		n = poll(&poller, 1, now < end ? end - now : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

int netns_tcp_connect(int sock, uint32_t ip, uint16_t port)
{
	struct sockaddr_in to = address(ip, port);
	int err = -ETIMEDOUT;
	socklen_t len = sizeof(err);

	if (!connect(sock, (struct sockaddr *)&to, sizeof(to)))
		return 0;
	if (errno != EINTR)
		return -errno;
	/* The connection continues in the background, as with a non-blocking socket. */
	if (wait_for(sock, POLLOUT, APP_WAIT_MS) &&
	    !getsockopt(sock, SOL_SOCKET, SO_ERROR, &err, &len))
		err = -err;
	return err;
}

bool netns_wait(int sock, unsigned int timeout_ms)
{
	return wait_for(sock, POLLIN, timeout_ms);
}

int netns_receive(int sock, void *buf, size_t size, unsigned int timeout_ms)
{
	ssize_t len;

	if (!netns_wait(sock, timeout_ms))
		return 0;
	len = recv(sock, buf, size, MSG_DONTWAIT);
	if (len < 0)
		return errno == EAGAIN ? 0 : -errno;
	return len;
}

/*
 * An interface that is up silently loses the frames that it sends until the kernel has
 * noticed in the background that its peer is up as well. So: sends until a frame arrives.
 * Returns 0 or a negative errno.
 */
static int wait_for_wire(const char *from, const char *to)
{
	/* A protocol number for experiments: no other frame here has it. */
	const struct {
		struct ethhdr eth;
		char data[ETH_ZLEN - ETH_HLEN];
	} frame = { .eth.h_proto = htons(ETH_P_802_EX1) };
	int out = netns_packet_socket(from, ETH_P_802_EX1);
	int in = netns_packet_socket(to, ETH_P_802_EX1);
	uint64_t end = app_now_ms() + APP_WAIT_MS;
	int err = 0;

	if (out < 0 || in < 0)
		err = out < 0 ? out : in;
	while (!err) {
		if (send(out, &frame, sizeof(frame), 0) < 0)
			err = -errno;
		else if (netns_wait(in, RETRY_MS))
			break;
		else if (app_now_ms() >= end)
			err = -ETIMEDOUT;
	}
	if (out >= 0)
		close(out);
	if (in >= 0)
		close(in);
	return err;
}

int netns_veth(const char *name, const char *peer)
{
	int err;

	err = make_veth(name, peer);
	if (err == -EOPNOTSUPP)
		return app_skip("kernel has no veth interfaces (CONFIG_VETH)");
	err = err				?:
		      interface_up(name)	?:
		      interface_up(peer)	?:
		      wait_for_wire(name, peer) ?:
						  wait_for_wire(peer, name);
	if (err)
		return app_fail("cannot make the interfaces %s and %s: %s", name, peer,
				strerror(-err));
	return 0;
}
