/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A network namespace of the app: no other process sees its packets or interferes with
 * them, and the kernel removes it with the app.
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
 * Makes a pair of interfaces: a frame that one sends, the other receives. They have no
 * addresses, so no frames are sent but the app's. On return both carry frames.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int netns_veth(const char *name, const char *peer);

/*
 * A socket that sends whole frames over the interface, and receives the frames of the
 * protocol (ETH_P_IP ...) that the interface receives. It is behind XDP and tc: it does not
 * receive the frames that they drop, and receives changed frames as changed.
 * Returns the socket or a negative errno.
 */
int netns_packet_socket(const char *name, uint16_t protocol);

/*
 * A UDP socket on the loopback interface.
 * @port: the port to bind to; 0: a free one
 * @peer: the port to connect to, so that it receives from that only; 0: not connected
 * Returns the socket or a negative errno.
 */
int netns_udp_socket(uint16_t port, uint16_t peer);

/* A TCP socket that listens on the loopback interface; @port as above. */
int netns_tcp_listen(uint16_t port);

/*
 * Connects a TCP socket; Ctrl-C does not interrupt that.
 * @ip, @port: the peer, in host byte order
 * Returns 0 or a negative errno.
 */
int netns_tcp_connect(int sock, uint32_t ip, uint16_t port);

/*
 * Waits for data to receive, or a connection to accept. Ctrl-C does not end the wait: a
 * packet on its way is still counted.
 * Returns false if nothing arrived in time.
 */
bool netns_wait(int sock, unsigned int timeout_ms);

/*
 * Receives a packet, or the data of a stream.
 * @timeout_ms: how long to wait for it; 0: do not wait
 * Returns its length, or 0 if none arrived in time, or a negative errno.
 */
int netns_receive(int sock, void *buf, size_t size, unsigned int timeout_ms);

#endif
