// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Which port of this machine leads to the guest's SSH server. QEMU takes any free port, so
 * that VMs do not collide; only its human monitor tells which port.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm.h"

/*
 * The host's port that is forwarded to @guest_port, from the answer to "info
 * usernet"; 0 if there is none. A line of it:
 *   TCP[HOST_FORWARD]  11       127.0.0.1 42419       10.0.2.15    22     0     0
 */
int net_parse_port(const char *usernet, int guest_port)
{
	static const char forward[] = "TCP[HOST_FORWARD]";

	for (const char *p = usernet; (p = strstr(p, forward));) {
		int host, guest;

		p += sizeof(forward) - 1;
		if (sscanf(p, " %*d %*s %d %*s %d", &host, &guest) == 2 && guest == guest_port &&
		    host > 0 && host < 65536)
			return host;
	}
	return 0;
}

/* The port of this machine that leads to the guest's port 22; 0 if there is none. */
int net_ssh_port(struct qmp *q, int64_t deadline)
{
	json_t *args, *result;
	const char *text;
	int err, port;

	args = must(json_pack("{s:s}", "command-line", "info usernet"));
	err = qmp_command(q, "human-monitor-command", args, deadline, &result);
	json_decref(args);
	if (err)
		return err;
	text = json_string_value(result);
	port = text ? net_parse_port(text, 22) : 0;
	json_decref(result);
	return port;
}

/* Begins to connect to @port of 127.0.0.1, without waiting. */
int net_connect(int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd, err;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) && errno != EINPROGRESS) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* Whether an SSH server at the other end of @fd sends its greeting by @deadline. */
bool net_greets(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[4] = "";
	int n;

	do
		n = poll(&p, 1, poll_ms(deadline));
	while (n < 0 && errno == EINTR);
	return n > 0 && recv(fd, text, sizeof(text), 0) == sizeof(text) && !memcmp(text, "SSH-", 4);
}
