/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Names of functions by address, of the kernel and of this program.
 */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdint.h>

struct symbols;

/* From /proc/kallsyms, which must not hide addresses. NULL: errno says why. */
struct symbols *symbols_of_kernel(void);

/* From this program's ELF file, where it is loaded. NULL: errno says why. */
struct symbols *symbols_of_self(void);

/* The function that an address is in, or NULL. */
const char *symbols_find(const struct symbols *symbols, uint64_t address);

void symbols_free(struct symbols *symbols);

#endif
