/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * BPF_PROG_RUN: for apps that call their BPF programs instead of waiting for an event. The
 * programs are of type tc, which every kernel can run so.
 */
#ifndef RUN_H
#define RUN_H

struct bpf_program;

/*
 * Has the kernel run a tc program @n times in a row, on a packet of zeros.
 * Returns 0, or the verdict to leave main() with, its message printed. On Ctrl-C it
 * returns 0, too, after fewer runs: check app_stop.
 */
int run_prog(const struct bpf_program *prog, unsigned int n);

/*
 * Keeps this process, and so the programs that run_prog() runs, on one CPU.
 * Returns 0 or a negative errno, -EINVAL for a CPU that is offline.
 */
int run_on_cpu(unsigned int cpu);

#endif
