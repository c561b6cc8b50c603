/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A network of the app's own. Whatever the app does there, nobody else sees it and
 * no other packet disturbs it; and it goes with the app, however that ends.
 */
#ifndef NETNS_H
#define NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Moves this process to a new network namespace, where the loopback interface is up.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int netns_enter(void);

/*
 * Makes two interfaces joined by a wire: what one sends, the other receives, from now on.
 * They have no addresses, and so are silent until an app sends.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int netns_veth(const char *name, const char *peer);

/*
 * A socket that sends whole frames over the interface, and receives the frames of the
 * protocol (ETH_P_IP ...) that came in through it. It is behind XDP and tc: what
 * these drop it does not receive, what they alter it receives altered.
 * Returns the socket or a negative errno.
 */
int netns_packet_socket(const char *name, uint16_t protocol);

/*
 * A UDP socket on the loopback interface.
 * @port: where it is bound; 0: a free one
 * @peer: the port it sends to, and hears only; 0: not connected
 * Returns the socket or a negative errno.
 */
int netns_udp_socket(uint16_t port, uint16_t peer);

/* A TCP socket that listens on the loopback interface; @port as above. */
int netns_tcp_listen(uint16_t port);

/*
 * Makes a TCP socket of a connection, which Ctrl-C does not interrupt.
 * @ip, @port: where to, in the order of the CPU
 * Returns 0 or a negative errno.
 */
int netns_tcp_connect(int sock, uint32_t ip, uint16_t port);

/*
 * Waits for something to receive, or to accept. Ctrl-C does not end the wait: what is on
 * its way is still counted.
 * Returns false if nothing came in time.
 */
bool netns_wait(int sock, unsigned int timeout_ms);

/*
 * Receives a packet, or what has come through a stream.
 * @timeout_ms: how long to wait for it; 0 takes only what is there
 * Returns its length, or 0 if none came in time, or a negative errno.
 */
int netns_receive(int sock, void *buf, size_t size, unsigned int timeout_ms);

#endif
