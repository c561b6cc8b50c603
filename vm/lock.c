// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Only one process at a time starts or stops a VM: the process that holds DIR/lock. The kernel
 * releases an flock() when its holder dies, so a lock cannot be stale. The file itself is
 * never removed: two processes could then hold a lock each, on the old file and on the new
 * file.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <unistd.h>

#include "vm.h"

static void on_alarm(int sig)
{
	(void)sig; /* the signal only interrupts flock() */
}

/* "pid 123 (vm start)", as the holder wrote it; the caller frees it. */
static char *holder(const struct vm_dir *dir)
{
	char *text = NULL;

	if (read_at(dir->fd, "lock", 256, &text, NULL))
		return must(strdup("another process"));
	text[strcspn(text, "\n")] = '\0';
	if (!*text) {
		free(text);
		return must(strdup("another process"));
	}
	return text;
}

static int wait_for_lock(const struct vm_dir *dir, int fd, int64_t wait_ms)
{
	/*
	 * Nothing can poll for an flock(), but a signal interrupts it. The timer
	 * repeats because one that fires just before flock() is lost.
	 */
	const struct itimerval every = { { 1, 0 }, { 1, 0 } }, never = { { 0, 0 }, { 0, 0 } };
	const struct sigaction interrupt = { .sa_handler = on_alarm };
	int64_t deadline = now_ms() + wait_ms;
	struct sigaction old;
	bool said = false;
	int err = 0;

	sigaction(SIGALRM, &interrupt, &old);
	setitimer(ITIMER_REAL, &every, NULL);
	while (flock(fd, LOCK_EX)) {
		char *who;

		if (errno != EINTR) {
			err = -errno;
			break;
		}
		if (said && now_ms() < deadline)
			continue;
		who = holder(dir);
		if (!said)
			say("waiting for %s, which is at work on this VM", who);
		said = true;
		if (now_ms() >= deadline) {
			say("%s still keeps %s/lock after %lld s; wait for it, or end it, and try again",
			    who, dir->path, (long long)(wait_ms + 500) / 1000);
			err = -EBUSY;
		}
		free(who);
		if (err)
			break;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	return err;
}

/*
 * Takes the lock of @dir for @command and waits at most @wait_ms for it; after a second it
 * prints which process it waits for. Returns a descriptor: closing it releases the lock.
 * -EBUSY: time was up. The reason of a failure has been printed.
 */
int lock_take(const struct vm_dir *dir, const char *command, int64_t wait_ms)
{
	int fd, err = 0;

	fd = openat(dir->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		err = -errno;
		goto fail;
	}
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = errno == EWOULDBLOCK ? wait_for_lock(dir, fd, wait_ms) : -errno;
		if (err)
			goto fail;
	}
	/* the text is for messages only: a full disk does not matter */
	if (ftruncate(fd, 0) || dprintf(fd, "pid %d (%s)\n", getpid(), command) < 0)
		return fd;
	return fd;

fail:
	if (err != -EBUSY)
		say("cannot lock %s/lock: %s; check who owns it", dir->path, strerror(-err));
	if (fd >= 0)
		close(fd);
	return err;
}

/* Whether a process is starting or stopping the VM now. */
bool lock_is_held(const struct vm_dir *dir)
{
	bool held;
	int fd;

	fd = openat(dir->fd, "lock", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	held = flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(fd);
	return held;
}
