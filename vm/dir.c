// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The directory of one VM, and the sockets in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "vm.h"

/*
 * The name of the network file system that statfs() calls @type, or NULL. Some of these numbers
 * are in no header that all systems have. FUSE is not among them, as it may be a local disk; a 9P
 * mount has the type of its server's disk.
 */
const char *dir_network_name(unsigned int type)
{
	static const struct {
		unsigned int type;
		const char *name;
	} known[] = {
		{ 0x6969, "NFS" },	 { 0xff534d42, "CIFS" },   { 0xfe534d42, "SMB" },
		{ 0x517b, "SMB" },	 { 0x00c36400, "Ceph" },   { 0x0bd00bd0, "Lustre" },
		{ 0x47504653, "GPFS" },	 { 0x19830326, "BeeGFS" }, { 0x5346414f, "AFS" },
		{ 0x7461636f, "OCFS2" }, { 0x01161970, "GFS2" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].type == type)
			return known[i].name;
	return NULL;
}

/* The name of the network file system that @fd is on, or NULL. */
const char *dir_network(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) ? NULL : dir_network_name(fs.f_type);
}

/*
 * Says so if the directory @path, open as @fd, is on a network file system. Another machine that
 * sees it would take a VM of this one for dead: locks, sockets and pids are a machine's own.
 */
static int require_local(const char *path, int fd)
{
	const char *network = dir_network(fd);

	if (!network)
		return 0;
	say("no VM can be in %s: it is on a network file system (%s), and a VM's sockets, locks "
	    "and memory must be on a disk of this machine; name a directory there: O=DIR, for "
	    "cells of an engine HOST_DIR=DIR",
	    path, network);
	return -EREMOTE;
}

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
	if (!err && create)
		err = require_local(path, dir->fd);
	return err;
}

int cmd_local(int argc, char **argv)
{
	static const char usage[] =
		"Usage: vm local DIR\n"
		"\n"
		"Say nothing if VMs can be in DIR, which must be there. VMs cannot be on a network file\n"
		"system (NFS, SMB, Ceph, Lustre ...).\n"
		"\n"
		"Exit status: 0 they can; 1 they cannot; 2 wrong usage.\n";
	int fd, err;

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return VM_EXIT_OK;
	}
	if (argc != 2 || *argv[1] == '-')
		return bad_usage(argv[0]);
	fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		say("cannot open %s: %s", argv[1], strerror(errno));
		return VM_EXIT_ERROR;
	}
	err = require_local(argv[1], fd);
	close(fd);
	return err ? VM_EXIT_ERROR : VM_EXIT_OK;
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
