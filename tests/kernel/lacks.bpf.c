// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A program for each feature that a kernel may lack, and some that every verifier
 * refuses for their own fault. The user half loads the one that it is told to.
 * vmlinux.h would add CO-RE relocations, and a kernel without BTF would refuse them all.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} events SEC(".maps");

/* --- what no kernel has ---------------------------------------------------------- */

SEC("?tp_btf/no_such_event")
int event(__u64 *ctx)
{
	return 0;
}

SEC("?fentry/no_such_function")
int function(__u64 *ctx)
{
	return 0;
}

/* --- what some have --------------------------------------------------------------- */

SEC("?xdp.frags")
int frags(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("?kprobe.multi/vfs_read")
int kprobes(void *ctx)
{
	return 0;
}

SEC("?uprobe.multi//proc/self/exe:main")
int uprobes(void *ctx)
{
	return 0;
}

__noinline int first(__u64 *value)
{
	return value ? *value : 0;
}

SEC("?tc")
int pointer(struct __sk_buff *ctx)
{
	__u64 value = ctx->len;

	return first(&value) == 1;
}

SEC("?fentry/vfs_read")
int dynptr(__u64 *ctx)
{
	struct bpf_dynptr sample;
	__u64 value = ctx[2];

	bpf_ringbuf_reserve_dynptr(&events, sizeof(value), 0, &sample);
	bpf_dynptr_write(&sample, 0, &value, sizeof(value), 0);
	bpf_ringbuf_discard_dynptr(&sample, 0);
	return 0;
}

/* --- what is their own fault -------------------------------------------------------- */

/* As bpf_core_enum_value_exists() says it of a helper that the kernel lacks. */
const volatile int has_helper = 0;

SEC("?tc")
int null(struct __sk_buff *ctx)
{
	__u32 key = 0;
	__u64 *value;

	/* no program of this type has it; the verifier does not come here */
	if (has_helper)
		bpf_override_return((void *)ctx, 0);
	value = bpf_map_lookup_elem(&values, &key);
	return *value;
}

SEC("?fentry/vfs_read")
int beyond(__u64 *ctx)
{
	return ctx[100] == 1;
}

__noinline int fourth(struct __sk_buff *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&values, &key);

	return value ? value[3] : 0;
}

SEC("?tc")
int global(struct __sk_buff *ctx)
{
	return fourth(ctx) == 1;
}

char LICENSE[] SEC("license") = "GPL";
