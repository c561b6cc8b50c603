// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vm stop: ends a VM in the gentlest way that works: by a command that asks the
 * guest, by QMP, by SIGKILL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vm.h"

/* Time for QEMU to end after it was told to, and for the guest after its command has failed. */
#define QUIT_MS 2000

static const char usage[] =
	"Usage: vm stop --dir DIR [--timeout SEC] [-- COMMAND [ARGUMENT]...]\n"
	"       vm stop --lost DIR\n"
	"\n"
	"End a VM. COMMAND, if given, makes the guest power off (by ssh, for example). Without\n"
	"COMMAND, or if the VM does not end within SEC seconds, QEMU is told to quit; if it does\n"
	"not, it is killed.\n"
	"\n"
	"  --dir DIR       the VM's directory; its console.log and qemu.log are kept\n"
	"  --lost DIR      end the QEMUs whose directory, DIR or below it, was removed\n"
	"  --timeout SEC   seconds for the clean end, half of them for COMMAND itself (10);\n"
	"                  also how long to wait for a start or stop that is under way\n"
	"\n"
	"Exit status: 0 it does not run (any more); 1 it cannot be ended; 2 wrong usage;\n"
	"8 the lock was taken.\n";

/* Whether the guest has an agent that does not answer: such a guest cannot power off. */
static bool is_silent(const struct vm_dir *dir)
{
	int agent = agent_connect(dir->fd, now_ms() + QUIT_MS);
	char *health = NULL;
	bool silent;

	if (agent < 0)
		return false;
	silent = agent_health(agent, QUIT_MS, &health) == -ETIMEDOUT;
	close(agent);
	free(health);
	return silent;
}

/* Waits until QEMU (@p[0]) or the command (@p[1]) has ended; false if neither had. */
static bool wait_for_end(struct pollfd p[2], int64_t deadline)
{
	int n;

	do
		n = poll(p, 2, poll_ms(deadline));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

/*
 * Returns why the command @argv, whose process is @child, has not ended QEMU, to be freed;
 * ends the command. @until, the deadline of QEMU, comes earlier if the command failed.
 */
static char *why_not(char *const argv[], struct child *child, bool ended, int64_t timeout,
		     int64_t *until)
{
	char *text, *why;
	int status;

	if (!ended) {
		child_kill(child);
		return format("%s did not end within %g s", argv[0], timeout / 2000.0);
	}
	status = child_reap(child);
	if (!status)
		return format("the guest did not power off within %g s", timeout / 1000.0);
	if (*until > now_ms() + QUIT_MS)
		*until = now_ms() + QUIT_MS;
	text = child_status_text(status);
	why = format("%s ended with %s", argv[0], text);
	free(text);
	return why;
}

/* Returns @why, which is freed, and the last line that the command printed to @output. */
static char *with_words(char *why, int output)
{
	char *path = format("/proc/self/fd/%d", output), *words = text_tail(AT_FDCWD, path, 1);
	char *text = *words ? format("%s (%s)", why, words) : must(strdup(why));

	free(path);
	free(words);
	free(why);
	return text;
}

/*
 * Waits until QEMU is ended by @child, a process of @argv that writes to @output. Returns as
 * stop_clean().
 */
static char *await_clean(const struct vm_dir *dir, char *const argv[], struct child *child,
			 int output, int pidfd, int64_t timeout)
{
	struct pollfd p[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = child->pidfd, .events = POLLIN },
	};
	int64_t began = now_ms(), until = began + timeout;
	char *why;

	/* a short timeout leaves no time to ask the agent */
	if (timeout > 2 * QUIT_MS && !wait_for_end(p, began + QUIT_MS / 2) && is_silent(dir)) {
		child_kill(child);
		return format("its guest does not answer: it has halted, or hangs");
	}
	wait_for_end(p, began + timeout / 2);
	if (p[0].revents) {
		child_kill(child);
		return NULL;
	}
	why = why_not(argv, child, p[1].revents, timeout, &until);
	if (!proc_wait(pidfd, until))
		return with_words(why, output);
	free(why);
	return NULL;
}

/*
 * Runs @argv, which is to end QEMU, and waits for that. Returns NULL if QEMU ended, else the
 * reason why not, to be freed.
 */
static char *stop_clean(const struct vm_dir *dir, char *const argv[], int pidfd, int64_t timeout)
{
	struct child_options options = { .cwd = -1 };
	struct child child;
	char *why;
	int err;

	/* its output is shown only if it fails: ssh complains when it is cut off */
	options.output = memfd_create("vm-stop", MFD_CLOEXEC);
	err = options.output < 0 ? -errno : child_prepare(&child, argv, &options);
	if (!err)
		err = child_run(&child);
	if (err)
		why = format("cannot run %s: %s", argv[0], strerror(-err));
	else
		why = await_clean(dir, argv, &child, options.output, pidfd, timeout);
	if (options.output >= 0)
		close(options.output);
	return why;
}

/*
 * Whether the guest's CPU is stopped, most likely by a debugger: such a guest cannot power
 * off.
 */
static bool cpu_stopped(const struct vm_dir *dir)
{
	bool stopped = false;
	json_t *result;
	struct qmp q;

	if (!qmp_open(&q, dir->fd, now_ms() + QUIT_MS) &&
	    !qmp_command(&q, "query-status", NULL, now_ms() + QUIT_MS, &result)) {
		stopped = json_is_false(json_object_get(result, "running"));
		json_decref(result);
	}
	qmp_close(&q);
	return stopped;
}

/*
 * Ends QEMU without asking the guest; false if even that failed. @ask: QEMU can be told
 * to quit.
 */
static bool stop_hard(const struct vm_dir *dir, int pidfd, bool ask, const char **how)
{
	struct qmp q;

	*how = "quit";
	if (ask) {
		if (!qmp_open(&q, dir->fd, now_ms() + QUIT_MS))
			qmp_command(&q, "quit", NULL, now_ms() + QUIT_MS, NULL);
		qmp_close(&q);
		if (proc_wait(pidfd, now_ms() + QUIT_MS))
			return true;
	}
	*how = "killed";
	return !proc_signal(pidfd, SIGKILL) && proc_wait(pidfd, now_ms() + 10000);
}

static int stop_running(const struct vm_dir *dir, const struct vm_state *st, char *const clean[],
			int64_t timeout)
{
	const char *label = state_label(dir, st), *how;
	char *why = NULL;
	bool frozen;
	int pidfd;

	pidfd = proc_open_same(st->pid, st->starttime);
	if (pidfd == -ESRCH) {
		say_step(stdout, "%s stopped", label);
		return VM_EXIT_OK;
	}
	if (pidfd < 0) {
		say("cannot stop %s: its QEMU (pid %d) cannot be opened: %s; kill it by hand",
		    label, st->pid, strerror(-pidfd));
		return VM_EXIT_ERROR;
	}
	proc_note_cpu(st->pid);
	frozen = proc_stopped(st->pid);
	if (frozen)
		why = format("its QEMU was stopped by a signal");
	else if (*clean && !cpu_stopped(dir))
		why = stop_clean(dir, clean, pidfd, timeout);
	if (!proc_wait(pidfd, now_ms())) {
		if (!stop_hard(dir, pidfd, !frozen, &how)) {
			say("cannot stop %s: QEMU (pid %d) survived being killed; it may hang in the "
			    "kernel, see /proc/%d/stack",
			    label, st->pid, st->pid);
			free(why);
			close(pidfd);
			return VM_EXIT_ERROR;
		}
		if (why)
			say("%s did not stop cleanly: %s; QEMU was %s", label, why,
			    !strcmp(how, "quit") ? "told to quit" : "killed");
		else if (strcmp(how, "quit"))
			say("%s did not stop cleanly: QEMU did not obey and was killed", label);
	}
	say_step(stdout, "%s stopped", label);
	free(why);
	close(pidfd);
	return VM_EXIT_OK;
}

/* No VM runs: clears away what it has left. */
static int stop_leftover(const struct vm_dir *dir, const struct vm_state *st, enum vm_status status)
{
	const char *label = state_label(dir, st);
	int left = find_leftover(dir, st, status);
	char *why;

	if (left < 0)
		return VM_EXIT_ERROR;
	if (left) {
		say_step(stdout, "%s stopped (a QEMU that was left behind, pid %d)", label, left);
	} else if (status == VM_ABSENT) {
		say_step(stdout, "%s not running", label);
	} else {
		why = report_why(dir, status);
		say_step(stdout, "%s not running: %s", label, why);
		free(why);
	}
	return VM_EXIT_OK;
}

static int stop(const struct vm_dir *dir, char *const clean[], int64_t timeout)
{
	struct vm_state st = { 0 };
	enum vm_status status;
	int lock, ret;

	lock = lock_take(dir, "vm stop", timeout);
	if (lock < 0)
		return lock == -EBUSY ? VM_EXIT_BUSY : VM_EXIT_ERROR;
	status = state_inspect(dir, &st, true);
	if (status == VM_RUNNING)
		ret = stop_running(dir, &st, clean, timeout);
	else
		ret = stop_leftover(dir, &st, status);
	if (!ret)
		state_clear(dir);
	state_free(&st);
	close(lock);
	return ret;
}

static void stop_lost(const struct lost *lost, void *arg)
{
	int err = lost_end(lost), *ret = arg;

	if (err) {
		say("cannot stop %s, whose directory %s was removed: its QEMU (pid %d) cannot be killed: %s",
		    lost->label, lost->dir, lost->pid, strerror(-err));
		*ret = VM_EXIT_ERROR;
	} else {
		say_step(stdout, "%s stopped: its directory %s was removed", lost->label,
			 lost->dir);
	}
}

int cmd_stop(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "lost", required_argument, NULL, 'l' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct vm_dir dir = VM_DIR_NONE;
	int64_t timeout = 10000;
	const char *path = NULL, *lost = NULL;
	int opt, ret = VM_EXIT_OK, err, left;

	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			path = optarg;
			break;
		case 'l':
			lost = optarg;
			break;
		case 't':
			if (parse_seconds("--timeout", optarg, &timeout))
				return VM_EXIT_USAGE;
			break;
		case 'h':
			fputs(usage, stdout);
			return VM_EXIT_OK;
		default:
			return bad_usage(argv[0]);
		}
	}
	if (lost && !path && optind == argc) {
		lost_find(lost, stop_lost, &ret);
		return ret;
	}
	if (!path || lost) {
		say("stop needs --dir DIR, or --lost DIR and no other word");
		return bad_usage(argv[0]);
	}
	/* a command without -- before it is a mistake, and must not be run */
	if (optind < argc && strcmp(argv[optind - 1], "--")) {
		say("stop does not know what '%s' is for; a command goes after --", argv[optind]);
		return bad_usage(argv[0]);
	}
	err = dir_open(&dir, path, false);
	if (err == -ENOENT) {
		left = find_lost(path);
		if (left > 0)
			say_step(stdout, "%s stopped (a QEMU that was left behind, pid %d)",
				 state_label(&dir, NULL), left);
		else if (!left)
			say_step(stdout, "%s not running", state_label(&dir, NULL));
		return left < 0 ? VM_EXIT_ERROR : VM_EXIT_OK;
	}
	ret = err ? VM_EXIT_ERROR : stop(&dir, argv + optind, timeout);
	dir_close(&dir);
	return ret;
}
