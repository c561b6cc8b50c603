// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See cgroup.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/app.h"
#include "common/cgroup.h"

#define USUAL_ROOT "/sys/fs/cgroup"

static bool find_root(struct cgroup *cgroup)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *m;
	bool found;

	if (!mounts)
		return false;
	do
		m = getmntent(mounts);
	while (m && strcmp(m->mnt_type, "cgroup2"));
	found = m && strlen(m->mnt_dir) < sizeof(cgroup->root);
	if (found)
		strcpy(cgroup->root, m->mnt_dir);
	endmntent(mounts);
	return found;
}

/* In a mount namespace of our own: the user's mounts stay as they are. */
static int mount_root(struct cgroup *cgroup)
{
	strcpy(cgroup->root, USUAL_ROOT);
	if (access(USUAL_ROOT, F_OK) == 0 && unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("cgroup2", USUAL_ROOT, "cgroup2", 0, NULL) == 0)
		return 0;
	if (errno == ENOENT || errno == ENODEV)
		return app_skip("kernel has no cgroups of version 2 (CONFIG_CGROUPS)");
	return app_fail(
		"cannot mount cgroups on %s: %s; run it as root (in a container, with CAP_SYS_ADMIN)",
		USUAL_ROOT, strerror(errno));
}

int cgroup_make(struct cgroup *cgroup)
{
	int ret;

	cgroup->dir[0] = '\0';
	if (!find_root(cgroup)) {
		ret = mount_root(cgroup);
		if (ret)
			return ret;
	}
	snprintf(cgroup->dir, sizeof(cgroup->dir), "%s/app-%d", cgroup->root, getpid());
	if (mkdir(cgroup->dir, 0755) && errno != EEXIST) {
		ret = app_fail(
			"cannot make the cgroup %s: %s; run it as root, where cgroups may be written",
			cgroup->dir, strerror(errno));
		cgroup->dir[0] = '\0';
		return ret;
	}
	cgroup->fd = open(cgroup->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup->fd < 0) {
		ret = app_fail("cannot open the cgroup %s: %s", cgroup->dir, strerror(errno));
		cgroup_remove(cgroup);
		return ret;
	}
	return 0;
}

/* Returns 0 or a negative errno. */
static int move_to(const char *dir)
{
	char path[512];
	int fd, err = 0;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, "0", 1) != 1) /* 0: the process that writes */
		err = -errno;
	close(fd);
	return err;
}

int cgroup_enter(const struct cgroup *cgroup)
{
	return move_to(cgroup->dir);
}

int cgroup_leave(const struct cgroup *cgroup)
{
	return move_to(cgroup->root);
}

void cgroup_remove(struct cgroup *cgroup)
{
	if (!cgroup->dir[0])
		return;
	if (cgroup->fd >= 0)
		close(cgroup->fd);
	if (rmdir(cgroup->dir) && errno == EBUSY) { /* we are still inside */
		cgroup_leave(cgroup);
		rmdir(cgroup->dir);
	}
	cgroup->dir[0] = '\0';
}
