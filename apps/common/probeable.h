/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef PROBEABLE_H
#define PROBEABLE_H

/*
 * A function of the user half that uprobes are put on: it stays one function, and
 * is of the instruction set that Linux on 32-bit ARM can probe, where Debian's
 * compiler would make it Thumb; on i386 it has its arguments where BPF_UPROBE looks
 * for them, in registers.
 */
#if defined(__arm__)
#define PROBEABLE	__attribute__((noinline, noclone, target("arm")))
#elif defined(__i386__)
#define PROBEABLE	__attribute__((noinline, noclone, regparm(3)))
#else
#define PROBEABLE	__attribute__((noinline, noclone))
#endif

#endif
