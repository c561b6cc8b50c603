// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * XDP as a wire: the frames that one interface receives are sent out of another one,
 * before the network stack sees them. A device map says which interface is connected
 * to which, so the user half can change that at any time.
 *
 * Needs: Linux 5.4 (devmap_hash)
 */
#include "common/net.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);   /* interface that receives */
	__type(value, __u32); /* interface that sends */
} wires SEC(".maps");

__u32 redirected;
__u32 arrived;

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&redirected, 1);
	/* The action for a frame from an interface that is not connected. */
	return bpf_redirect_map(&wires, ctx->ingress_ifindex, XDP_PASS);
}

/*
 * For the far ends: a veth interface accepts redirected frames only if its peer has an
 * XDP program, too, even one that does nothing.
 */
SEC("xdp")
int arrive(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&arrived, 1);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
