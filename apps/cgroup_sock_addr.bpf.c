// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A service address without a machine: for the processes of a cgroup, connect() to
 * that address is redirected to another one, where a server listens, and getpeername()
 * still shows the service's address. The packets need no translation, since the socket
 * has the server's address from the start.
 *
 * Needs: Linux 5.2 (global variables), cgroup v2
 */
#include "common/net.bpf.h"

const volatile __u32 service_ip, server_ip; /* as on the wire */
const volatile __u16 service_port, server_port;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64); /* the socket's cookie, a unique number */
	__type(value, __u32);
} redirected SEC(".maps");

__u32 connects, names;

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	__u32 one = 1;

	if (ctx->user_ip4 != service_ip || ctx->user_port != bpf_htons(service_port))
		return 1; /* unchanged; 0 would refuse it */
	ctx->user_ip4 = server_ip;
	ctx->user_port = bpf_htons(server_port);
	bpf_map_update_elem(&redirected, &cookie, &one, BPF_ANY);
	__sync_fetch_and_add(&connects, 1);
	return 1;
}

SEC("cgroup/getpeername4")
int getpeername4(struct bpf_sock_addr *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);

	if (bpf_map_lookup_elem(&redirected, &cookie)) {
		ctx->user_ip4 = service_ip;
		ctx->user_port = bpf_htons(service_port);
		__sync_fetch_and_add(&names, 1);
	}
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
