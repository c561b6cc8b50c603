// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See symbols.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gelf.h>

#include "common/symbols.h"

struct symbol {
	uint64_t address;
	uint64_t size; /* 0: unknown, up to the next symbol */
	char *name;
};

struct symbols {
	struct symbol *all; /* sorted by address */
	size_t count, room;
};

/* Returns false if memory is exhausted. */
static bool add(struct symbols *s, uint64_t address, uint64_t size, const char *name)
{
	struct symbol *all;

	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 4096;

		all = realloc(s->all, room * sizeof(*all));
		if (!all)
			return false;
		s->all = all;
		s->room = room;
	}
	all = s->all + s->count;
	*all = (struct symbol){ .address = address, .size = size, .name = strdup(name) };
	if (!all->name)
		return false;
	s->count++;
	return true;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct symbol *)a)->address;
	uint64_t y = ((const struct symbol *)b)->address;

	return x < y ? -1 : x > y;
}

/* @ok: whether all were added. Returns the table for use, or NULL with errno set. */
static struct symbols *finished(struct symbols *s, bool ok)
{
	if (!ok || !s->count) {
		errno = ok ? ENOENT : ENOMEM;
		symbols_free(s);
		return NULL;
	}
	qsort(s->all, s->count, sizeof(*s->all), compare);
	return s;
}

struct symbols *symbols_of_kernel(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	struct symbols *s;
	bool ok = true;
	char line[512];

	if (!f)
		return NULL;
	s = calloc(1, sizeof(*s));
	/* "ffffffff81000000 T name", and of a module "\t[module]"; not sscanf: it is slow */
	while (s && ok && fgets(line, sizeof(line), f)) {
		char *rest;
		uint64_t address = strtoull(line, &rest, 16);

		if (address && strchr("tTwW", rest[1])) {
			rest[3 + strcspn(rest + 3, "\t\n")] = '\0';
			ok = add(s, address, 0, rest + 3);
		}
	}
	fclose(f);
	return s ? finished(s, ok) : NULL;
}

/* Where the code of a function of this program is, whose symbol has @value. */
static uint64_t code_address(const GElf_Ehdr *header, uint64_t value, uint64_t bias)
{
	if (header->e_machine == EM_ARM)
		value &= ~1; /* Thumb */
	value += bias;
	/* 64-bit PowerPC's ELFv1 ABI (3.2.1): the symbol is that of a descriptor, which begins with it */
	if (header->e_machine == EM_PPC64 && (header->e_flags & EF_PPC64_ABI) < 2)
		value = *(const uint64_t *)(uintptr_t)value;
	return value;
}

/* Adds the functions of a symbol table, at @bias from their linked addresses. */
static bool add_table(struct symbols *s, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
		      const GElf_Ehdr *elf_header, uint64_t bias)
{
	Elf_Data *data = elf_getdata(section, NULL);
	bool ok = true;
	GElf_Sym sym;
	int i;

	for (i = 0; ok && gelf_getsym(data, i, &sym); i++) {
		const char *name = elf_strptr(elf, header->sh_link, sym.st_name);

		if (GELF_ST_TYPE(sym.st_info) == STT_FUNC && sym.st_size && name)
			ok = add(s, code_address(elf_header, sym.st_value, bias), sym.st_size,
				 name);
	}
	return ok;
}

/* The difference between the addresses at which the program is loaded and linked. */
static uint64_t load_bias(const GElf_Ehdr *header)
{
	/* The address of the start is known in both. */
	extern const char __ehdr_start[];

	return header->e_type == ET_DYN ? (uintptr_t)__ehdr_start : 0;
}

struct symbols *symbols_of_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct symbols *s = calloc(1, sizeof(*s));
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	GElf_Ehdr ehdr;
	bool ok = true;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	if (!s || !elf || !gelf_getehdr(elf, &ehdr)) {
		ok = false;
	} else {
		while (ok && (section = elf_nextscn(elf, section)))
			if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB)
				ok = add_table(s, elf, section, &header, &ehdr, load_bias(&ehdr));
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return s ? finished(s, ok) : NULL;
}

const char *symbols_find(const struct symbols *s, uint64_t address)
{
	size_t low = 0, high = s->count;
	const struct symbol *found;

	while (low < high) { /* low: the number of symbols at or before the address */
		size_t middle = low + (high - low) / 2;

		if (s->all[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	found = s->all + low - 1;
	if (found->size && address >= found->address + found->size)
		return NULL;
	return found->name;
}

void symbols_free(struct symbols *s)
{
	size_t i;

	for (i = 0; s && i < s->count; i++)
		free(s->all[i].name);
	if (s)
		free(s->all);
	free(s);
}
