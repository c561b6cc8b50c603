// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of uprobe: calls a function of its own, and passes if the probes
 * on it saw the arguments and the result of each call.
 */
#include <stdio.h>
#include <string.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/probeable.h"
#include "common/self.h"
#include "uprobe.h"
#include "uprobe.skel.h"

static unsigned int count = 3;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "call the function N times", &count, 1, 100000),
	{},
};

/* The probed function; libbpf looks it up by name, so it is not static. */
PROBEABLE int multiply(int a, int b, const char *text);
PROBEABLE int multiply(int a, int b, const char *text)
{
	asm volatile("" : : "r"(text) : "memory"); /* the compiler must pass it */
	return a * b;
}

static int run(const struct call *seen)
{
	unsigned int n;

	for (n = 0; n < count && !app_stop; n++) {
		int a = (int)n - 1, b = 1000 + n;
		char text[16];
		int ret;

		snprintf(text, sizeof(text), "call %u", n + 1);
		ret = multiply(a, b, text);
		printf("multiply(%d, %d, \"%s\") = %d\n", seen->a, seen->b, seen->text, seen->ret);
		if (seen->count != n + 1 || seen->a != a || seen->b != b || seen->ret != ret ||
		    strcmp(seen->text, text))
			return app_fail("expected multiply(%d, %d, \"%s\") = %d, as call %u", a, b,
					text, ret, n + 1);
	}
	return app_pass("%u calls, each seen with its arguments and its result", n);
}

int main(int argc, char **argv)
{
	struct uprobe_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "Probes on a function of this program see its arguments and its result.\n"
		 "Example: ./uprobe -n 5",
		 options);
	if (!PROBEABLE_BY_NAME)
		return app_skip(
			"libbpf takes the descriptor of a function for its code (ELFv1 ABI)");

	skel = uprobe_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	err = uprobe_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	err = uprobe_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("uprobe", "CONFIG_UPROBE_EVENTS", err);
		goto out;
	}
	ret = run(&skel->bss->seen);
out:
	uprobe_bpf__destroy(skel);
	return ret;
}
