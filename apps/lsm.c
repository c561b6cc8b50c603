// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of lsm: tries all nice values in turn, and passes if the values up to the
 * limit were allowed and those above refused. Only the BPF program can refuse them: the
 * kernel allows root every nice value.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/types.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/self.h"
#include "lsm.skel.h"

#define MAX_NICE   19
#define SECURITYFS "/sys/kernel/security"

static unsigned int limit = 10;

static const struct app_option options[] = {
	APP_NUMBER('l', "limit", "N", "forbid nice values above N", &limit, 0, MAX_NICE),
	{},
};

/*
 * Whether the kernel calls BPF programs for its security hooks: that is chosen at boot
 * (lsm=). Programs can be attached in any case.
 */
static bool bpf_is_asked(void)
{
	char modules[256] = "";
	FILE *f = fopen(SECURITYFS "/lsm", "re");

	if (!f && !unshare(CLONE_NEWNS) && /* the user's mounts stay as they are */
	    !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	    !mount("securityfs", SECURITYFS, "securityfs", 0, NULL))
		f = fopen(SECURITYFS "/lsm", "re");
	if (!f)
		return true; /* unknown */
	if (!fgets(modules, sizeof(modules), f))
		modules[0] = '\0';
	fclose(f);
	printf("security modules: %s\n", modules);
	return strstr(modules, "bpf");
}

static int run(struct lsm_bpf *skel)
{
	unsigned int nice, allowed = 0;

	for (nice = 0; nice <= MAX_NICE && !app_stop; nice++) {
		int err = setpriority(PRIO_PROCESS, 0, nice) ? errno : 0;

		if (err && err != EPERM && err != EACCES)
			return app_fail("cannot set nice value %u: %s", nice, strerror(err));
		printf("nice value %2u: %s\n", nice, err ? strerror(err) : "allowed");
		if (err != (nice <= limit ? 0 : EPERM))
			return bpf_is_asked() ?
				       app_fail("the BPF program should have answered otherwise") :
				       app_skip(
					       "kernel asks no BPF program: boot it with lsm=...,bpf (CONFIG_LSM)");
		allowed += !err;
	}
	if (skel->bss->asked != nice || skel->bss->forbidden != nice - allowed)
		return app_fail(
			"%u were tried and %u allowed, but the BPF program was asked %u times and forbade %u",
			nice, allowed, skel->bss->asked, skel->bss->forbidden);
	return app_pass("%u nice values allowed, %u forbidden by the BPF program", allowed,
			skel->bss->forbidden);
}

int main(int argc, char **argv)
{
	struct lsm_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program, called as a security module, forbids this process high nice\n"
		 "values. Example: ./lsm -l 5",
		 options);

	skel = lsm_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	skel->rodata->self = app_self();
	skel->rodata->limit = limit;
	err = lsm_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	err = lsm_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("LSM hook task_setnice",
					"CONFIG_BPF_LSM, CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS",
					err);
		goto out;
	}
	ret = run(skel);
out:
	lsm_bpf__destroy(skel);
	return ret;
}
