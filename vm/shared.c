// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Saved states that machines share: in a directory that all see, which may be on a network file
 * system. There KIND/KEY is what snapshot.c has as KEY; KIND is the same for all QEMUs and
 * hosts. No VM runs from it: a machine copies the state to its own ones. A state is not
 * encrypted or signed: it is used only if this user, or root, alone can have written it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

/* Readies @at for the state of @snap in @shared; to be freed with snapshot_free(). */
static void point_at(struct snapshot *at, const struct snapshot *snap, const char *shared)
{
	*at = (struct snapshot){ .limit_mib = -1, .fd = -1, .lock = -1 };
	at->dir = format("%s/%s", shared, snap->kind);
	strcpy(at->key, snap->key);
}

/* Opens the directory @path as snapshot_open_own(). On an error @why has a reason, unless -ENOENT. */
static int open_trusted(const char *path, char **why)
{
	int fd = snapshot_open_own(path, why);

	if (fd < 0 && fd != -ENOENT && !*why)
		*why = format("%s: %s", path, strerror(-fd));
	return fd;
}

/* Whether only this user can have written to the directories @shared and at->dir. */
static int check_trusted(const struct snapshot *at, const char *shared, char **why)
{
	int fd = open_trusted(shared, why);

	if (fd >= 0) {
		close(fd);
		fd = open_trusted(at->dir, why);
	}
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* Names a state of the same VM by another QEMU or for another CPU, if there is one. */
static char *name_other(const struct snapshot *at)
{
	struct snapshot other = { .fd = -1, .lock = -1, .dir = must(strdup(at->dir)) };
	DIR *dir = opendir(at->dir);
	struct dirent *entry;
	char *text = NULL;

	while (dir && !text && (entry = readdir(dir))) {
		char *path, *why = NULL;

		if (strlen(entry->d_name) != sizeof(other.key) - 1)
			continue;
		strcpy(other.key, entry->d_name);
		path = snapshot_path(&other);
		other.fd = snapshot_open_own(path, &why);
		if (other.fd >= 0 && !snapshot_read(&other, &why))
			text = format(
				"this machine has another QEMU or CPU than the one that made it: %s",
				other.made);
		if (other.fd >= 0)
			close(other.fd);
		other.fd = -1;
		free(path);
		free(why);
	}
	if (dir)
		closedir(dir);
	snapshot_free(&other);
	return text;
}

/* Copies the state of @from, which is open, to the new one of @snap. */
static int copy(struct snapshot *snap, struct snapshot *from, const char *label, char **why)
{
	int ram = openat(from->fd, "ram", O_RDONLY | O_NOFOLLOW | O_CLOEXEC), err;

	err = ram < 0 ? -errno : snapshot_copy_ram(snap, ram);
	if (ram >= 0)
		close(ram);
	if (!err && (snap->ram_hash != from->ram_hash || snap->ram_size != from->ram_size)) {
		*why = format("the guest's memory is not what was saved");
		return -EINVAL;
	}
	if (err)
		return err;
	free(snap->state);
	snap->state = must(malloc(from->state_len + 1));
	memcpy(snap->state, from->state, from->state_len);
	snap->state_len = from->state_len;
	free(snap->made);
	snap->made = must(strdup(from->made));
	return snapshot_commit(snap, from->fd, label);
}

/* Begins the state @to and copies @from there. -EBUSY: another process does it already. */
static int transfer(struct snapshot *to, struct snapshot *from, const char *label, char **why)
{
	int err = snapshot_begin(to);

	if (!err) {
		err = copy(to, from, label, why);
		if (err)
			snapshot_abort(to);
	}
	if (err && !*why)
		*why = must(
			strdup(err == -EBUSY ? "another process makes it now" : strerror(-err)));
	/* a boot may save it again */
	if (to->lock >= 0)
		close(to->lock);
	if (to->fd >= 0)
		close(to->fd);
	to->lock = to->fd = -1;
	return err;
}

/*
 * Copies the state of @snap from @shared, if it is there. -ENOENT: there is none. All other errors have
 * a reason @why, to be freed.
 */
int shared_fetch(struct snapshot *snap, const char *shared, const char *label, char **why)
{
	struct snapshot from;
	char *path;
	int err;

	*why = NULL;
	point_at(&from, snap, shared);
	err = check_trusted(&from, shared, why);
	if (!err) {
		path = snapshot_path(&from);
		from.fd = open_trusted(path, why);
		err = from.fd < 0 ? from.fd : snapshot_read(&from, why);
		free(path);
		if (err == -ENOENT && (*why = name_other(&from)))
			err = -ENOTSUP;
	}
	if (!err)
		err = transfer(snap, &from, label, why);
	snapshot_free(&from);
	return err;
}

/*
 * Copies the state of @snap, which was just saved, to @shared, unless it is there; one that could
 * not be restored is replaced. On an error @why, to be freed, is the reason.
 */
int shared_publish(const struct snapshot *snap, const char *shared, const char *label, char **why)
{
	struct snapshot to, from = *snap;
	char *path;
	int err;

	*why = NULL;
	point_at(&to, snap, shared);
	to.second = snap->second;
	err = make_dirs(to.dir, 0700);
	if (!err)
		err = check_trusted(&to, shared, why);
	path = snapshot_path(&to);
	if (!err && (snap->second || access(path, F_OK)))
		err = transfer(&to, &from, label, why);
	free(path);
	if (err && !*why)
		*why = must(strdup(strerror(-err)));
	snapshot_free(&to);
	return err;
}
