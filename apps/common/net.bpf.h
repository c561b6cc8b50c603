/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What the BPF halves of the network apps begin with, in place of vmlinux.h, which
 * has types but no macros.
 */
#ifndef NET_BPF_H
#define NET_BPF_H

/*
 * Packets, and the contexts that programs of the network get, are the same on every
 * kernel. To read them by CO-RE would cost an app its independence of the kernel's BTF.
 */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define ETH_P_IP	0x0800
#define ETH_P_IPV6	0x86dd

#define TC_ACT_OK	0
#define TC_ACT_SHOT	2

/* Where the fields of a frame are that is Ethernet, IPv4 without options, UDP. */
#define ETH_TYPE	offsetof(struct ethhdr, h_proto)
#define IP_START	sizeof(struct ethhdr)
#define IP_FIELD(f)	(IP_START + offsetof(struct iphdr, f))
#define UDP_START	(IP_START + sizeof(struct iphdr))
#define UDP_FIELD(f)	(UDP_START + offsetof(struct udphdr, f))
#define UDP_DATA	(UDP_START + sizeof(struct udphdr))

#ifndef offsetof
#define offsetof(type, member)	__builtin_offsetof(type, member)
#endif

#endif
