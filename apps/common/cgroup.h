/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A cgroup of the app's own, for programs that are attached to one. A socket belongs
 * for ever to the cgroup that its process was in when it was made: so an app enters,
 * makes the sockets that its program is to see, and leaves.
 */
#ifndef CGROUP_H
#define CGROUP_H

struct cgroup {
	char root[128];		/* where cgroups are mounted */
	char dir[192];		/* ours */
	int fd;			/* ours, opened: to attach programs to */
};

/*
 * Makes it, empty.
 * Returns 0, or the verdict to leave main() with, its message printed.
 */
int cgroup_make(struct cgroup *cgroup);

/* Moves this process to it, and out again, to the root. Return 0 or a negative errno. */
int cgroup_enter(const struct cgroup *cgroup);
int cgroup_leave(const struct cgroup *cgroup);

/*
 * Removes it; harmless for a zeroed one. Only after a kill -9 it is left, empty:
 * `rmdir /sys/fs/cgroup/app-*`.
 */
void cgroup_remove(struct cgroup *cgroup);

#endif
