// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Watches a console log grow, together with the QEMU that writes it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "vm.h"

static int watch_log(struct watch *w, int dirfd, const char *ready, int flags)
{
	char path[64];
	int err;

	*w = (struct watch){ .log = -1, .inotify = -1 };
	match_init(&w->ready, ready);
	match_init(&w->panic, VM_PANIC_TEXT);
	w->log = openat(dirfd, "console.log", O_RDONLY | O_CLOEXEC | flags, 0600);
	if (w->log < 0)
		goto fail;
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->inotify < 0)
		goto fail;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", w->log);
	if (inotify_add_watch(w->inotify, path, IN_MODIFY) < 0)
		goto fail;
	return 0;

fail:
	err = -errno;
	watch_close(w);
	return err;
}

/*
 * Makes console.log in @dirfd, empty, and watches it; to be called before QEMU starts. @ready
 * is the text that the guest prints when it is ready.
 */
int watch_open(struct watch *w, int dirfd, const char *ready)
{
	return watch_log(w, dirfd, ready, O_CREAT | O_TRUNC);
}

/* The same for a VM that runs; the log is read from its beginning. */
int watch_join(struct watch *w, int dirfd, const char *ready)
{
	return watch_log(w, dirfd, ready, 0);
}

void watch_close(struct watch *w)
{
	if (w->log >= 0)
		close(w->log);
	if (w->inotify >= 0)
		close(w->inotify);
	w->log = w->inotify = -1;
	match_free(&w->ready);
	match_free(&w->panic);
}

/* Reads the new part of the log; true if it has an event, which goes to @result. */
static bool watch_read(struct watch *w, enum watch_result *result)
{
	char buf[8192];
	ssize_t n;

	while ((n = pread(w->log, buf, sizeof(buf), w->at)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			w->at++;
			if (buf[i] != '\r' && buf[i] != '\0')
				w->heard = true;
			if (match_byte(&w->ready, buf[i])) {
				*result = WATCH_READY;
				return true;
			}
			if (match_byte(&w->panic, buf[i])) {
				*result = WATCH_PANIC;
				return true;
			}
		}
	}
	if (n < 0) {
		*result = WATCH_ERROR;
		return true;
	}
	return false;
}

/*
 * Waits until the guest is ready, it panics, the process of @pidfd ends, a signal comes on
 * @sigfd (its number goes to @signo), or @deadline passes. It may be called again after
 * WATCH_TIMEOUT and goes on where it was. errno tells more about WATCH_ERROR.
 */
enum watch_result watch_wait(struct watch *w, int pidfd, int sigfd, int64_t deadline, int *signo)
{
	struct pollfd p[] = {
		{ .fd = w->inotify, .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = sigfd, .events = POLLIN },
	};
	enum watch_result result;
	char events[4096];
	int n;

	for (;;) {
		n = poll(p, 3, poll_ms(deadline));
		if (n < 0 && errno != EINTR)
			return WATCH_ERROR;
		if (n > 0 && p[2].revents) {
			*signo = signals_read(sigfd);
			if (*signo)
				return WATCH_SIGNAL;
		}
		/* the events only tell that the log has grown */
		if (read(w->inotify, events, sizeof(events)) < 0 && errno != EAGAIN &&
		    errno != EINTR)
			return WATCH_ERROR;
		/* before the exit is tested: the log may have the reason for it */
		if (watch_read(w, &result))
			return result;
		if (n > 0 && p[1].revents)
			return WATCH_EXITED;
		if (!poll_ms(deadline))
			return WATCH_TIMEOUT;
	}
}
