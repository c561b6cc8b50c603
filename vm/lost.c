// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * QEMUs whose directory was removed while they ran. They are found in /proc: the kernel still
 * knows the path of a removed working directory.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

#define DELETED " (deleted)"

/* The full path of @path as the kernel prints it; its last parts need not exist. To be freed. */
static char *full_path(const char *path)
{
	char *full = realpath(path, NULL), *copy, *parent, *slash;

	if (full)
		return full;
	if (!strcmp(path, ".")) /* removed */
		return must(strdup(path));
	copy = must(strdup(path));
	for (slash = strrchr(copy, '/'); slash > copy && !slash[1]; slash = strrchr(copy, '/'))
		*slash = '\0';
	if (slash)
		*slash = '\0';
	parent = !slash ? full_path(".") : *copy ? full_path(copy) : must(strdup(""));
	full = format("%s/%s", parent, slash ? slash + 1 : copy);
	free(parent);
	free(copy);
	return full;
}

/* The word after @option in the command line of @len bytes; NULL if there is none. */
static const char *word_after(const char *cmdline, size_t len, const char *option)
{
	for (const char *p = cmdline; p < cmdline + len; p += strlen(p) + 1)
		if (!strcmp(p, option) && p + strlen(p) + 1 < cmdline + len)
			return p + strlen(p) + 1;
	return NULL;
}

/* The name of the VM in the command line of @pid; NULL if vm did not start it. To be freed. */
static char *label_of(const char *pid)
{
	char *path = format("/proc/%s/cmdline", pid), *cmdline = NULL, *label = NULL;
	const char *name, *qmp;
	size_t len = 0;

	if (!read_at(AT_FDCWD, path, 1 << 20, &cmdline, &len)) {
		name = word_after(cmdline, len, "-name");
		qmp = word_after(cmdline, len, "-qmp");
		if (name && qmp && !strncmp(qmp, QMP_SOCKET, strlen(QMP_SOCKET)))
			label = must(strdup(name));
		free(cmdline);
	}
	free(path);
	return label;
}

/* The removed working directory of @pid, if it was @root or below it, else NULL; to be freed. */
static char *gone_below(const char *pid, const char *root)
{
	char *path = format("/proc/%s/cwd", pid), cwd[PATH_MAX + sizeof(DELETED)];
	size_t mark = strlen(DELETED), len = strlen(root);
	ssize_t n = readlink(path, cwd, sizeof(cwd) - 1);

	free(path);
	if (n < (ssize_t)mark)
		return NULL;
	cwd[n] = '\0';
	if (strcmp(cwd + n - mark, DELETED))
		return NULL;
	cwd[n - mark] = '\0';
	if (strncmp(cwd, root, len) || (cwd[len] && cwd[len] != '/'))
		return NULL;
	return must(strdup(cwd));
}

/* Calls @each for every QEMU that vm started and whose directory, @root or below, was removed. */
void lost_find(const char *root, void (*each)(const struct lost *lost, void *arg), void *arg)
{
	char *full = full_path(root);
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		struct lost lost = { .pid = atoi(entry->d_name) };
		char state;

		lost.dir = lost.pid > 1 ? gone_below(entry->d_name, full) : NULL;
		lost.label = lost.dir ? label_of(entry->d_name) : NULL;
		if (lost.label && !proc_stat(lost.pid, &state, &lost.starttime))
			each(&lost, arg);
		free(lost.label);
		free(lost.dir);
	}
	if (proc)
		closedir(proc);
	free(full);
}

/* Kills the QEMU: its sockets are gone, so it cannot be told to quit. */
int lost_end(const struct lost *lost)
{
	int pidfd = proc_open_same(lost->pid, lost->starttime), err;

	if (pidfd < 0)
		return pidfd == -ESRCH ? 0 : pidfd;
	err = proc_signal(pidfd, SIGKILL);
	if (!err && !proc_wait(pidfd, now_ms() + 10000))
		err = -ETIMEDOUT;
	close(pidfd);
	return err == -ESRCH ? 0 : err;
}
