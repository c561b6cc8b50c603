// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of a program that `make jit-random` found to be wrong: runs it once in the mode in
 * which it was wrong, with its operands, and compares what it leaves with what it should.
 */
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "wrong.skel.h"

#define WORDS	 4   /* of the map of words: the last ones of the area */
#define AREA_MAX 128 /* words */

/* .rodata */
struct wanted {
	int32_t jit_enable, jit_harden;
	uint32_t flags;
	uint32_t ret;
	uint64_t area[AREA_MAX];
};

struct setting {
	const char *path;
	int before; /* -1: the kernel does not have it */
};

static int set(const struct setting *setting, int value)
{
	FILE *file = fopen(setting->path, "w");
	int err;

	if (!file)
		return -errno;
	fprintf(file, "%d\n", value);
	err = fclose(file) ? -errno : 0;
	return err;
}

static void read_setting(struct setting *setting)
{
	FILE *file = fopen(setting->path, "r");

	setting->before = -1;
	if (!file)
		return;
	if (fscanf(file, "%d", &setting->before) != 1)
		setting->before = -1;
	fclose(file);
}

/* The elements of `words` are set from, or copied to, the area's last words. */
static int copy_words(int fd, uint64_t *words, bool to_map)
{
	for (uint32_t key = 0; key < WORDS; key++)
		if (to_map ? bpf_map_update_elem(fd, &key, &words[key], BPF_ANY) :
			     bpf_map_lookup_elem(fd, &key, &words[key]))
			return -errno;
	return 0;
}

static int run(struct wrong_bpf *skel, uint64_t *got, unsigned int n, uint32_t *ret)
{
	struct bpf_program *tail = bpf_object__find_program_by_name(skel->obj, "tail");
	struct bpf_map *data = bpf_object__find_map_by_name(skel->obj, ".data");
	int words_fd = bpf_map__fd(skel->maps.words), err;
	static char packet[64];
	const uint32_t zero = 0;
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (tail) {
		int fd = bpf_program__fd(tail);

		if (bpf_map_update_elem(bpf_map__fd(skel->maps.tails), &zero, &fd, BPF_ANY))
			return -errno;
	}
	if (bpf_map_lookup_elem(bpf_map__fd(data), &zero, got))
		return -errno;
	err = copy_words(words_fd, got + n - WORDS, true);
	if (err)
		return err;
	if (bpf_program__type(skel->progs.program) != BPF_PROG_TYPE_RAW_TRACEPOINT) {
		opts.data_in = packet;
		opts.data_size_in = sizeof(packet);
	}
	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.program), &opts) ||
	    bpf_map_lookup_elem(bpf_map__fd(data), &zero, got))
		return -errno;
	*ret = opts.retval;
	return copy_words(words_fd, got + n - WORDS, false);
}

static int compare(const uint64_t *got, uint32_t ret, const struct wanted *wanted, unsigned int n)
{
	unsigned int differ = 0;

	for (unsigned int i = 0; i < n; i++)
		if (got[i] != wanted->area[i]) {
			printf("area+%u is 0x%" PRIx64 ", wanted 0x%" PRIx64 "\n", 8 * i, got[i],
			       wanted->area[i]);
			differ++;
		}
	if (ret != wanted->ret) {
		printf("it returns 0x%" PRIx32 ", wanted 0x%" PRIx32 "\n", ret, wanted->ret);
		differ++;
	}
	return differ ? app_fail("%u words are not as wanted", differ) :
			app_pass("all %u words are as wanted", n);
}

int main(int argc, char **argv)
{
	struct setting enable = { .path = "/proc/sys/net/core/bpf_jit_enable" };
	struct setting harden = { .path = "/proc/sys/net/core/bpf_jit_harden" };
	static const struct app_option options[] = { {} };
	struct wanted wanted;
	const void *rodata;
	uint64_t got[AREA_MAX];
	struct wrong_bpf *skel;
	struct bpf_program *prog;
	size_t size, area_size;
	uint32_t ret = 0;
	int err;

	app_init(argc, argv, "Repeats a program that make jit-random found to be wrong.", options);
	skel = wrong_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	rodata = bpf_map__initial_value(bpf_object__find_map_by_name(skel->obj, ".rodata"), &size);
	bpf_map__initial_value(bpf_object__find_map_by_name(skel->obj, ".data"), &area_size);
	if (area_size > sizeof(got) || size != offsetof(struct wanted, area) + area_size)
		return app_fail("wrong.bpf.S has %zu bytes of operands and %zu of results",
				area_size, size);
	memcpy(&wanted, rodata, size);
	bpf_object__for_each_program(prog, skel->obj) bpf_program__set_flags(prog, wanted.flags);

	read_setting(&enable);
	read_setting(&harden);
	if (enable.before >= 0 && set(&enable, wanted.jit_enable))
		return app_skip("the kernel does not let net.core.bpf_jit_enable be %d",
				wanted.jit_enable);
	if (harden.before >= 0)
		set(&harden, wanted.jit_harden);
	err = wrong_bpf__load(skel);
	if (enable.before >= 0)
		set(&enable, enable.before);
	if (harden.before >= 0)
		set(&harden, harden.before);
	if (err)
		return app_load_failed(skel->obj, err);

	err = run(skel, got, area_size / 8, &ret);
	if (err)
		ret = app_fail("cannot run the program: %s", strerror(-err));
	else
		ret = compare(got, ret, &wanted, area_size / 8);
	wrong_bpf__destroy(skel);
	return ret;
}
