// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of minimal_legacy: takes a unique process name, enters it into the map,
 * writes, and passes if the BPF program counted as many writes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/trace.h"
#include "minimal_legacy.skel.h"

static unsigned int count = 3;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "write N times", &count, 1, 1000000),
	{},
};

static int run(struct minimal_legacy_bpf *skel)
{
	struct bpf_map *writes = skel->maps.writes;
	char name[16] = ""; /* the key: all 16 bytes */
	unsigned int n = 0;
	__u64 seen = 0;
	int null, err;

	snprintf(name, sizeof(name), "write-%x", trace_token());
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || prctl(PR_SET_NAME, name))
		return app_fail("cannot open /dev/null, or take a new name: %m");
	err = bpf_map__update_elem(writes, name, sizeof(name), &seen, sizeof(seen), BPF_NOEXIST);
	while (!err && n < count && !app_stop) {
		if (write(null, "x", 1) != 1)
			break;
		n++;
	}
	close(null);
	if (!err)
		err = bpf_map__lookup_elem(writes, name, sizeof(name), &seen, sizeof(seen), 0);
	if (err)
		return app_fail("cannot use the map: %s", strerror(-err));

	/* The program is called on the writes of all processes; the kernel may leave out calls. */
	if (seen > n || seen + app_misses(skel->progs.count_write) < n) {
		minimal_legacy_bpf__detach(skel);
		if (!seen && !trace_reports_write())
			return app_skip(
				"kernel has the tracepoint syscalls/sys_enter_write, but does not report it");
		return app_fail("%u writes, of which the BPF program counted %llu", n,
				(unsigned long long)seen);
	}
	return app_pass("%u writes of %s, and the map's entry says %llu", n, name,
			(unsigned long long)seen);
}

int main(int argc, char **argv)
{
	struct minimal_legacy_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program without features newer than Linux 4.7 counts this process's writes\n"
		 "in a map. Example: ./minimal_legacy -n 5",
		 options);
	ret = trace_need_tracefs();
	if (ret)
		return ret;

	skel = minimal_legacy_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = minimal_legacy_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	err = minimal_legacy_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("tracepoint syscalls/sys_enter_write",
					"CONFIG_FTRACE_SYSCALLS", err);
		goto out;
	}
	ret = run(skel);
out:
	minimal_legacy_bpf__destroy(skel);
	return ret;
}
