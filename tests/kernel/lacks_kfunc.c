// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The user half of lacks_kfunc: loads its program, and gives the verdict. */
#include <bpf/libbpf.h>

#include "common/app.h"
#include "lacks_kfunc.skel.h"

static const struct app_option options[] = { {} };

int main(int argc, char **argv)
{
	struct lacks_kfunc_bpf *skel;
	int err, ret;

	app_init(argc, argv, "Loads a program that every kernel refuses.", options);
	skel = lacks_kfunc_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m");
	err = lacks_kfunc_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : app_pass("the program is loaded");
	lacks_kfunc_bpf__destroy(skel);
	return ret;
}
