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
 * Whether the kernel reports syscalls/sys_enter_write when this process calls write(2):
 * perf counts the event, without BPF. A kernel may have the tracepoint and never report
 * it (system calls of 64-bit MIPS).
 * Detach the app's own program first: a program that returns 0 hides the event from perf.
 * Returns true if perf cannot count it.
 */
bool trace_reports_write(void);

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
 * Shows lines up to the first that contains the text.
 * Returns false if none came within APP_WAIT_MS, or on Ctrl-C.
 */
bool trace_show(struct trace *trace, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Gives up the instance; harmless for a zeroed or never opened trace. Only after
 * a kill -9 one is left, idle: `rmdir /sys/kernel/tracing/instances/app-*`.
 */
void trace_close(struct trace *trace);

#endif
