// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of freplace: runs the program on a packet with its old function, with
 * the replacement, and with the old function again, and passes if the three results are
 * right.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "freplace.skel.h"

static unsigned int length = 100;

static const struct app_option options[] = {
	APP_NUMBER('n', "length", "N", "length of the packet", &length, 64, 1000),
	{},
};

/* Has the kernel run the program on a packet, and compares what it returns. */
static bool bill_is(const struct freplace_bpf *target, const char *when, unsigned int expected)
{
	unsigned char packet[1000] = {};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = length, );

	if (bpf_prog_test_run_opts(bpf_program__fd(target->progs.bill), &opts)) {
		printf("%-16s cannot be run: %s\n", when, strerror(errno));
		return false;
	}
	printf("%-16s %u for %u bytes\n", when, opts.retval, length);
	return opts.retval == expected;
}

/* Loads the target program only. @target: set even if it fails */
static int load_target(struct freplace_bpf **target)
{
	*target = freplace_bpf__open();
	if (!*target)
		return -errno;
	bpf_program__set_autoload((*target)->progs.discount, false);
	return freplace_bpf__load(*target);
}

/* Loads the replacement only. @plugin: set even if it fails */
static int load_plugin(struct freplace_bpf **plugin, const struct freplace_bpf *target)
{
	*plugin = freplace_bpf__open();
	if (!*plugin)
		return -errno;
	bpf_program__set_autoload((*plugin)->progs.bill, false);
	bpf_program__set_attach_target((*plugin)->progs.discount,
				       bpf_program__fd(target->progs.bill), "price");
	return freplace_bpf__load(*plugin);
}

static int run(const struct freplace_bpf *target, struct freplace_bpf *plugin)
{
	int err;

	if (!bill_is(target, "before:", 1000 + length))
		return app_fail("the program returns a wrong value before anything is replaced");
	err = freplace_bpf__attach(plugin);
	if (err)
		return app_attach_failed("freplace", "CONFIG_BPF_JIT", err);
	if (!bill_is(target, "replaced:", 1000 + length / 2))
		return app_fail("the program does not call the new function");
	app_keep();
	freplace_bpf__detach(plugin);
	if (!bill_is(target, "detached:", 1000 + length))
		return app_fail("the program does not call its old function again");
	return app_pass("a function of a loaded program was replaced, and put back");
}

int main(int argc, char **argv)
{
	struct freplace_bpf *target = NULL, *plugin = NULL;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program takes the place of a function of another one that is loaded.\n"
		 "Example: ./freplace -n 200",
		 options);

	err = load_target(&target);
	if (err) {
		ret = target ? app_load_failed(target->obj, err) :
			       app_fail("cannot open the BPF object: %m; rebuild the app");
		goto out;
	}
	err = load_plugin(&plugin, target);
	if (err) {
		ret = plugin ? app_load_failed(plugin->obj, err) :
			       app_fail("cannot open the BPF object: %m; rebuild the app");
		goto out;
	}
	ret = run(target, plugin);
out:
	freplace_bpf__destroy(plugin);
	freplace_bpf__destroy(target);
	return ret;
}
