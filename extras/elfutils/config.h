/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What elfutils' configure finds out, as far as libelf asks.  The answers are right
 * for every architecture and C library, whatever it declares itself: its headers come
 * first, and a name that elfutils would define then is one of elfutils' own.
 */
#if __SIZEOF_LONG__ == 4
#define _FILE_OFFSET_BITS 64
#endif

#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#define reallocarray eu_reallocarray
#define HAVE_DECL_REALLOCARRAY 0

#undef mempcpy
#define HAVE_DECL_MEMPCPY 0
#define HAVE_DECL_MEMRCHR 0
#define HAVE_DECL_RAWMEMCHR 0
#ifdef powerof2
#define HAVE_DECL_POWEROF2 1
#endif

#if __has_include(<error.h>)
#define HAVE_ERROR_H 1
#else
#define HAVE_ERR_H 1
#endif

/* Of gcc and of Linux. */
#define HAVE_FALLTHROUGH 1
#define HAVE_MREMAP 1
#define HAVE_STDATOMIC_H 1
#define HAVE_VISIBILITY 1

/* Compressed sections: zlib alone.  No locks: as configure has it by default. */
#define USE_ZLIB 1

#include <eu-config.h>
