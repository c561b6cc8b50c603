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
 * The colour of BPF maps.  The kernel makes it of the offset (arch/sparc, arch/arc), and then takes a map at a
 * fixed address of colour 0; or of the address of the file's inode (arch/parisc), which all BPF maps share, and
 * then a first map that lies where the kernel wants it tells (arch/arc looks at no colour there).  Without the
 * right to make a map it is 0, and whatever libbpf maps is of no use.
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
	char *room, *start, *map;
	uintptr_t colour = 0;

	if (fd < 0)
		return colour;
	room = mmap(NULL, 2 * SHM_ALIGN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room != MAP_FAILED) {
		start = room + -(uintptr_t)room % SHM_ALIGN;
		map = mmap(start, sizeof(int), PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
		if (map == MAP_FAILED) {
			map = mmap(NULL, sizeof(int), PROT_READ, MAP_SHARED, fd, 0);
			if (map != MAP_FAILED) {
				colour = (uintptr_t)map % SHM_ALIGN;
				munmap(map, sizeof(int));
			}
		}
		munmap(room, 2 * SHM_ALIGN);
	}
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
