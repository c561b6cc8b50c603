/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef PROBEABLE_H
#define PROBEABLE_H

/*
 * A function of the user half that uprobes are put on: it stays a function of its own,
 * and has its arguments where BPF_UPROBE looks for them. UPROBE_CFLAGS of the
 * architecture (mk/arch/<arch>.mk) define UPROBE_REGPARM where the C calling convention
 * passes arguments on the stack and BPF_UPROBE reads registers.
 */
#ifdef UPROBE_REGPARM
#define PROBEABLE __attribute__((noinline, noclone, regparm(UPROBE_REGPARM)))
#else
#define PROBEABLE __attribute__((noinline, noclone))
#endif

/*
 * Whether libbpf finds the code of a function by its name. In 64-bit PowerPC's ELFv1 ABI, that of
 * big-endian programs, a function's symbol is that of a descriptor, which libbpf takes for the code.
 */
#if defined(_CALL_ELF) && _CALL_ELF == 1
#define PROBEABLE_BY_NAME 0
#else
#define PROBEABLE_BY_NAME 1
#endif

#endif
