/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * libbpf finds this before the system's <sys/mman.h>, on an architecture whose caches are indexed by
 * virtual addresses: its kernel refuses a shared mapping at a fixed address whose remainder by SHM_ALIGN
 * is not that of the file's other mappings (its colour).  libbpf maps the first contents of .data and
 * .bss where there is room, and later the BPF map itself over it: so there must be room at an address of
 * the BPF map's colour.
 */
#include_next <sys/mman.h>
#ifndef mmap
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The colour of BPF maps.  The kernel makes it of the address of the file's inode (arch/parisc), which all
 * BPF maps share, or of the offset (arch/sparc): a first map that lies where the kernel wants it tells.
 * Without the right to make a map it is 0, and whatever libbpf maps is of no use.
 */
static inline uintptr_t shm_colour(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(int),
		.value_size = sizeof(int),
		.max_entries = 1,
		.map_flags = BPF_F_MMAPABLE,
	};
	int fd = syscall(__NR_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(int), PROT_READ, MAP_SHARED, fd, 0);
	uintptr_t colour = map == MAP_FAILED ? 0 : (uintptr_t)map % SHM_ALIGN;

	if (map != MAP_FAILED)
		munmap(map, sizeof(int));
	if (fd >= 0)
		close(fd);
	return colour;
}

static inline void *mmap_aligned(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	uintptr_t colour;
	char *room, *start;

	if (addr || (flags & (MAP_SHARED | MAP_ANONYMOUS)) != (MAP_SHARED | MAP_ANONYMOUS))
		return mmap(addr, len, prot, flags, fd, offset);

	/* len is a number of pages */
	room = mmap(NULL, len + SHM_ALIGN, prot, flags, fd, offset);
	if (room == MAP_FAILED)
		return room;
	colour = shm_colour();
	start = room + (colour - (uintptr_t)room) % SHM_ALIGN;
	if (start > room)
		munmap(room, start - room);
	munmap(start + len, room + SHM_ALIGN - start);
	return start;
}
#define mmap mmap_aligned
#endif
