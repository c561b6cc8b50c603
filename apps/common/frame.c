// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See frame.h. */
#include <stddef.h>
#include <string.h>

#include "common/frame.h"

#define UDP_LEN (sizeof(struct udphdr) + FRAME_DATA)

/* Adds an even number of bytes to a sum (RFC 1071). */
static uint32_t add(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += byte[i] << 8 | byte[i + 1];
	return sum;
}

/* The checksum to a sum. */
static uint16_t finish(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* The UDP checksum includes the addresses, the protocol and the length. */
static uint16_t udp_sum(const void *addresses, size_t len, const void *udp)
{
	uint32_t sum = add(IPPROTO_UDP + UDP_LEN, addresses, len);

	return finish(add(sum, udp, UDP_LEN));
}

void frame4_fill_sums(struct frame4 *f)
{
	const char *start = (const char *)f;

	f->ip.check = 0;
	f->ip.check = finish(add(0, start + offsetof(struct frame4, ip), sizeof(f->ip)));
	f->udp.check = 0;
	f->udp.check = udp_sum(start + offsetof(struct frame4, ip.saddr), 2 * 4,
			       start + offsetof(struct frame4, udp));
}

/* Hardware addresses of no interface: no network stack will answer. */
static void fill_eth(struct ethhdr *eth, uint16_t protocol)
{
	memcpy(eth->h_source, "\x02\0\0\0\0\x01", ETH_ALEN);
	memcpy(eth->h_dest, "\x02\0\0\0\0\x02", ETH_ALEN);
	eth->h_proto = htons(protocol);
}

void frame4_make(struct frame4 *f, uint16_t port, uint32_t seq)
{
	memset(f, 0, sizeof(*f));
	fill_eth(&f->eth, ETH_P_IP);
	f->ip.version = 4;
	f->ip.ihl = sizeof(f->ip) / 4;
	f->ip.tot_len = htons(sizeof(f->ip) + UDP_LEN);
	f->ip.ttl = 64;
	f->ip.protocol = IPPROTO_UDP;
	f->ip.saddr = htonl(FRAME_FROM);
	f->ip.daddr = htonl(FRAME_TO);
	f->udp.source = htons(1024);
	f->udp.dest = htons(port);
	f->udp.len = htons(UDP_LEN);
	f->seq = htonl(seq);
	strcpy(f->text, "hello, eBPF");
	frame4_fill_sums(f);
}

void frame6_make(struct frame6 *f, uint16_t port, uint32_t seq)
{
	memset(f, 0, sizeof(*f));
	fill_eth(&f->eth, ETH_P_IPV6);
	f->ip.version = 6;
	f->ip.payload_len = htons(UDP_LEN);
	f->ip.hop_limit = 64;
	f->ip.nexthdr = IPPROTO_UDP;
	f->ip.saddr.s6_addr32[3] = htonl(FRAME_FROM);
	f->ip.daddr.s6_addr32[3] = htonl(FRAME_TO);
	f->udp.source = htons(1024);
	f->udp.dest = htons(port);
	f->udp.len = htons(UDP_LEN);
	f->seq = htonl(seq);
	strcpy(f->text, "hello, eBPF");
	f->udp.check = udp_sum((const char *)f + offsetof(struct frame6, ip.saddr), 2 * 16,
			       (const char *)f + offsetof(struct frame6, udp));
}
