// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of hello: attaches the XDP program to an interface, reads its
 * packet counter, and detaches. On the loopback interface, the default, it
 * sends the packets itself.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/cpus.h"
#include "common/trace.h"
#include "hello.skel.h"

#define POLL_MS 10

static const char *iface = "lo";
static unsigned int count = 5;
static unsigned int seconds = 10;
static bool printk;

static const struct app_option options[] = {
	APP_TEXT('i', "interface", "NAME", "count the packets it receives", &iface),
	APP_NUMBER('n', "count", "N", "end after N packets", &count, 1, 1000000000),
	APP_NUMBER('t', "duration", "SEC", "wait no longer than SEC seconds", &seconds, 1, 1000000),
	APP_FLAG('p', "printk", "have the BPF program print a line for each, and show it", &printk),
	{},
};

/*
 * Attaches by a link, which the kernel undoes when its descriptor is closed:
 * even after kill -9 the interface is as it was.
 * @mode: set to the mode. Native is XDP in the driver, before it has a packet buffer;
 * generic is the kernel's replacement for drivers without XDP.
 * Returns the link's descriptor or a negative errno.
 */
static int attach(int prog_fd, int ifindex, const char **mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);
	int fd;

	*mode = "native";
	fd = bpf_link_create(prog_fd, ifindex, BPF_XDP, &opts);
	if (fd < 0 && errno != EBUSY && errno != EPERM) {
		*mode = "generic";
		opts.flags = XDP_FLAGS_SKB_MODE;
		fd = bpf_link_create(prog_fd, ifindex, BPF_XDP, &opts);
	}
	return fd < 0 ? -errno : fd;
}

/* The verdict on an attach that failed. @err: from attach() */
static int attach_failed(int err)
{
	if (err == -EBUSY || err == -EEXIST)
		return app_fail(
			"cannot attach to %s: it has an XDP program already; see `ip link show %s`, and detach that one",
			iface, iface);
	if (err == -EINVAL)
		return app_skip("kernel has no BPF links for XDP (Linux 5.9)");
	if (err == -EOPNOTSUPP)
		return app_skip("interface %s takes no XDP program", iface);
	return app_attach_failed("XDP", "CONFIG_NET", err);
}

static __u32 program_id(int prog_fd)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return 0;
	return info.id;
}

/*
 * A socket that sends to itself over the loopback interface: a packet to a closed port
 * would be answered by an ICMP packet, which the program would count, too.
 * Returns its descriptor or a negative errno.
 */
static int loopback_socket(void)
{
	struct sockaddr_in self = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(self);
	int sock, err;

	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (bind(sock, (struct sockaddr *)&self, len) ||
	    getsockname(sock, (struct sockaddr *)&self, &len) ||
	    connect(sock, (struct sockaddr *)&self, len)) {
		err = -errno;
		close(sock);
		return err;
	}
	return sock;
}

static void show_hellos(struct trace *trace)
{
	char line[256];

	while (trace_line(trace, line, sizeof(line), 0) == 1)
		puts(line);
}

/*
 * Waits until the packets are counted, the time is over or Ctrl-C is pressed.
 * @sock: sends as many packets meanwhile; -1: others send them
 * Returns 0 or a negative errno.
 */
static int count_packets(struct bpf_map *packets, struct trace *trace, int sock, __u64 *seen,
			 unsigned int *sent)
{
	uint64_t end = app_now_ms() + seconds * 1000ULL;
	int err;

	for (;;) {
		err = cpus_sum(packets, 0, seen);
		if (err)
			return err;
		if (printk)
			show_hellos(trace);
		if (app_stop || *seen >= count || app_now_ms() >= end)
			return 0;
		if (sock < 0 || *sent >= count) {
			app_nap(POLL_MS);
			continue;
		}
		if (send(sock, "hello", 5, 0) < 0)
			return -errno;
		(*sent)++;
	}
}

static int run(struct hello_bpf *skel, struct trace *trace, int ifindex, int sock)
{
	int prog_fd = bpf_program__fd(skel->progs.hello);
	unsigned int sent = 0;
	const char *mode;
	__u64 seen = 0;
	int link, err;

	link = attach(prog_fd, ifindex, &mode);
	if (link < 0)
		return attach_failed(link);
	printf("attached to %s, %s mode, program id %u\n", iface, mode, program_id(prog_fd));

	err = count_packets(skel->maps.packets, trace, sock, &seen, &sent);

	app_keep();
	close(link);
	printf("detached from %s: %llu packets received", iface, (unsigned long long)seen);
	if (sock >= 0)
		printf(", %u sent by hello itself", sent);
	putchar('\n');

	if (err)
		return app_fail("cannot count packets on %s: %s", iface, strerror(-err));
	if (seen < count && !app_stop)
		return app_fail("%llu of %u packets in %u s; is there traffic on %s? -t waits longer",
				(unsigned long long)seen, count, seconds, iface);
	return app_pass("the BPF program saw %llu packets", (unsigned long long)seen);
}

/* The interface's IFF_ flags, or a negative errno. */
static int interface_flags(void)
{
	struct ifreq req = {};
	int sock, ret;

	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", iface);
	if (ioctl(sock, SIOCGIFFLAGS, &req))
		ret = -errno;
	else
		ret = (unsigned short)req.ifr_flags;
	close(sock);
	return ret;
}

int main(int argc, char **argv)
{
	uint32_t token = trace_token();
	struct trace trace = {};
	struct hello_bpf *skel;
	int flags, err, ret;
	int sock = -1;

	app_init(argc, argv,
		 "An XDP program that counts the packets an interface receives. On a loopback\n"
		 "interface hello sends them itself. Example: ./hello -i eth0 -n 100 -p",
		 options);

	flags = interface_flags();
	if (flags < 0)
		return app_fail("cannot use interface %s: %s; `ip link` lists them", iface,
				strerror(-flags));
	if (!(flags & IFF_UP))
		return app_fail("interface %s receives nothing: it is down; `ip link set %s up`",
				iface, iface);

	skel = hello_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->say_hello = printk;
	skel->rodata->token = token;
	err = hello_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	if (printk) {
		ret = trace_open(&trace, token);
		if (ret)
			goto out;
	}
	if (flags & IFF_LOOPBACK) {
		sock = loopback_socket();
		if (sock < 0) {
			ret = app_fail("cannot send over %s: %s; it should have 127.0.0.1", iface,
				       strerror(-sock));
			goto out;
		}
	}

	ret = run(skel, &trace, if_nametoindex(iface), sock);

	if (sock >= 0)
		close(sock);
out:
	trace_close(&trace);
	hello_bpf__destroy(skel);
	return ret;
}
