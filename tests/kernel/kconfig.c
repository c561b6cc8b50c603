// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The user half of kconfig: has its program look, and shows what it saw. */
#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "kconfig.skel.h"

static const struct app_option options[] = { {} };

int main(int argc, char **argv)
{
	struct kconfig_bpf *skel;
	int err, ret;

	app_init(argc, argv, "Shows what a BPF program knows of its kernel's configuration.", options);
	skel = kconfig_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m");
	err = kconfig_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : run_prog(skel->progs.look, 1);
	if (!ret && skel->bss->nothing)
		ret = app_fail("an option that is not there is set");
	if (!ret)
		ret = app_pass("Linux %u.%u, HZ %u", skel->bss->version >> 16,
			       skel->bss->version >> 8 & 0xff, skel->bss->hz);
	kconfig_bpf__destroy(skel);
	return ret;
}
