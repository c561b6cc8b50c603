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
 * Makes sure that tracefs is mounted before libbpf looks for a tracepoint in it. If it is
 * not (on a bare host, in a container), it is mounted for this process and its children.
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

/* A reader of bpf_printk() lines, which are shared by the whole system. */
struct trace {
	char dir[128]; /* our tracing instance */
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
 * Starts to read the bpf_printk() lines that contain the token.
 *
 * The reader has a tracing instance of its own, because the system's trace_pipe gives each
 * line to one reader only: two apps, or an app and a `cat trace_pipe`, would take lines
 * from each other.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int trace_open(struct trace *trace, uint32_t token);

/*
 * Copies the next line, without its newline and leading blanks, to @line. The kernel puts
 * a line "CPU:0 [LOST 12 EVENTS]" where the reader was too slow.
 * @timeout_ms: how long to wait for it; 0: do not wait.
 * Returns 1, or 0 if none arrived in time or on Ctrl-C, or a negative errno.
 */
int trace_line(struct trace *trace, char *line, size_t size, unsigned int timeout_ms);

/*
 * Shows lines up to the first that contains the text.
 * Returns false if none arrived within APP_WAIT_MS, or on Ctrl-C.
 */
bool trace_show(struct trace *trace, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Removes the instance; does nothing for a zeroed struct. Only kill -9 leaves an
 * instance: `rmdir /sys/kernel/tracing/instances/app-*`.
 */
void trace_close(struct trace *trace);

#endif
