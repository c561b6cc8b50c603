// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The directory of one VM, and the sockets in it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "vm.h"

/*
 * Opens @path, and makes it and its parents first with @create. Its mode is 0700 whatever the
 * umask: a process that can connect to QEMU's sockets can run code as their owner. Prints what
 * failed, unless the directory is missing: then no VM was started there.
 */
int dir_open(struct vm_dir *dir, const char *path, bool create)
{
	int err = 0;

	dir->path = path;
	dir->fd = -1;
	if (create)
		err = make_dirs(path, 0700);
	if (!err) {
		dir->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir->fd < 0)
			err = -errno;
		/* another program may have made it */
		else if (create && fchmod(dir->fd, 0700))
			err = -errno;
	}
	if (err && (create || err != -ENOENT))
		say("cannot %s the VM's directory %s: %s; check the path and who owns it",
		    create ? "make" : "open", path, strerror(-err));
	return err;
}

void dir_close(struct vm_dir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	dir->fd = -1;
}

/*
 * Connects to the unix socket @name in @dirfd. Returns its descriptor, or -EAGAIN if the
 * connection was not accepted by @deadline. QEMU serves one client at a time; the connections
 * of one or two more succeed and wait.
 */
int dir_connect(int dirfd, const char *name, int64_t deadline)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval wait = { 0 };
	int ms, fd, err;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ms = poll_ms(deadline);
	if (ms >= 0) {
		/* zero would mean for ever */
		wait.tv_sec = ms / 1000;
		wait.tv_usec = ms % 1000 * 1000 + 1;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	}
	/* short however long the directory's path is */
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", dirfd, name);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}
