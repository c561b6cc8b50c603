// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The user half of lacks: loads and attaches one of its programs, and gives the verdict. */
#include <errno.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "lacks.skel.h"

static const char *name = "null";

static const struct app_option options[] = {
	APP_TEXT('p', "program", "NAME", "the program to load", &name),
	{},
};

int main(int argc, char **argv)
{
	struct bpf_program *prog;
	struct lacks_bpf *skel;
	int err, ret;

	app_init(argc, argv, "Loads a program that the kernel may have to refuse.", options);
	skel = lacks_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m");
	prog = bpf_object__find_program_by_name(skel->obj, name);
	if (!prog) {
		ret = app_fail("there is no program %s", name);
		goto out;
	}
	bpf_program__set_autoload(prog, true);
	err = lacks_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	if (bpf_program__type(prog) != BPF_PROG_TYPE_KPROBE) {
		ret = app_pass("%s is loaded", name);
		goto out;
	}
	err = lacks_bpf__attach(skel);
	ret = err ? app_attach_failed(name, "CONFIG_BPF_EVENTS", err) : app_pass("%s is attached", name);
out:
	lacks_bpf__destroy(skel);
	return ret;
}
