// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of map_iter: fills a map, iterates over it, and passes if the BPF
 * program's sum is right, and if it printed and changed the right entries and no others.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "map_iter.h"
#include "map_iter.skel.h"

static unsigned int count = 10;
static unsigned int dear = 8;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "put N items into the map", &count, 1, 100000),
	APP_NUMBER('d', "dear", "PRICE", "show items of at least that price, and make them cheaper",
		   &dear, 2, 1000000),
	{},
};

/* Item 1 costs 1, item 2 costs 2, and so on. */
static struct stock item(__u32 key)
{
	return (struct stock){ .pieces = 10000000000ULL + key, .price = key };
}

/* Fills the map. Returns the sum of all prices, or 0 on failure. */
static __u64 fill(struct bpf_map *shelf)
{
	__u64 worth = 0;
	__u32 key;

	for (key = 1; key <= count; key++) {
		struct stock stock = item(key);

		if (bpf_map__update_elem(shelf, &key, sizeof(key), &stock, sizeof(stock),
					 BPF_NOEXIST))
			return 0;
		worth += stock.pieces * stock.price;
	}
	return worth;
}

/* Shows what the BPF program prints. Returns the number of lines, or a negative errno. */
static int iterate(const struct bpf_link *link)
{
	int fd = bpf_iter_create(bpf_link__fd(link));
	char line[128];
	int lines = 0;
	FILE *table;

	if (fd < 0)
		return fd;
	table = fdopen(fd, "r");
	if (!table)
		return -errno;
	while (fgets(line, sizeof(line), table)) {
		fputs(line, stdout);
		lines++;
	}
	fclose(table);
	return lines;
}

/* Whether each value is right after the iteration. */
static bool values_are_right(struct bpf_map *shelf)
{
	__u32 key;

	for (key = 1; key <= count; key++) {
		struct stock stock, expected = item(key);

		if (expected.price >= dear)
			expected.price = dear - 1;
		if (bpf_map__lookup_elem(shelf, &key, sizeof(key), &stock, sizeof(stock), 0) ||
		    memcmp(&stock, &expected, sizeof(stock)))
			return false;
	}
	return true;
}

static int run(struct map_iter_bpf *skel, const struct bpf_link *link)
{
	int expected = count >= dear ? count - dear + 1 : 0;
	__u64 worth = fill(skel->maps.shelf);
	int lines;

	if (!worth)
		return app_fail("cannot fill the map: %m");
	lines = iterate(link);
	if (lines < 0)
		return app_fail("cannot iterate over the map: %s", strerror(-lines));
	if (skel->bss->entries != count || skel->bss->worth != worth || lines != expected)
		return app_fail(
			"the BPF program saw %llu entries worth %llu and printed %d lines; it should be %u, %llu and %d",
			(unsigned long long)skel->bss->entries,
			(unsigned long long)skel->bss->worth, lines, count,
			(unsigned long long)worth, expected);
	if (!values_are_right(skel->maps.shelf))
		return app_fail("the values in the map are wrong after the iteration");
	return app_pass("%u entries worth %llu, %d of them dear and made cheaper", count,
			(unsigned long long)worth, lines);
}

int main(int argc, char **argv)
{
	union bpf_iter_link_info info = {};
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
		    .link_info_len = sizeof(info), );
	struct bpf_link *link = NULL;
	struct map_iter_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program that the kernel calls for each entry of a map shows some, adds up\n"
		 "all and changes a few. Example: ./map_iter -n 20 -d 15",
		 options);

	skel = map_iter_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->dear = dear;
	err = map_iter_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	/* The skeleton's attach cannot do that: it does not know the map. */
	info.map.map_fd = bpf_map__fd(skel->maps.shelf);
	link = bpf_program__attach_iter(skel->progs.show_entry, &opts);
	if (!link) {
		ret = app_attach_failed("iterator over maps", "CONFIG_BPF_SYSCALL", -errno);
		goto out;
	}
	ret = run(skel, link);
out:
	bpf_link__destroy(link);
	map_iter_bpf__destroy(skel);
	return ret;
}
