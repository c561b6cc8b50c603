/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * tracefs: where tracepoints are found, and where bpf_printk() prints to.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sees to it that tracefs is there before libbpf looks for a tracepoint in it.
 * Where it is not mounted (a bare host, a container) it is, for this process
 * and its children only.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int trace_need_tracefs(void);

/*
 * Whether the kernel really reports @event ("syscalls/sys_enter_write") when this
 * process does @cause: perf counts it, without any BPF.  There are kernels that have
 * the tracepoint and never come by (system calls on 64-bit MIPS).
 * No BPF program of ours may be attached to it: one that returns 0 hides it from perf.
 * True if it cannot be told.
 */
bool trace_fires(const char *event, void (*cause)(void));

/* What one process reads of the bpf_printk() lines of the whole system. */
struct trace {
	char dir[128];		/* our tracing instance */
	int pipe;
	size_t len;
	char text[8192];
};

/*
 * A number that tells the bpf_printk() lines of this process from all others:
 * the BPF half must print it in each of them, as "%x".
 */
uint32_t trace_token(void);

/*
 * Starts to listen to the bpf_printk() lines that have the token in them.
 *
 * It has a tracing instance of its own, because the well-known trace_pipe gives
 * each line to one reader only: two at once steal each other's, and whoever has
 * `cat trace_pipe` running takes them all.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int trace_open(struct trace *trace, uint32_t token);

/*
 * Copies the next line, without its newline and leading blanks, to @line. The kernel puts
 * a line "CPU:0 [LOST 12 EVENTS]" where we were too slow.
 * @timeout_ms: how long to wait for it; 0 takes only what is there.
 * Returns 1, or 0 if none came in time or on Ctrl-C, or a negative errno.
 */
int trace_line(struct trace *trace, char *line, size_t size,
	       unsigned int timeout_ms);

/*
 * Gives up the instance; harmless for a zeroed or never opened trace. Only after
 * a kill -9 one is left, idle: `rmdir /sys/kernel/tracing/instances/app-*`.
 */
void trace_close(struct trace *trace);

#endif
