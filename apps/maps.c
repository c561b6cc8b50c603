// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of maps: for each type of map it runs the BPF program that uses it, checks
 * the map, and shows a line. It passes if every type that the kernel has behaved as
 * expected.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "maps.h"
#include "maps.skel.h"

#define ABSENT	1000  /* values to look up that are not in the bloom filter */
#define NOTHING (~0U) /* no program or test has this value */

static const struct app_option options[] = {
	{},
};

/*
 * For each type: runs its program, prints the result behind the name of the type, and
 * returns whether it is right.
 */
typedef bool (*demo_fn)(struct maps_bpf *skel);

/* Runs a program; its results are in done and refused. */
static bool run(struct maps_bpf *skel, const struct bpf_program *prog, unsigned int n)
{
	skel->bss->nth = skel->bss->done = skel->bss->refused = 0;
	return !run_prog(prog, n);
}

static __u32 value_of(const struct bpf_map *map, __u32 key)
{
	__u32 value;

	return bpf_map_lookup_elem(bpf_map__fd(map), &key, &value) ? NOTHING : value;
}

static unsigned int entries(const struct bpf_map *map)
{
	__u32 key, *previous = NULL;
	unsigned int n = 0;

	while (!bpf_map_get_next_key(bpf_map__fd(map), previous, &key)) {
		previous = &key;
		n++;
	}
	return n;
}

static bool hash(struct maps_bpf *skel)
{
	bool ran = run(skel, skel->progs.fill_hash, RUNS);
	unsigned int n = entries(skel->maps.hash);

	printf("%u updates: %u fit, %u refused", RUNS, n, skel->bss->refused);
	return ran && n == ROOM && skel->bss->refused == RUNS - ROOM &&
	       value_of(skel->maps.hash, 7000) == 7;
}

static bool lru_hash(struct maps_bpf *skel)
{
	bool ran = run(skel, skel->progs.fill_lru, RUNS);
	unsigned int n = entries(skel->maps.lru);

	printf("%u updates: %u fit, %u refused, the last is there", RUNS, n, skel->bss->refused);
	return ran && n && n <= ROOM && !skel->bss->refused && value_of(skel->maps.lru, 9000) == 9;
}

static bool array(struct maps_bpf *skel)
{
	bool ran = run(skel, skel->progs.count_in_array, RUNS);
	unsigned int n = entries(skel->maps.array);

	printf("%u lookups: %u found, %u beyond its end", RUNS, skel->bss->done,
	       skel->bss->refused);
	return ran && n == ROOM && skel->bss->done == ROOM && value_of(skel->maps.array, 7) == 8;
}

static bool percpu_array(struct maps_bpf *skel)
{
	bool ran = run(skel, skel->progs.count_percpu, RUNS);
	int cpus = libbpf_num_possible_cpus();
	__u64 *values = calloc(cpus, sizeof(*values));
	unsigned int sum = 0;
	__u32 key = 0;
	int i;

	if (values && !bpf_map_lookup_elem(bpf_map__fd(skel->maps.percpu), &key, values))
		for (i = 0; i < cpus; i++)
			sum += values[i];
	free(values);
	printf("%u counted, in %d values", sum, cpus);
	return ran && sum == RUNS;
}

/* The length of the prefix under which an address is found, 0 for none. */
static __u32 route(struct maps_bpf *skel, __u8 a, __u8 b)
{
	__u8 address[4] = { a, b, 3, 4 };

	memcpy(skel->bss->address, address, sizeof(address));
	return run(skel, skel->progs.look_up_route, 1) ? skel->bss->found : NOTHING;
}

static bool lpm_trie(struct maps_bpf *skel)
{
	static const struct lpm_key routes[] = { { 8, { 10 } }, { 16, { 10, 1 } } };
	int fd = bpf_map__fd(skel->maps.trie);
	__u32 shorter, longer, none;

	bpf_map_update_elem(fd, &routes[0], &routes[0].bits, BPF_ANY);
	bpf_map_update_elem(fd, &routes[1], &routes[1].bits, BPF_ANY);
	shorter = route(skel, 10, 2);
	longer = route(skel, 10, 1);
	none = route(skel, 11, 1);
	printf("of 10.0.0.0/8 and 10.1.0.0/16, 10.2.3.4 finds /%u, 10.1.3.4 /%u, 11.1.3.4 /%u",
	       shorter, longer, none);
	return shorter == 8 && longer == 16 && none == 0;
}

/* Pops two values. The first two that were pushed are 0 and 1, the last two 7 and 6. */
static bool pop(const struct bpf_map *map, __u32 first, __u32 second)
{
	__u32 a = NOTHING, b = NOTHING;

	bpf_map_lookup_and_delete_elem(bpf_map__fd(map), NULL, &a);
	bpf_map_lookup_and_delete_elem(bpf_map__fd(map), NULL, &b);
	printf("%u pushed, room for %u: popped %u, %u", RUNS, ROOM, a, b);
	return a == first && b == second;
}

static bool queue(struct maps_bpf *skel)
{
	bool ran = run(skel, skel->progs.push_to_queue, RUNS);

	return pop(skel->maps.queue, 0, 1) && ran && skel->bss->refused == RUNS - ROOM;
}

static bool stack(struct maps_bpf *skel)
{
	bool ran = run(skel, skel->progs.push_to_stack, RUNS);

	return pop(skel->maps.stack, ROOM - 1, ROOM - 2) && ran &&
	       skel->bss->refused == RUNS - ROOM;
}

static bool bloom_filter(struct maps_bpf *skel)
{
	bool ran = run(skel, skel->progs.push_to_bloom, RUNS);
	int fd = bpf_map__fd(skel->maps.bloom);
	unsigned int known = 0, mistaken = 0;
	__u32 i, value;

	for (i = 0; i < RUNS; i++) {
		value = 1000 * i;
		known += !bpf_map_lookup_elem(fd, NULL, &value);
	}
	for (i = 0; i < ABSENT; i++) {
		value = 1000 * i + 1;
		mistaken += !bpf_map_lookup_elem(fd, NULL, &value);
	}
	printf("%u of %u known; of %u others it mistook %u", known, RUNS, ABSENT, mistaken);
	return ran && known == RUNS && mistaken < ABSENT / 2;
}

static bool hash_of_maps(struct maps_bpf *skel)
{
	int fd = bpf_map__fd(skel->maps.outer);
	int inner[] = { bpf_map__fd(skel->maps.first), bpf_map__fd(skel->maps.second) };
	unsigned int first, second;
	bool ran;
	__u32 i;

	for (i = 0; i < 2; i++)
		bpf_map_update_elem(fd, &i, &inner[i], BPF_ANY);
	ran = run(skel, skel->progs.count_in_inner, RUNS);
	first = value_of(skel->maps.first, 0);
	second = value_of(skel->maps.second, 0);
	printf("%u counted in the first map, %u in the second, %u in none", first, second,
	       skel->bss->refused);
	return ran && first == 4 && second == 3 && skel->bss->refused == 3;
}

static int run_all(struct maps_bpf *skel)
{
	const struct {
		const char *type;
		demo_fn show;
		const struct bpf_map *map;
	} demos[] = {
		{ "hash", hash, skel->maps.hash },
		{ "lru_hash", lru_hash, skel->maps.lru },
		{ "array", array, skel->maps.array },
		{ "percpu_array", percpu_array, skel->maps.percpu },
		{ "lpm_trie", lpm_trie, skel->maps.trie },
		{ "queue", queue, skel->maps.queue },
		{ "stack", stack, skel->maps.stack },
		{ "bloom_filter", bloom_filter, skel->maps.bloom },
		{ "hash_of_maps", hash_of_maps, skel->maps.outer },
	};
	const unsigned int n = sizeof(demos) / sizeof(demos[0]);
	unsigned int i, right = 0, lacking = 0;
	bool ok;

	for (i = 0; i < n && !app_stop; i++) {
		printf("%-14s ", demos[i].type);
		if (!bpf_map__autocreate(demos[i].map)) {
			puts("kernel has no such maps");
			lacking++;
			continue;
		}
		ok = demos[i].show(skel);
		right += ok;
		puts(ok ? "" : "  <-- WRONG");
	}
	if (right + lacking < i)
		return app_fail("%u types of maps do not behave as expected", i - right - lacking);
	return app_pass("%u types of maps behave as expected, %u are not in this kernel", right,
			lacking);
}

int main(int argc, char **argv)
{
	struct maps_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "The types of maps, what each is for, and how BPF and user space use it.\n"
		 "Example: ./maps",
		 options);

	skel = maps_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	/* The newest type: the app can do without it. */
	if (libbpf_probe_bpf_map_type(BPF_MAP_TYPE_BLOOM_FILTER, NULL) == 0) {
		bpf_map__set_autocreate(skel->maps.bloom, false);
		bpf_program__set_autoload(skel->progs.push_to_bloom, false);
	}
	err = maps_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : run_all(skel);
	maps_bpf__destroy(skel);
	return ret;
}
