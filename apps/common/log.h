/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Reads the verifier's log, whose texts differ between kernels: up to Linux 7.2 its last line
 * before the figures has the reason of a refusal; from 7.3 on an explanation of many lines
 * comes after that ("Verification failed: ...").  A log may have libbpf's lines around it.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Learns the beginnings of the lines in which this kernel's verifier sums up its work.
 * @log: of a program that the kernel took, at BPF_LOG_STATS: it has no other lines.
 */
void log_learn(const char *log);

/* Writes the reason of the refusal, one line, to @words; false if the log has none. */
bool log_last_words(char *words, size_t size, const char *log);

/* Whether the verifier came to one of its limits. */
bool log_at_limit(const char *log);

/*
 * Prints the part of the log that explains the refusal, one screen: the state of the
 * registers, the source line, the instruction, the verifier's words, what it wants.
 * @before: what each line begins with.
 */
void log_explain(FILE *out, const char *log, const char *before);

#endif
