// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Finds the VM that a command works on, or the QEMU that a VM has left behind. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

/*
 * Opens @dir at @path and reads @st, which the caller releases whatever is returned. Returns
 * an exit code: unless it is 0, the reason why no VM runs there has been printed.
 */
int find_running(struct vm_dir *dir, struct vm_state *st, const char *path)
{
	enum vm_status status = VM_ABSENT;
	int err;

	*st = (struct vm_state){ 0 };
	err = dir_open(dir, path, false);
	if (err && err != -ENOENT)
		return VM_EXIT_ERROR;
	if (!err)
		status = state_inspect(dir, st, false);
	if (status == VM_RUNNING)
		return VM_EXIT_OK;
	report_not_running(dir, st, status);
	return VM_EXIT_NOT_RUNNING;
}

static void end_lost(const struct lost *lost, void *arg)
{
	pid_t *pid = arg;
	int err = lost_end(lost);

	if (err)
		say("cannot end the QEMU that is left of %s, pid %d: %s; kill it by hand",
		    lost->label, lost->pid, strerror(-err));
	*pid = err ? err : *pid < 0 ? *pid : lost->pid;
}

/* Ends the QEMUs whose directory, @path or below it, was removed; returns as find_leftover(). */
int find_lost(const char *path)
{
	pid_t pid = 0;

	lost_find(path, end_lost, &pid);
	return pid;
}

/*
 * Whether @pid runs in @dirfd; true if that is unknown. The sockets of a copied directory may
 * be those of the VM that it was copied from.
 */
static bool runs_in(pid_t pid, int dirfd)
{
	struct stat cwd, dir;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/cwd", pid);
	return stat(path, &cwd) || fstat(dirfd, &dir) ||
	       (cwd.st_dev == dir.st_dev && cwd.st_ino == dir.st_ino);
}

/*
 * Ends a QEMU without a valid state file: vm was killed while it started that QEMU, or the
 * file or the whole directory was removed. The caller holds the lock. Returns the pid of that
 * QEMU, 0 if there is none, or a negative errno.
 */
int find_leftover(const struct vm_dir *dir, const struct vm_state *st, enum vm_status status)
{
	pid_t pid = 0;
	int pidfd, err;

	if (status == VM_INTERRUPTED) {
		pid = st->pid;
		pidfd = proc_open_same(pid, st->starttime);
	} else {
		/* the process that accepts connections here is the QEMU of this directory */
		pid = qmp_owner(dir->fd);
		pidfd = pid && runs_in(pid, dir->fd) ? proc_open(pid) : -ESRCH;
	}
	if (pidfd == -ESRCH)
		return status == VM_ABSENT ? find_lost(dir->path) : 0;
	err = pidfd < 0 ? pidfd : proc_signal(pidfd, SIGKILL);
	if (!err && !proc_wait(pidfd, now_ms() + 10000))
		err = -ETIMEDOUT;
	if (pidfd >= 0)
		close(pidfd);
	if (err == -ESRCH)
		return 0;
	if (err) {
		say("cannot end the QEMU that is left of this VM, pid %d: %s; kill it by hand", pid,
		    strerror(-err));
		return err;
	}
	return pid;
}
