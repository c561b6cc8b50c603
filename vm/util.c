// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Time, messages, numbers and small files. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

/* Milliseconds of a monotonic clock. */
int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* The time left until @deadline as poll() wants it: 0 when past, -1 for none. */
int poll_ms(int64_t deadline)
{
	int64_t left;

	if (deadline == NO_DEADLINE)
		return -1;
	left = deadline - now_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static void vsay(const char *prefix, const char *fmt, va_list ap)
{
	fputs(prefix, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

/* One line to the user on stderr. */
void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay("vm: ", fmt, ap);
	va_end(ap);
}

/* The same for a failure, with the prefix that the project's scripts use. */
void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay("error: ", fmt, ap);
	va_end(ap);
}

/* One line of progress, in the columns that the project's makefiles print. */
void say_step(FILE *to, const char *fmt, ...)
{
	va_list ap;

	fprintf(to, "  %-8s ", "VM");
	va_start(ap, fmt);
	vfprintf(to, fmt, ap);
	va_end(ap);
	fputc('\n', to);
	fflush(to);
}

/* Returns @p, the result of an allocation; ends the program if it is NULL. */
void *must(void *p)
{
	if (!p) {
		say("out of memory");
		exit(VM_EXIT_ERROR);
	}
	return p;
}

/* printf() into memory that the caller frees. */
char *format(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	return must(len < 0 ? NULL : text);
}

/*
 * @text, the value of @option, in seconds and perhaps with a fraction, to @ms.
 * Says what is wrong with it and returns -EINVAL if it is not a positive number.
 */
int parse_seconds(const char *option, const char *text, int64_t *ms)
{
	char *end;
	double sec;

	sec = strtod(text, &end);
	if (end == text || *end || !isfinite(sec) || sec < 0.001 || sec > 1e6) {
		say("%s '%s' is not a number of seconds; give one such as 120 or 0.5", option,
		    text);
		return -EINVAL;
	}
	*ms = (int64_t)(sec * 1000 + 0.5);
	return 0;
}

/*
 * @text, the value of @option, to @number. Says what is wrong with it and returns -EINVAL
 * if it is not a whole number from @min to @max.
 */
int parse_int(const char *option, const char *text, int min, int max, int *number)
{
	char *end;
	long n;

	n = strtol(text, &end, 10);
	if (end == text || *end || n < min || n > max) {
		say("%s '%s' is not a whole number from %d to %d", option, text, min, max);
		return -EINVAL;
	}
	*number = n;
	return 0;
}

/* Ends a message about wrong usage of @command ("vm start"). Returns the exit code. */
int bad_usage(const char *command)
{
	fprintf(stderr, "Try '%s -h'.\n", command);
	return VM_EXIT_USAGE;
}

/* FNV-1a, to tell command lines apart; it is not secure. @hash is 0 for the first part. */
uint64_t hash_bytes(uint64_t hash, const void *p, size_t len)
{
	const unsigned char *c = p;

	if (!hash)
		hash = 0xcbf29ce484222325ULL;
	while (len--)
		hash = (hash ^ *c++) * 0x100000001b3ULL;
	return hash;
}

/*
 * Reads @name in @dirfd to @text, which the caller frees and which gets a NUL
 * that @len (may be NULL) does not count. -EFBIG if it has more than @max bytes.
 */
int read_at(int dirfd, const char *name, size_t max, char **text, size_t *len)
{
	size_t have = 0, size = 4096;
	char *buf = NULL;
	ssize_t n;
	int fd, err;

	fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	buf = must(malloc(size));
	while ((n = read(fd, buf + have, size - have - 1))) {
		if (n < 0) {
			if (errno == EINTR)
				continue;
			err = -errno;
			goto fail;
		}
		have += n;
		if (have > max) {
			err = -EFBIG;
			goto fail;
		}
		if (have + 1 == size) {
			size *= 2;
			buf = must(realloc(buf, size));
		}
	}
	close(fd);
	buf[have] = '\0';
	*text = buf;
	if (len)
		*len = have;
	return 0;

fail:
	free(buf);
	close(fd);
	return err;
}

/*
 * Makes @len bytes of @text the content of @name in @dirfd, which only its owner may
 * read. Readers see the old file or the new one, never a part; on failure the old one
 * stays.
 */
int write_at(int dirfd, const char *name, const char *text, size_t len)
{
	char *tmp = format("%s.tmp", name);
	int fd, err = 0;

	fd = openat(dirfd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		err = -errno;
		goto out;
	}
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = -errno;
			break;
		}
		text += n;
		len -= n;
	}
	if (close(fd) && !err)
		err = -errno;
	if (!err && renameat(dirfd, tmp, dirfd, name))
		err = -errno;
	if (err)
		unlinkat(dirfd, tmp, 0);
out:
	free(tmp);
	return err;
}

/*
 * rm -rf of @name in @dirfd; it may be absent, or removed by another process meanwhile. Links are
 * removed, not followed.
 */
int remove_at(int dirfd, const char *name)
{
	struct dirent *entry;
	int fd, err = 0;
	DIR *dir;

	if (!unlinkat(dirfd, name, 0) || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	dir = fdopendir(fd);
	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while (!err && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			err = remove_at(fd, entry->d_name);
	closedir(dir);
	if (!err && unlinkat(dirfd, name, AT_REMOVEDIR) && errno != ENOENT)
		err = -errno;
	return err;
}

/* mkdir -p, with @mode for the last of them, if it is not there. */
int make_dirs(const char *path, mode_t mode)
{
	char *part = must(strdup(path));
	int err = 0;

	for (size_t len = strlen(part); len > 1 && part[len - 1] == '/'; len--)
		part[len - 1] = '\0';
	for (char *p = part + 1; !err && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0777) && errno != EEXIST)
			err = -errno;
		*p = '/';
	}
	if (!err && mkdir(part, mode) && errno != EEXIST)
		err = -errno;
	free(part);
	return err;
}
