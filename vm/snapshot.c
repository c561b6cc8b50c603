// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Saved states on disk, one directory for each kind of VM, named after a hash of all that
 * makes it what it is:
 *
 *	ram		the guest's memory; VMs map it privately, so any number use one
 *	state		QEMU's migration stream, without the memory
 *	console.log	what the guest had said until then
 *	meta.json	hashes of the first two, and what made them; or why no state is to be saved
 *	second		present until this state has been restored, if the state before
 *			it could not be
 *
 * A state that proves faulty is saved anew; after two in a row none is saved for a day. ram
 * and state hold the guest's memory, with its SSH host key: only their owner may read them.
 *
 * A state is written under another name and renamed when it is complete. The process that
 * writes it holds KEY.lock; other processes do not wait for it, and save nothing.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "vm.h"

/* A part of the key: states in another version's format are not found. */
#define SNAPSHOT_VERSION 1

/* The bytes that are hashed and copied at once; blocks of zeros are skipped. */
#define BLOCK	      65536
#define STATE_MAX     (256 << 20)
#define LINE_MAX_SIZE 4096

/*
 * After two faulty states in a row, none is saved for this long: this machine may have been at
 * fault.
 */
#define CONDEMNED_SEC (24 * 60 * 60)

static void hash_text(XXH3_state_t *hash, const char *text)
{
	/* with its NUL, so that "a" "bc" is not "ab" "c" */
	XXH3_128bits_update(hash, text, strlen(text) + 1);
}

static void hash_content(XXH3_state_t *hash, const char *path)
{
	char *buf = must(malloc(BLOCK));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	while (fd >= 0 && (n = read(fd, buf, BLOCK)) > 0)
		XXH3_128bits_update(hash, buf, n);
	if (fd >= 0)
		close(fd);
	free(buf);
}

/*
 * Adds the file @path to @hash, and returns whether it is one. A file counts as unchanged as long
 * as its device, inode, size and time are the same, which takes no time to find out. A copy on
 * another machine has the same content alone.
 */
static bool hash_file(XXH3_state_t *hash, const char *path, unsigned int by)
{
	struct stat st;
	int64_t id[5];

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	if (by & SNAPSHOT_BY_CONTENT) {
		hash_content(hash, path);
		return true;
	}
	id[0] = st.st_dev;
	id[1] = st.st_ino;
	id[2] = st.st_size;
	id[3] = st.st_mtim.tv_sec;
	id[4] = st.st_mtim.tv_nsec;
	XXH3_128bits_update(hash, id, sizeof(id));
	return true;
}

/* The program that @name stands for, as execvp() finds it. */
static void hash_program(XXH3_state_t *hash, const char *name, unsigned int by)
{
	const char *path = getenv("PATH"), *end;

	if (strchr(name, '/') || !path) {
		hash_file(hash, name, by);
		return;
	}
	for (;; path = end + 1) {
		char *file;
		bool found;

		end = strchrnul(path, ':');
		file = format("%.*s/%s", (int)(end - path), path, name);
		found = !access(file, X_OK);
		if (found)
			hash_file(hash, file, by);
		free(file);
		if (found || !*end)
			return;
	}
}

/*
 * Adds a word of QEMU's command line, with every file that it names by its full path:
 * "file=/a/b,if=none". By content such a path is left out, so that another checkout has the same key.
 */
static void hash_word(XXH3_state_t *hash, const char *arg, unsigned int by)
{
	for (const char *part = arg;; part++) {
		size_t len = strcspn(part, ",=");
		char *word = must(strndup(part, len));
		bool file = *word == '/' && hash_file(hash, word, by);

		if (!file || !(by & SNAPSHOT_BY_CONTENT))
			hash_text(hash, word);
		free(word);
		part += len;
		/* the character after it, so that "a=b" is not "a,b" */
		XXH3_128bits_update(hash, part, 1);
		if (!*part)
			return;
	}
}

/* With KVM a state depends on this machine's CPU and kernel. */
static void hash_host(XXH3_state_t *hash)
{
	struct utsname host;
	char line[LINE_MAX_SIZE];
	FILE *f;

	uname(&host);
	hash_text(hash, host.release);
	f = fopen("/proc/cpuinfo", "re");
	while (f && fgets(line, sizeof(line), f) && *line != '\n')
		if (!strstr(line, "MHz"))
			hash_text(hash, line);
	if (f)
		fclose(f);
}

/* -EREMOTE: a VM would lose its memory with the connection to the file server. */
static int check_local(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = dir_network(fd) ? -EREMOTE : 0;
	close(fd);
	return err;
}

/* Ends @hash, whose value becomes the text @key. */
static void hash_end(XXH3_state_t *hash, char key[33])
{
	XXH128_canonical_t digest;

	XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(hash));
	XXH3_freeState(hash);
	for (size_t i = 0; i < sizeof(digest.digest); i++)
		snprintf(key + 2 * i, 3, "%02x", digest.digest[i]);
}

/*
 * Readies @snap for the VMs of command line @argv (CMDLINE_KIND); the states are in @dir,
 * which is made if it is not there. @by: SNAPSHOT_BY_HOST, SNAPSHOT_BY_CONTENT.
 */
int snapshot_init(struct snapshot *snap, const char *dir, int64_t limit_mib, char *const argv[],
		  unsigned int by)
{
	XXH3_state_t *hash = must(XXH3_createState());
	int version = SNAPSHOT_VERSION, err;

	*snap = (struct snapshot){ .limit_mib = limit_mib, .fd = -1, .lock = -1 };
	XXH3_128bits_reset(hash);
	XXH3_128bits_update(hash, &version, sizeof(version));
	for (int i = 1; argv[0] && argv[i]; i++)
		hash_word(hash, argv[i], by);
	hash_end(hash, snap->kind);

	hash = must(XXH3_createState());
	XXH3_128bits_reset(hash);
	hash_text(hash, snap->kind);
	if (!(by & SNAPSHOT_BY_CONTENT))
		hash_text(hash, argv[0]);
	hash_program(hash, argv[0], by);
	if (by & SNAPSHOT_BY_HOST)
		hash_host(hash);
	hash_end(hash, snap->key);

	err = make_dirs(dir, 0700);
	if (!err) {
		snap->dir = realpath(dir, NULL);
		err = snap->dir ? 0 : -errno;
	}
	if (!err)
		err = check_local(snap->dir);
	return err;
}

void snapshot_free(struct snapshot *snap)
{
	if (snap->fd >= 0)
		close(snap->fd);
	if (snap->lock >= 0)
		close(snap->lock);
	free(snap->dir);
	free(snap->state);
	free(snap->made);
	snap->dir = snap->state = snap->made = NULL;
	snap->fd = snap->lock = -1;
}

/* The full path of the state; to be freed. */
char *snapshot_path(const struct snapshot *snap)
{
	return format("%s/%s", snap->dir, snap->key);
}

/* The same while the state is being written. */
static char *new_path(const struct snapshot *snap)
{
	return format("%s/.new-%s", snap->dir, snap->key);
}

/*
 * Adds the @len bytes at @buf, from offset @at of the memory, to @hash, unless all are zero.
 * Returns whether it did.
 */
static bool hash_block(XXH3_state_t *hash, const char *buf, size_t len, int64_t at)
{
	if (!len || (!buf[0] && !memcmp(buf, buf + 1, len - 1)))
		return false;
	XXH3_64bits_update(hash, &at, sizeof(at));
	XXH3_64bits_update(hash, buf, len);
	return true;
}

/*
 * Hashes the memory in the file @from of @size bytes, and copies it to @to unless that is -1.
 * Holes and zeros are skipped: how sparse a file is does not change its hash.
 */
static int hash_ram(int from, int to, int64_t size, uint64_t *result)
{
	XXH3_state_t *hash = must(XXH3_createState());
	char *buf = must(malloc(BLOCK));
	int64_t at = 0, end;
	int err = 0;

	XXH3_64bits_reset(hash);
	while (!err && at < size) {
		at = lseek(from, at, SEEK_DATA);
		if (at < 0) {
			err = errno == ENXIO ? 0 : -errno;
			break;
		}
		end = lseek(from, at, SEEK_HOLE);
		/* in whole blocks, wherever the file system begins a hole */
		at -= at % BLOCK;
		for (; !err && at < end; at += BLOCK) {
			ssize_t n = pread(from, buf, BLOCK, at);

			if (n < 0)
				err = -errno;
			else if (hash_block(hash, buf, n, at) && to >= 0 &&
				 pwrite(to, buf, n, at) != n)
				err = errno ? -errno : -ENOSPC;
		}
	}
	*result = XXH3_64bits_digest(hash);
	free(buf);
	XXH3_freeState(hash);
	return err;
}

static uint64_t parse_hash(json_t *value)
{
	const char *text = json_string_value(value);

	return text ? strtoull(text, NULL, 16) : 0;
}

/* Opens the directory @path, if only this user, or root, can have written to it. */
int snapshot_open_own(const char *path, char **why)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (st.st_uid != geteuid() && st.st_uid)
		*why = format("%s belongs to another user (uid %u)", path, st.st_uid);
	else if (st.st_mode & 0022)
		*why = format("others may write to %s", path);
	else
		return fd;
	close(fd);
	return -EPERM;
}

/*
 * Evaluates the note that this VM cannot be restored, for the reason @words: -ENOTSUP with
 * @why, or -ENOENT if the note is too old.
 */
static int condemned(struct snapshot *snap, const char *words, char **why)
{
	struct stat st;

	if (!fstatat(snap->fd, "meta.json", &st, 0) && time(NULL) - st.st_mtime > CONDEMNED_SEC) {
		snap->second = true;
		return -ENOENT;
	}
	*why = must(strdup(words));
	return -ENOTSUP;
}

/* Reads all but the memory from snap->fd. Returns as snapshot_open(). */
int snapshot_read(struct snapshot *snap, char **why)
{
	const char *unusable, *made;
	json_t *meta = NULL;
	json_error_t error;
	char *text = NULL;
	int ret = -EINVAL;
	struct stat st;
	size_t len;

	if (!read_at(snap->fd, "meta.json", LINE_MAX_SIZE, &text, &len))
		meta = json_loadb(text, len, 0, &error);
	free(text);
	unusable = json_string_value(json_object_get(meta, "unusable"));
	made = json_string_value(json_object_get(meta, "made"));
	if (unusable) {
		ret = condemned(snap, unusable, why);
		goto out;
	}
	if (!meta) {
		*why = format("its meta.json is not whole");
		goto out;
	}
	free(snap->made);
	snap->made = must(strdup(made ? made : "unknown"));
	snap->ram_size = json_integer_value(json_object_get(meta, "ram_size"));
	snap->ram_hash = parse_hash(json_object_get(meta, "ram_hash"));
	if (fstatat(snap->fd, "ram", &st, 0) || st.st_size != snap->ram_size) {
		*why = format("the guest's memory has been cut short");
		goto out;
	}
	free(snap->state);
	if (read_at(snap->fd, "state", STATE_MAX, &snap->state, &snap->state_len) ||
	    XXH3_64bits(snap->state, snap->state_len) !=
		    parse_hash(json_object_get(meta, "state_hash"))) {
		*why = format("QEMU's state is not what was saved");
		goto out;
	}
	ret = 0;
out:
	json_decref(meta);
	return ret;
}

/*
 * Finds the state and reads all but the memory. -ENOENT: there is none. -EINVAL: it is
 * damaged. -ENOTSUP: it is known that this VM cannot be restored. -EPERM: another user may
 * have written it. @why, to be freed, is the reason of the last three.
 */
int snapshot_open(struct snapshot *snap, char **why)
{
	char *path = snapshot_path(snap);
	int ret;

	*why = NULL;
	snap->fd = snapshot_open_own(path, why);
	free(path);
	if (snap->fd < 0)
		return snap->fd == -ENOENT || snap->fd == -EPERM ? snap->fd : -EINVAL;

	snap->second = !faccessat(snap->fd, "second", F_OK, 0);
	ret = snapshot_read(snap, why);
	/* mark it as used now, for prune() */
	if (!ret)
		futimens(snap->fd, NULL);
	return ret;
}

/* Returns 0 if the memory is what was saved, -EINVAL if it is not. */
int snapshot_check_ram(const struct snapshot *snap)
{
	uint64_t hash = 0;
	int fd, err;

	fd = openat(snap->fd, "ram", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = hash_ram(fd, -1, snap->ram_size, &hash);
	close(fd);
	return err ? err : hash == snap->ram_hash ? 0 : -EINVAL;
}

/* Removes the directory @path; renames it first, so that no process finds a part of it. */
static int remove_path(const struct snapshot *snap, const char *path)
{
	char *old = format("%s/.old-%d", snap->dir, getpid());
	int err = 0;

	if (rename(path, old))
		err = errno == ENOENT ? 0 : -errno;
	if (!err)
		err = remove_at(AT_FDCWD, old);
	free(old);
	return err;
}

void snapshot_remove(const struct snapshot *snap)
{
	char *path = snapshot_path(snap);
	int err = remove_path(snap, path);

	if (err)
		say("cannot remove the saved state %s: %s; remove it by hand", path,
		    strerror(-err));
	free(path);
}

/* Writes a note that no state of this VM is to be saved, for the reason @why. */
void snapshot_condemn(const struct snapshot *snap, const char *why)
{
	json_t *meta = must(json_pack("{s:o}", "unusable", state_string(why)));
	char *text = must(json_dumps(meta, JSON_INDENT(2))), *path = snapshot_path(snap);
	int fd, err;

	err = remove_path(snap, path);
	if (!err)
		err = make_dirs(path, 0700);
	if (!err) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = fd < 0 ? -errno : write_at(fd, "meta.json", text, strlen(text));
		if (fd >= 0)
			close(fd);
	}
	if (err)
		say("cannot note in %s why no state is to be saved: %s", path, strerror(-err));
	free(path);
	free(text);
	json_decref(meta);
}

/* The state was restored: if it fails later, that is not the second failure in a row. */
void snapshot_prove(const struct snapshot *snap)
{
	if (snap->second)
		unlinkat(snap->fd, "second", 0);
}

/* Begins a new state. -EBUSY if another process does it already. */
int snapshot_begin(struct snapshot *snap)
{
	char *path = format("%s/%s.lock", snap->dir, snap->key), *why = NULL;
	int err;

	snap->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	err = snap->lock < 0 ? -errno : 0;
	free(path);
	if (!err && flock(snap->lock, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (err)
		return err;
	/* another process has made it meanwhile, and VMs may be about to be restored from it */
	path = snapshot_path(snap);
	if (!snap->second && !access(path, F_OK))
		err = -EBUSY;
	free(path);
	if (err)
		return err;

	/* remove what a killed process has left */
	path = new_path(snap);
	err = remove_at(AT_FDCWD, path);
	if (!err)
		err = make_dirs(path, 0700);
	if (!err) {
		if (snap->fd >= 0)
			close(snap->fd);
		snap->fd = snapshot_open_own(path, &why);
		err = snap->fd < 0 ? snap->fd : 0;
		free(why);
	}
	free(path);
	return err;
}

/* Copies the guest's memory, the file @ram. */
int snapshot_copy_ram(struct snapshot *snap, int ram)
{
	struct stat st;
	int fd, err;

	if (fstat(ram, &st))
		return -errno;
	snap->ram_size = st.st_size;
	fd = openat(snap->fd, "ram", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = ftruncate(fd, st.st_size) ? -errno : hash_ram(ram, fd, st.st_size, &snap->ram_hash);
	if (close(fd) && !err)
		err = -errno;
	return err;
}

static int write_state(struct snapshot *snap, int vm_dir, const char *label)
{
	char *console = NULL, *text, hashes[2][17];
	json_t *meta;
	size_t len;
	int err;

	err = write_at(snap->fd, "state", snap->state, snap->state_len);
	if (!err)
		err = read_at(vm_dir, "console.log", STATE_MAX, &console, &len);
	if (!err)
		err = write_at(snap->fd, "console.log", console, len);
	free(console);
	if (!err && snap->second)
		err = write_at(snap->fd, "second", "", 0);
	if (err)
		return err;
	snprintf(hashes[0], sizeof(hashes[0]), "%016" PRIx64, snap->ram_hash);
	snprintf(hashes[1], sizeof(hashes[1]), "%016" PRIx64,
		 (uint64_t)XXH3_64bits(snap->state, snap->state_len));
	/* clang-format off */
	meta = must(json_pack("{s:o, s:o, s:I, s:s, s:s}", "label", state_string(label),
			      "made", state_string(snap->made ? snap->made : "unknown"),
			      "ram_size", (json_int_t)snap->ram_size,
			      "ram_hash", hashes[0], "state_hash", hashes[1]));
	/* clang-format on */
	text = must(json_dumps(meta, JSON_INDENT(2)));
	err = write_at(snap->fd, "meta.json", text, strlen(text));
	free(text);
	json_decref(meta);
	return err;
}

/* The disk usage of the directory @path, in bytes. */
static int64_t disk_usage(const char *path)
{
	struct dirent *entry;
	int64_t bytes = 0;
	DIR *dir = opendir(path);

	while (dir && (entry = readdir(dir))) {
		struct stat st;

		if (!fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			bytes += st.st_blocks * 512LL;
	}
	if (dir)
		closedir(dir);
	return bytes;
}

struct found {
	char *path;
	int64_t bytes;
	struct timespec used;
};

static int newest_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct found *)a)->used;
	const struct timespec *y = &((const struct found *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? 1 : -1;
	return x->tv_nsec < y->tv_nsec ? 1 : x->tv_nsec > y->tv_nsec ? -1 : 0;
}

/* Removes @name, if a process left it there when it was killed: half a state, or half a removed one. */
static void remove_left(const struct snapshot *snap, const char *name)
{
	char *path = format("%s/%s", snap->dir, name), *lock_path;
	int lock = -1;

	if (!strncmp(name, ".new-", 5)) {
		/* whoever writes a state has locked its key */
		lock_path = format("%s/%s.lock", snap->dir, name + 5);
		lock = open(lock_path, O_RDWR | O_CLOEXEC);
		if (lock < 0 ? errno == ENOENT : !flock(lock, LOCK_EX | LOCK_NB))
			remove_at(AT_FDCWD, path);
		free(lock_path);
	} else if (!strncmp(name, ".old-", 5)) {
		remove_at(AT_FDCWD, path);
	}
	if (lock >= 0)
		close(lock);
	free(path);
}

/* Removes the least recently used states until the others are within the limit. */
static void prune(const struct snapshot *snap)
{
	struct found *found = NULL;
	struct dirent *entry;
	int64_t bytes = 0;
	size_t n = 0;
	DIR *dir = opendir(snap->dir);

	while (dir && (entry = readdir(dir))) {
		struct found f = { .path = format("%s/%s", snap->dir, entry->d_name) };
		struct stat st;

		if (*entry->d_name == '.' || stat(f.path, &st) || !S_ISDIR(st.st_mode)) {
			remove_left(snap, entry->d_name);
			free(f.path);
			continue;
		}
		f.bytes = disk_usage(f.path);
		f.used = st.st_mtim;
		found = must(reallocarray(found, n + 1, sizeof(*found)));
		found[n++] = f;
	}
	if (dir)
		closedir(dir);
	if (n)
		qsort(found, n, sizeof(*found), newest_first);
	for (size_t i = 0; i < n; i++) {
		bytes += found[i].bytes;
		/* the newest, which was just saved, stays however large it is */
		if (i && snap->limit_mib >= 0 && bytes > snap->limit_mib << 20)
			remove_path(snap, found[i].path);
		free(found[i].path);
	}
	free(found);
}

/*
 * Completes the state and gives it its name. @vm_dir is the VM's directory, with its
 * console.log, @label what to call it.
 */
int snapshot_commit(struct snapshot *snap, int vm_dir, const char *label)
{
	char *from = new_path(snap), *to = snapshot_path(snap);
	int err;

	err = write_state(snap, vm_dir, label);
	if (!err)
		err = remove_path(snap, to);
	if (!err && rename(from, to))
		err = -errno;
	if (!err)
		prune(snap);
	free(from);
	free(to);
	return err;
}

/* Removes a state that cannot be completed. */
void snapshot_abort(struct snapshot *snap)
{
	char *path = new_path(snap);

	remove_at(AT_FDCWD, path);
	free(path);
}
