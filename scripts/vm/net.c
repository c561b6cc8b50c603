// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Which port of this machine leads to the guest's SSH server. QEMU is told to
 * take any free one, so that VMs never get in each other's way, and only its
 * human monitor says which it took.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vm.h"

/*
 * The host's port that is forwarded to @guest_port, from the answer to "info
 * usernet"; 0 if there is none. A line of it:
 *   TCP[HOST_FORWARD]  11       127.0.0.1 42419       10.0.2.15    22     0     0
 */
int net_parse_port(const char *usernet, int guest_port)
{
	static const char forward[] = "TCP[HOST_FORWARD]";

	for (const char *p = usernet; (p = strstr(p, forward)); ) {
		int host, guest;

		p += sizeof(forward) - 1;
		if (sscanf(p, " %*d %*s %d %*s %d", &host, &guest) == 2 &&
		    guest == guest_port && host > 0 && host < 65536)
			return host;
	}
	return 0;
}

/* The port that leads to the guest's port 22; 0 if none does. */
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
