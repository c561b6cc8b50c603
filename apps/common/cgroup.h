/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A cgroup of the app, for programs that are attached to a cgroup. A socket always belongs
 * to the cgroup of the process that made it, at that time: so an app enters the cgroup,
 * makes the sockets that its program is to see, and leaves.
 */
#ifndef CGROUP_H
#define CGROUP_H

struct cgroup {
	char root[128]; /* where cgroups are mounted */
	char dir[192];	/* ours */
	int fd;		/* ours, opened: to attach programs to */
};

/*
 * Makes the cgroup, empty.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int cgroup_make(struct cgroup *cgroup);

/* Moves this process to the cgroup, and back to the root. Return 0 or a negative errno. */
int cgroup_enter(const struct cgroup *cgroup);
int cgroup_leave(const struct cgroup *cgroup);

/*
 * Removes the cgroup; does nothing for a zeroed struct. Only kill -9 leaves it, empty:
 * `rmdir /sys/fs/cgroup/app-*`.
 */
void cgroup_remove(struct cgroup *cgroup);

#endif
