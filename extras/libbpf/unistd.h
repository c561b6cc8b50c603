/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * libbpf finds this before the system's <unistd.h>.  Linux for SPARC takes a result below -516 for no error
 * (arch/sparc/kernel/syscalls.S), so the C library returns the kernel's ENOTSUPP, 524, as it is and leaves errno
 * as it was: libbpf would report the error before.
 */
#include_next <unistd.h>
#if defined(__sparc__) && !defined(syscall)
#include <errno.h>

static inline long syscall_result(long result)
{
	if (result >= -1)
		return result;
	errno = -result;
	return -1;
}

#define syscall(...) syscall_result(syscall(__VA_ARGS__))
#endif
