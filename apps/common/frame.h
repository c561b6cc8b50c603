/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Frames as they are on the wire, for apps that send and check them bit for bit:
 * a UDP datagram over IPv4 or IPv6, with documentation addresses (RFC 5737).
 */
#ifndef FRAME_H
#define FRAME_H

#include <netinet/in.h>
#include <stdint.h>

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#define FRAME_FROM 0xc0000201 /* 192.0.2.1 */
#define FRAME_TO   0xc0000202 /* 192.0.2.2 */
#define FRAME_DATA 18	      /* bytes that fill the smallest Ethernet frame */

struct frame4 {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	uint32_t seq;
	char text[FRAME_DATA - 4];
} __attribute__((packed));

/* The addresses are ::192.0.2.1 and ::192.0.2.2: their checksum is that of the IPv4 addresses. */
struct frame6 {
	struct ethhdr eth;
	struct ipv6hdr ip;
	struct udphdr udp;
	uint32_t seq;
	char text[FRAME_DATA - 4];
} __attribute__((packed));

/* Fills in a valid frame to UDP port @port, with the number @seq as data. */
void frame4_make(struct frame4 *f, uint16_t port, uint32_t seq);
void frame6_make(struct frame6 *f, uint16_t port, uint32_t seq);

/* Updates the checksums of the IP header and of the datagram. */
void frame4_fill_sums(struct frame4 *f);

#endif
