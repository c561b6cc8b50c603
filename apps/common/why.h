/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Why BPF programs do not load, in the same words everywhere: in the verdicts of the apps
 * and in the tables of `make matrix`. The kernel is asked first (lack.h). The logs of libbpf
 * and of the verifier are read last: libbpf's texts are those of the libbpf that is linked,
 * the verifier's differ between kernels and are quoted rather than understood.
 */
#ifndef WHY_H
#define WHY_H

#include <stdio.h>

#include "common/lack.h"

/* A word for tables, "no-helper", and what to do about it, one line. */
const char *why_word(enum lack_class class);
const char *why_cure(enum lack_class class);

/* Whether a failure of that class is a SKIP: the kernel lacks something, the program does not. */
bool why_skip(enum lack_class class);

/*
 * The class of a load that failed, which is never LACK_NOTHING.
 * @err: what load returned, negative. @log: what libbpf said, with the verifier's log behind
 * it if that is not a part of it; at least its end.
 */
void why_load(struct lack *why, const struct bpf_object *obj, int err, const char *log);

/* Whether the verifier came to one of its limits; @log: of the verifier. */
bool why_complex(struct lack *why, int err, const char *log);

/* The class of an object that libbpf could not open. */
void why_open(struct lack *why, int err, const char *log);

/*
 * To be given all that libbpf says, debug messages included: which CO-RE relocations found
 * nothing is said there alone.
 */
void why_note(const char *text);

/*
 * Prints what of the verifier's log explains the refusal, one screen: the state of the
 * registers, the source line, the instruction, the verifier's words, what it wants.
 * @before: what each line begins with.
 */
void why_explain(FILE *out, const char *log, const char *before);

#endif
