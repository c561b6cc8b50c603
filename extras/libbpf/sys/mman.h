/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * libbpf finds this before the system's <sys/mman.h>, on an architecture whose kernel
 * refuses a shared mapping at a fixed address that is no multiple of SHMLBA, and where that
 * is more than a page.  libbpf maps the first contents of .data and .bss where there is room,
 * and later the BPF map itself over it: so there must be room at such an address.
 */
#include_next <sys/mman.h>
#ifndef mmap
#include <stddef.h>
#include <stdint.h>

static inline void *mmap_aligned(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	char *room, *start;

	if (addr || (flags & (MAP_SHARED | MAP_ANONYMOUS)) != (MAP_SHARED | MAP_ANONYMOUS))
		return mmap(addr, len, prot, flags, fd, offset);

	/* len is a number of pages */
	room = mmap(NULL, len + SHM_ALIGN, prot, flags, fd, offset);
	if (room == MAP_FAILED)
		return room;
	start = (char *)(((uintptr_t)room + SHM_ALIGN - 1) / SHM_ALIGN * SHM_ALIGN);
	if (start > room)
		munmap(room, start - room);
	munmap(start + len, room + SHM_ALIGN - start);
	return start;
}
#define mmap mmap_aligned
#endif
