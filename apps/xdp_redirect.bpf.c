// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A wire of XDP: what one interface receives is sent out of another one, before the
 * network stack sees it. A device map says which interface is wired to which, so
 * that the user half may rewire at any time.
 */
#include "common/net.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);	/* interface that receives */
	__type(value, __u32);	/* interface that sends */
} wires SEC(".maps");

__u32 redirected;
__u32 arrived;

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&redirected, 1);
	/* What is to be done with a frame from an interface without a wire. */
	return bpf_redirect_map(&wires, ctx->ingress_ifindex, XDP_PASS);
}

/*
 * For the far ends: a veth interface takes redirected frames only if it has an XDP
 * program itself, be it one that does nothing.
 */
SEC("xdp")
int arrive(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&arrived, 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
