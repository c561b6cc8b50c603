// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of task_iter: starts a few children with names of their own, shows the
 * table of all tasks that the BPF program makes, and passes if each child is in it once,
 * with its name and its parent.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/trace.h"
#include "task_iter.skel.h"

static unsigned int count = 3;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "start N children to look for", &count, 1, 1000),
	{},
};

/*
 * Starts a child that waits in a pipe's read until its parent closes the pipe. When the
 * function returns, the child has its name.
 */
static bool start_child(unsigned int nth, uint32_t token, const int life[2])
{
	char name[16], byte;
	int ready[2];
	pid_t pid;

	if (pipe(ready))
		return false;
	pid = fork();
	if (!pid) {
		close(life[1]);
		snprintf(name, sizeof(name), "%x-%u", token, nth);
		prctl(PR_SET_NAME, name);
		close(ready[0]);
		close(ready[1]);
		_exit(read(life[0], &byte, 1) ? 1 : 0);
	}
	close(ready[1]);
	if (pid > 0 && read(ready[0], &byte, 1) < 0) /* until end of file */
		perror("read");
	close(ready[0]);
	return pid > 0;
}

/* Shows the table, and counts the rows of our children. */
static int show_table(int iter, uint32_t token, unsigned int *children, unsigned int *rows)
{
	FILE *table = fdopen(iter, "r");
	unsigned int tgid, pid, ppid, parent = 0;
	char prefix[16], line[128], comm[32];

	if (!table)
		return -errno;
	snprintf(prefix, sizeof(prefix), "%x-", token);
	while (fgets(line, sizeof(line), table)) {
		fputs(line, stdout);
		if (sscanf(line, "%u %u %u %31s", &tgid, &pid, &ppid, comm) != 4)
			continue;
		++*rows;
		if (strncmp(comm, prefix, strlen(prefix)))
			continue;
		/* All children have the same parent, under any number. */
		if (tgid == pid && (!*children || ppid == parent))
			++*children;
		parent = ppid;
	}
	fclose(table);
	return 0;
}

static int run(struct task_iter_bpf *skel)
{
	unsigned int children = 0, rows = 0, n;
	uint32_t token = trace_token();
	int life[2], iter, err;

	if (pipe(life))
		return app_fail("cannot make a pipe: %m");
	for (n = 0; n < count; n++)
		if (!start_child(n + 1, token, life))
			return app_fail("cannot start a child: %m");

	iter = bpf_iter_create(bpf_link__fd(skel->links.show_task));
	err = iter < 0 ? iter : show_table(iter, token, &children, &rows);
	close(life[1]);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	close(life[0]);
	if (err)
		return app_fail("cannot read the table: %s", strerror(-err));
	if (children != count)
		return app_fail("of %u children, %u are in the table", count, children);
	return app_pass("%u tasks, with the %u children", rows, children);
}

int main(int argc, char **argv)
{
	struct task_iter_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "A BPF program that the kernel calls for each task makes a table of them.\n"
		 "Example: ./task_iter | grep task_iter",
		 options);

	skel = task_iter_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = task_iter_bpf__load(skel);
	if (err) {
		ret = app_load_failed(skel->obj, err);
		goto out;
	}
	err = task_iter_bpf__attach(skel);
	if (err) {
		ret = app_attach_failed("iterator over tasks", "CONFIG_BPF_SYSCALL", err);
		goto out;
	}
	ret = run(skel);
out:
	task_iter_bpf__destroy(skel);
	return ret;
}
