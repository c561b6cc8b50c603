/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef PROBEABLE_H
#define PROBEABLE_H

/*
 * A function of the user half that uprobes are put on: it stays one function, and
 * is of the instruction set that Linux on 32-bit ARM can probe; Debian's compiler
 * would make it Thumb.
 */
#ifdef __arm__
#define PROBEABLE	__attribute__((noinline, noclone, target("arm")))
#else
#define PROBEABLE	__attribute__((noinline, noclone))
#endif

#endif
