// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of kfunc: makes children, each with a name, and has the program look for
 * them. It passes if each was found by its PID, with its name, while it lived, and was not
 * found after it had ended.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "kfunc.h"
#include "kfunc.skel.h"

#define KFUNC		    "bpf_task_from_pid"
#define FIRST_PID_NAMESPACE 0xeffffffc /* its inode; user API */

static unsigned int count = 3;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "make N children", &count, 1, 1000000),
	{},
};

/* Has the kernel look for @pid, and sets *found. Returns 0, or the verdict. */
static int find(struct kfunc_bpf *skel, pid_t pid, bool *found)
{
	int ret;

	skel->bss->pid = pid;
	skel->bss->found = 0;
	memset(skel->bss->comm, 0, sizeof(skel->bss->comm));
	ret = run_prog(skel->progs.find_task, 1);
	*found = skel->bss->found == 1;
	return ret;
}

/* A child that stops as soon as it has its name. Returns its PID, or -1. */
static pid_t stopped_child(const char *name)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_NAME, name);
	raise(SIGSTOP);
	_exit(0);
}

/* Returns 0, or the verdict with its message printed. */
static int follow_child(struct kfunc_bpf *skel, unsigned int nth)
{
	bool there = false, still_there = true;
	char name[COMM_LEN];
	pid_t pid;
	int ret;

	snprintf(name, sizeof(name), "kid-%u", nth);
	pid = stopped_child(name);
	if (pid < 0)
		return app_fail("cannot fork: %m; is the limit of processes (ulimit -u) reached?");
	waitpid(pid, NULL, WUNTRACED);
	ret = find(skel, pid, &there);
	if (there)
		printf("PID %d: task %d, \"%.*s\"\n", pid, skel->bss->tgid, COMM_LEN,
		       skel->bss->comm);
	there = there && skel->bss->tgid == pid && !strncmp(skel->bss->comm, name, COMM_LEN);

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) != pid && errno == EINTR)
		;
	if (!ret)
		ret = find(skel, pid, &still_there);
	if (ret || app_stop)
		return ret;
	if (!there)
		return app_fail("the kernel's function does not find child %d, \"%s\"", pid, name);
	if (still_there)
		return app_fail("child %d has ended, and the kernel's function still finds it",
				pid);
	return 0;
}

int main(int argc, char **argv)
{
	struct kfunc_bpf *skel;
	uint64_t dev, ino;
	unsigned int n;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program that calls functions of the kernel: it finds tasks by their PIDs.\n"
		 "Example: ./kfunc -n 10",
		 options);

	app_pid_namespace(&dev, &ino);
	if (ino && ino != FIRST_PID_NAMESPACE)
		return app_fail("in this PID namespace, PIDs are not those of the kernel's " KFUNC
				"(); run it outside of the container");

	skel = kfunc_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = kfunc_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : 0;
	for (n = 0; n < count && !ret && !app_stop; n++)
		ret = follow_child(skel, n);
	if (!ret)
		ret = app_pass("%u children found while they lived, and not afterwards", n);
	kfunc_bpf__destroy(skel);
	return ret;
}
