/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * BPF_PROG_RUN: for apps whose BPF programs wait for no event, but are called.
 * These are of type tc: it can be called so on every kernel.
 */
#ifndef RUN_H
#define RUN_H

struct bpf_program;

/*
 * Has the kernel run a tc program @n times in a row, on a packet of zeros.
 * Returns 0, or the verdict to leave main() with, its message printed. On Ctrl-C it
 * returns 0, too: look at app_stop, and expect fewer runs.
 */
int run_prog(const struct bpf_program *prog, unsigned int n);

/*
 * Keeps this process on one CPU: what run_prog() runs, runs there.
 * Returns 0 or a negative errno, -EINVAL for a CPU that is offline.
 */
int run_on_cpu(unsigned int cpu);

#endif
