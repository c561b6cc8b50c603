// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A profiler: the program is called on a perf event, here a fixed number of times for
 * each second of CPU time that the user half uses. It reports the stack of the kernel
 * and of the program. The user half turns the addresses into names.
 *
 * Needs: Linux 5.8 (ring buffer), perf events
 */
/* The layout of registers is the same in every kernel: no CO-RE, so no BTF is needed. */
#define BPF_NO_PRESERVE_ACCESS_INDEX
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "profile.h"

__u32 samples_lost; /* the ring buffer was full; one thread: not atomic */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} samples SEC(".maps");

SEC("perf_event")
int on_sample(struct bpf_perf_event_data *ctx)
{
	struct stack_sample *s;

	s = bpf_ringbuf_reserve(&samples, sizeof(*s), 0);
	if (!s) {
		samples_lost++;
		return 0;
	}
	s->kernel_bytes = bpf_get_stack(ctx, s->kernel, sizeof(s->kernel), 0);
	s->user_bytes = bpf_get_stack(ctx, s->user, sizeof(s->user), BPF_F_USER_STACK);
	/* Without the program's stack (s390's 6.1) the registers still have its address. */
	if (s->kernel_bytes <= 0 && s->user_bytes <= 0) {
		s->user[0] = PT_REGS_IP((struct pt_regs *)&ctx->regs);
		s->user_bytes = sizeof(s->user[0]);
	}
	bpf_ringbuf_submit(s, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
