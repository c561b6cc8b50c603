/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The network apps' BPF halves include this in place of vmlinux.h, which has types but no
 * macros.
 */
#ifndef NET_BPF_H
#define NET_BPF_H

/*
 * The layout of packets, and of the contexts of network programs, is the same on every
 * kernel: no CO-RE, so these apps need no BTF in the kernel.
 */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define ETH_P_IP   0x0800
#define ETH_P_IPV6 0x86dd

#define TC_ACT_OK   0
#define TC_ACT_SHOT 2

/* Offsets in a frame of Ethernet, IPv4 without options, and UDP. */
#define ETH_TYPE     offsetof(struct ethhdr, h_proto)
#define IP_START     sizeof(struct ethhdr)
#define IP_FIELD(f)  (IP_START + offsetof(struct iphdr, f))
#define UDP_START    (IP_START + sizeof(struct iphdr))
#define UDP_FIELD(f) (UDP_START + offsetof(struct udphdr, f))
#define UDP_DATA     (UDP_START + sizeof(struct udphdr))

#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif

#endif
