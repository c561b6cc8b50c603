// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Takes the state of a VM out of QEMU, loads it into another QEMU, and talks to the guest's
 * agent.
 *
 * The guest's memory is a file (memfd) that QEMU shares with us, so QEMU's migration stream
 * can leave it out (x-ignore-shared) and holds the devices only. A restored VM maps a copy of
 * that file privately: a page is read when the guest touches it, and all VMs share the pages
 * that they do not write to. Kata Containers' "VM templating" works so.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

#define SAVE_MS	     60000
#define LOAD_POLL_MS 2
#define IDLE_MS	     10000
#define IDLE_LOOK_US 2000
#define IDLE_LOOKS   5
#define SEED_SIZE    32

/*
 * Opens the guest's memory, a memfd of the QEMU with @pid, which must be a child of this
 * process.
 */
static int open_ram(pid_t pid)
{
	char *path = format("/proc/%d/fd", pid), link[256];
	struct dirent *entry;
	DIR *dir = opendir(path);
	int fd = -ENOENT;

	while (dir && fd < 0 && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);

		if (n < 0)
			continue;
		link[n] = '\0';
		if (strncmp(link, "/memfd:memory-backend-memfd", 27))
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	if (dir)
		closedir(dir);
	free(path);
	return fd;
}

/* Reads @pipe to its end into snap->state. */
static int drain(int pipe, struct snapshot *snap, int64_t deadline)
{
	struct pollfd p = { .fd = pipe, .events = POLLIN };
	size_t size = 1 << 20;
	ssize_t n;

	free(snap->state);
	snap->state = must(malloc(size));
	snap->state_len = 0;
	for (;;) {
		if (poll(&p, 1, poll_ms(deadline)) == 0)
			return -ETIMEDOUT;
		n = read(pipe, snap->state + snap->state_len, size - snap->state_len);
		if (!n)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			snap->state_len += n;
		if (snap->state_len == size) {
			size *= 2;
			snap->state = must(realloc(snap->state, size));
		}
	}
}

/*
 * Tells QEMU to do @command ("migrate" or "migrate-incoming") without the memory, by its end
 * @pipe of a pipe; closes @pipe.
 */
static int begin(struct qmp *q, const char *command, int pipe, int64_t deadline)
{
	json_t *args;
	int err;

	args = must(json_pack("{s:[{s:s, s:b}]}", "capabilities", "capability", "x-ignore-shared",
			      "state", 1));
	err = qmp_command(q, "migrate-set-capabilities", args, deadline, NULL);
	json_decref(args);
	if (!err) {
		args = must(json_pack("{s:s}", "fdname", "snapshot"));
		err = qmp_command_fd(q, "getfd", args, pipe, deadline, NULL);
		json_decref(args);
	}
	close(pipe);
	if (!err) {
		args = must(json_pack("{s:s}", "uri", "fd:snapshot"));
		err = qmp_command(q, command, args, deadline, NULL);
		json_decref(args);
	}
	return err;
}

/* Reads the state of QEMU's devices through a pipe into snap->state. */
static int save_devices(struct qmp *q, struct snapshot *snap)
{
	int64_t deadline = now_ms() + SAVE_MS;
	json_t *result = NULL;
	const char *status;
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	err = begin(q, "migrate", fds[1], deadline);
	if (!err) {
		err = drain(fds[0], snap, deadline);
		if (err)
			snprintf(q->error, sizeof(q->error), "its state did not come: %s",
				 strerror(-err));
	}
	close(fds[0]);
	/* QEMU closes the pipe a little before it reports success */
	for (status = "active"; !err && (!strcmp(status, "active") || !strcmp(status, "device"));) {
		json_decref(result);
		err = qmp_command(q, "query-migrate", NULL, deadline, &result);
		if (err)
			return err;
		status = json_string_value(json_object_get(result, "status"));
		if (!status)
			status = "none";
	}
	if (!err && strcmp(status, "completed")) {
		const char *why = json_string_value(json_object_get(result, "error-desc"));

		snprintf(q->error, sizeof(q->error), "%s", why ? why : status);
		err = -EREMOTEIO;
	}
	json_decref(result);
	return err;
}

/* Whether all threads of @pid sleep: its CPUs wait for an interrupt, and none is on its way. */
static bool all_sleep(pid_t pid)
{
	char path[32], state;
	unsigned long long t;
	struct dirent *task;
	bool sleep;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	sleep = tasks != NULL;
	while (sleep && (task = readdir(tasks)))
		sleep = *task->d_name == '.' ||
			(!proc_stat(atoi(task->d_name), &state, &t) && state == 'S');
	if (tasks)
		closedir(tasks);
	return sleep;
}

/*
 * Waits until the guest of QEMU @pid has been idle several times in a row. An interrupt that
 * is pending while the state is saved is forgotten by some machines (by QEMU's emulated FLIC),
 * and its pending bit in the guest's memory then blocks all later interrupts. A guest that is
 * never idle is saved as it is.
 */
static void await_idle(pid_t pid)
{
	int64_t deadline = now_ms() + IDLE_MS;

	for (int looks = 0; looks < IDLE_LOOKS && poll_ms(deadline); usleep(IDLE_LOOK_US))
		looks = all_sleep(pid) ? looks + 1 : 0;
}

/*
 * Saves the VM of QEMU @pid to @snap, and lets it go on. @why, to be freed, is the reason of a
 * failure; the VM then is as it was, unless it did not go on (-EPIPE).
 */
int migrate_save(struct qmp *q, struct snapshot *snap, pid_t pid, char **why)
{
	int ram, err, went_on;

	*why = NULL;
	ram = open_ram(pid);
	if (ram < 0) {
		*why = format("its memory is not to be found: %s", strerror(-ram));
		return ram;
	}
	/* on some machines a guest that is saved while it runs cannot be restored */
	await_idle(pid);
	err = qmp_command(q, "stop", NULL, now_ms() + QMP_MS, NULL);
	if (!err)
		err = save_devices(q, snap);
	if (err) {
		*why = must(strdup(q->error));
	} else {
		err = snapshot_copy_ram(snap, ram);
		if (err)
			*why = format("cannot write it: %s", strerror(-err));
	}
	close(ram);
	went_on = qmp_command(q, "cont", NULL, now_ms() + QMP_MS, NULL);
	if (went_on) {
		free(*why);
		*why = must(strdup(q->error));
		return -EPIPE;
	}
	return err;
}

/*
 * Waits until @fd is ready for @events. -ECANCELED: a signal is pending in @sigfd. -EPIPE: the
 * process of @pidfd ended. -ETIMEDOUT: @deadline passed.
 */
static int wait_for(int fd, short events, int pidfd, int sigfd, int64_t deadline)
{
	struct pollfd p[] = {
		{ .fd = fd, .events = events },
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = sigfd, .events = POLLIN },
	};
	int n;

	do
		n = poll(p, 3, poll_ms(deadline));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (p[2].revents)
		return -ECANCELED;
	if (p[0].revents & (events | POLLHUP))
		return 0;
	if (p[1].revents || p[0].revents)
		return -EPIPE;
	return -ETIMEDOUT;
}

/* Writes the state into the pipe that the QEMU of @pidfd reads. */
static int feed(int pipe, const struct snapshot *snap, int pidfd, int sigfd, int64_t deadline)
{
	size_t at = 0;
	int err = 0;

	fcntl(pipe, F_SETFL, O_NONBLOCK);
	while (!err && at < snap->state_len) {
		ssize_t n;

		err = wait_for(pipe, POLLOUT, pidfd, sigfd, deadline);
		if (err)
			break;
		n = write(pipe, snap->state + at, snap->state_len - at);
		if (n > 0)
			at += n;
		else if (errno != EAGAIN && errno != EINTR)
			err = -errno;
	}
	return err;
}

/*
 * Loads the state of @snap into the QEMU of @q, and lets the guest go on. Returns as
 * wait_for(), or as qmp_command() with QEMU's words in q->error.
 */
int migrate_load(struct qmp *q, const struct snapshot *snap, int pidfd, int sigfd, int64_t patience)
{
	int64_t deadline = now_ms() + patience;
	bool loading = true;
	json_t *result;
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	err = begin(q, "migrate-incoming", fds[0], deadline);
	if (!err)
		err = feed(fds[1], snap, pidfd, sigfd, deadline);
	close(fds[1]);
	/* QEMU drops a "cont" that comes before it has loaded the whole state */
	while (!err && loading) {
		err = qmp_command(q, "query-status", NULL, deadline, &result);
		if (err)
			break;
		loading = json_string_value(json_object_get(result, "status")) &&
			  !strcmp(json_string_value(json_object_get(result, "status")),
				  "inmigrate");
		json_decref(result);
		if (loading && proc_wait(pidfd, now_ms() + LOAD_POLL_MS))
			err = -EPIPE;
		if (loading && !poll_ms(deadline))
			err = -ETIMEDOUT;
	}
	return err ? err : qmp_command(q, "cont", NULL, deadline, NULL);
}

/* --- the agent: a line there, a line back (guest/agent.c) --- */

int agent_connect(int dirfd, int64_t deadline)
{
	return dir_connect(dirfd, "agent.sock", deadline);
}

/*
 * Sends @line and waits at most @patience for a line, which goes to @answer without its end
 * and without control characters. If that takes long, prints that the guest of @label (may be
 * NULL) is waited for. Returns 0, or as wait_for().
 */
static int agent_hear(int fd, const char *line, char answer[256], const char *label, int pidfd,
		      int sigfd, int64_t patience)
{
	int64_t began = now_ms(), quiet = began + QUIET_MS, deadline = began + patience;
	size_t len = 0;
	ssize_t n;
	int err;

	if (!label)
		quiet = deadline;
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line))
		return -EPIPE;
	while (!memchr(answer, '\n', len)) {
		err = wait_for(fd, POLLIN, pidfd, sigfd, quiet < deadline ? quiet : deadline);
		if (err == -ETIMEDOUT && quiet < deadline) {
			say_step(stderr, "%s: waiting for its guest to answer, %g s at most", label,
				 patience / 1000.0);
			quiet = deadline;
			continue;
		}
		if (err)
			return err;
		n = read(fd, answer + len, 255 - len);
		if (n <= 0)
			return -EPIPE;
		len += n;
		if (len == 255)
			return -EPROTO;
	}
	text_clean(answer, len);
	answer[strcspn(answer, "\n")] = '\0';
	return 0;
}

/*
 * The same, for the one right @answer. -EPROTO: the answer was another. @why, to be freed, is
 * the reason of a failure, or NULL.
 */
static int agent_ask(int fd, const char *line, const char *answer, const char *label, int pidfd,
		     int sigfd, int64_t patience, char **why)
{
	char text[256];
	int err;

	*why = NULL;
	err = agent_hear(fd, line, text, label, pidfd, sigfd, patience);
	if (err == -ETIMEDOUT)
		*why = format("no answer in %g s", patience / 1000.0);
	if (err || !strcmp(text, answer))
		return err;
	*why = must(strdup(text));
	return -EPROTO;
}

int agent_ping(int fd, const char *label, int pidfd, int64_t patience)
{
	char *why;
	int err = agent_ask(fd, "ping\n", "pong", label, pidfd, -1, patience, &why);

	free(why);
	return err;
}

/* Asks the guest for its health (guest/agent.c); @health is to be freed. */
int agent_health(int fd, int64_t patience, char **health)
{
	char text[256];
	int err = agent_hear(fd, "health\n", text, NULL, -1, -1, patience);

	*health = err ? NULL : must(strdup(text));
	return err;
}

/* Tells the guest the time and a random seed; returns as agent_ask(). */
int agent_resume(int fd, const char *label, int pidfd, int sigfd, int64_t patience, char **why)
{
	unsigned char seed[SEED_SIZE];
	char hex[2 * SEED_SIZE + 1], *line;
	struct timespec now;
	int err;

	*why = NULL;
	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed))
		return -errno;
	for (int i = 0; i < SEED_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", seed[i]);
	clock_gettime(CLOCK_REALTIME, &now);
	line = format("resume %lld %ld %s\n", (long long)now.tv_sec, now.tv_nsec, hex);
	err = agent_ask(fd, line, "resumed", label, pidfd, sigfd, patience, why);
	explicit_bzero(seed, sizeof(seed));
	explicit_bzero(hex, sizeof(hex));
	free(line);
	return err;
}
