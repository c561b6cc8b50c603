// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The start of one QEMU: launched, and waited for until its guest is ready. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

/* Time for a kernel that panics to print its backtrace and to end QEMU. */
#define PANIC_MS 2000

#define CONNECT_MS 10

/* Explains that the host has refused something; returns an exit code. */
int start_error(const struct start *s, const char *what, int err)
{
	const char *advice = "check that you may write there";

	if (err == -ENOSPC || err == -EDQUOT)
		advice = "free some space on that disk";
	else if (err == -EMFILE || err == -ENFILE)
		advice = "raise the limit of open files (ulimit -n, fs.inotify.max_user_instances)";
	say("%s was not started: cannot %s in %s: %s; %s", s->cmd.label, what, s->dir.path,
	    strerror(-err), advice);
	return VM_EXIT_ERROR;
}

/* Explains that the start failed, by @why and the guest's @lines, both freed. */
static void explain(const struct start *s, char *why, char *lines)
{
	complain("%s did not start", s->cmd.label);
	fprintf(stderr, "  Why:  %s%s\n", why, *lines ? ". Its console:" : "");
	text_print(lines);
	free(why);
	free(lines);
}

static int panicked(const struct start *s, int64_t ms)
{
	char *lines = text_panic(s->dir.fd);

	explain(s, format("the guest's kernel panicked after %.1f s", ms / 1000.0),
		lines ? lines : text_tail(s->dir.fd, "console.log", 20));
	fprintf(stderr, "  Do:   read the whole console in %s/console.log.\n", s->dir.path);
	return VM_EXIT_PANIC;
}

static int timed_out(const struct start *s, bool heard)
{
	struct statvfs fs;

	explain(s,
		format("within %g s the guest %s", s->timeout / 1000.0,
		       heard ? "did not say that it is ready" : "printed nothing at all"),
		text_tail(s->dir.fd, "console.log", 20));
	if (!fstatvfs(s->dir.fd, &fs) && !fs.f_bavail)
		fprintf(stderr,
			"  Do:   free some space: the disk that holds %s is full, "
			"and so the console was not logged.\n",
			s->dir.path);
	else
		fprintf(stderr,
			"  Do:   give it more time with VM_TIMEOUT=SEC%s, or read %s/console.log "
			"and %s/qemu.log.\n",
			heard ? "" : " or more memory with MEM=", s->dir.path, s->dir.path);
	return VM_EXIT_TIMEOUT;
}

int start_interrupted(const struct start *s, int signo)
{
	say("%s was not started: interrupted by signal %d (%s); its QEMU was ended", s->cmd.label,
	    signo, strsignal(signo));
	return VM_EXIT_SIGNAL + signo;
}

/* Writes ssh_config from the template. Returns an exit code. */
static int write_ssh_config(const struct start *s, int port)
{
	char *full, *text, number[12];
	int err;

	if (!port && strstr(s->template, "@PORT@")) {
		say("%s was not started: %s wants a port, but QEMU forwards none to the guest's port 22; "
		    "add a hostfwd to its command line",
		    s->cmd.label, s->template_path);
		return VM_EXIT_ERROR;
	}
	full = realpath(s->dir.path, NULL);
	if (!full)
		return start_error(s, "find the full path of a file", -errno);
	snprintf(number, sizeof(number), "%d", port);
	text = text_substitute(s->template,
			       (const char *const[]){ "@PORT@", number, "@DIR@", full, NULL });
	err = write_at(s->dir.fd, "ssh_config", text, strlen(text));
	free(text);
	free(full);
	return err ? start_error(s, "write ssh_config", err) : VM_EXIT_OK;
}

/* The guest is ready: finds its SSH port and saves the state file. Returns an exit code. */
int start_finish(const struct start *s, struct vm_state *st, struct child *qemu)
{
	struct qmp q;
	int port, err, ret;

	err = qmp_open(&q, s->dir.fd, now_ms() + QMP_MS);
	port = err ? err : net_ssh_port(&q, now_ms() + QMP_MS);
	/* QEMU's sockets close a little before it has ended */
	if (port < 0 && proc_wait(qemu->pidfd, now_ms() + DYING_MS)) {
		complain("%s did not start", s->cmd.label);
		report_qemu_exit(&s->dir, child_reap(qemu));
		qmp_close(&q);
		return VM_EXIT_QEMU;
	}
	if (port < 0) {
		say("%s was not started: it is ready, but cannot be asked for its SSH port: %s; "
		    "check -qmp in its command line",
		    s->cmd.label, q.error);
		qmp_close(&q);
		return VM_EXIT_ERROR;
	}
	qmp_close(&q);

	if (s->template) {
		ret = write_ssh_config(s, port);
		if (ret)
			return ret;
	}
	st->port = port;
	st->running = true;
	err = state_save(s->dir.fd, st);
	return err ? start_error(s, "write state.json", err) : VM_EXIT_OK;
}

void start_say_ready(const struct start *s, int port, int64_t ms, const char *from)
{
	char *how = format("%s%s%s", from, *s->accel ? s->accel : "",
			   *s->accel && port ? ", " : "");
	char *where = port ? format("ssh port %d", port) : format("%s", "");

	say_step(stdout, *how || *where ? "%s ready in %.1f s (%s%s)" : "%s ready in %.1f s",
		 s->cmd.label, ms / 1000.0, how, where);
	free(how);
	free(where);
}

/* Waits until the guest of @qemu is ready. Returns an exit code. */
static int await(const struct start *s, struct snapshot *snap, struct watch *w, struct vm_state *st,
		 struct child *qemu, int sigfd)
{
	int64_t began = now_ms(), deadline = began + s->timeout;
	int64_t quiet = began + QUIET_MS;
	enum watch_result result;
	int signo, ret;

	result = watch_wait(w, qemu->pidfd, sigfd, quiet < deadline ? quiet : deadline, &signo);
	if (result == WATCH_TIMEOUT && quiet < deadline) {
		say_step(stderr, "%s: waiting for \"%s\" in %s/console.log, %g s at most",
			 s->cmd.label, s->ready, s->dir.path, s->timeout / 1000.0);
		result = watch_wait(w, qemu->pidfd, sigfd, deadline, &signo);
	}

	switch (result) {
	case WATCH_READY:
		ret = snap ? snapshot_save(s, snap, qemu) : VM_EXIT_OK;
		if (!ret)
			ret = start_finish(s, st, qemu);
		signo = signals_read(sigfd);
		if (!ret && signo)
			return start_interrupted(s, signo);
		if (!ret)
			start_say_ready(s, st->port, now_ms() - began, "");
		return ret;
	case WATCH_PANIC:
		/* a kernel without panic=-1 never ends QEMU */
		proc_wait(qemu->pidfd, now_ms() + PANIC_MS);
		return panicked(s, now_ms() - began);
	case WATCH_EXITED:
		complain("%s did not start", s->cmd.label);
		report_qemu_exit(&s->dir, child_reap(qemu));
		return VM_EXIT_QEMU;
	case WATCH_TIMEOUT:
		return timed_out(s, w->heard);
	case WATCH_SIGNAL:
		return start_interrupted(s, signo);
	case WATCH_ERROR:
		break;
	}
	return start_error(s, "watch console.log", -errno);
}

/*
 * Waits for the QMP socket of @qemu, and connects to it. QEMU listens before it has read all
 * of its command line, and answers after that. -EPIPE: QEMU ended. -ECANCELED: a signal came,
 * which goes to @signo.
 */
int boot_connect(const struct start *s, const struct child *qemu, int sigfd, int64_t patience,
		 int *signo)
{
	int64_t deadline = now_ms() + patience;
	int fd;

	while ((fd = dir_connect(s->dir.fd, "qmp.sock", deadline)) < 0) {
		if (proc_wait(qemu->pidfd, now_ms() + CONNECT_MS))
			return -EPIPE;
		*signo = signals_read(sigfd);
		if (*signo)
			return -ECANCELED;
		if (!poll_ms(deadline))
			return -ETIMEDOUT;
	}
	return fd;
}

/* The guest of @qemu does not run yet: waits until QEMU answers. Returns an exit code. */
static int await_qemu(const struct start *s, struct vm_state *st, struct child *qemu, int sigfd)
{
	int fd, ret, signo;

	fd = boot_connect(s, qemu, sigfd, QMP_MS, &signo);
	if (fd == -EPIPE) {
		complain("%s did not start", s->cmd.label);
		report_qemu_exit(&s->dir, child_reap(qemu));
		return VM_EXIT_QEMU;
	}
	if (fd == -ECANCELED)
		return start_interrupted(s, signo);
	if (fd >= 0)
		close(fd);
	ret = start_finish(s, st, qemu);
	if (!ret && s->stopped)
		say_step(stdout, "%s started, its CPU is stopped", s->cmd.label);
	return ret;
}

/* Waits for a guest that was started with its CPU stopped. Returns an exit code. */
int boot_await(const struct start *s, const struct vm_state *st)
{
	int64_t deadline = now_ms() + s->timeout;
	enum watch_result result = WATCH_ERROR;
	int sigfd, pidfd, signo = 0;
	struct watch w;
	char *why;

	sigfd = signals_open();
	pidfd = proc_open_same(st->pid, st->starttime);
	if (pidfd == -ESRCH) {
		result = WATCH_EXITED;
	} else if (pidfd >= 0 && sigfd >= 0 && !watch_join(&w, s->dir.fd, s->ready)) {
		result = watch_wait(&w, pidfd, sigfd, now_ms(), &signo);
		if (result == WATCH_TIMEOUT) {
			say_step(stderr,
				 "%s: a debugger may hold it; waiting for \"%s\" in "
				 "%s/console.log, %g s at most",
				 s->cmd.label, s->ready, s->dir.path, s->timeout / 1000.0);
			result = watch_wait(&w, pidfd, sigfd, deadline, &signo);
		}
		watch_close(&w);
	}
	if (sigfd >= 0)
		close(sigfd);
	if (pidfd >= 0)
		close(pidfd);

	switch (result) {
	case WATCH_READY:
		return VM_EXIT_OK;
	case WATCH_PANIC:
		say("%s is not ready: the guest's kernel panicked; see %s/console.log",
		    s->cmd.label, s->dir.path);
		return VM_EXIT_PANIC;
	case WATCH_EXITED:
		why = report_why(&s->dir, VM_GONE);
		say("%s is not ready: %s; start it again", s->cmd.label, why);
		free(why);
		report_details(&s->dir, VM_GONE);
		return VM_EXIT_QEMU;
	case WATCH_TIMEOUT:
		say("%s is not ready: it was started with its CPU stopped; let it go on in gdb "
		    "(make qemu-connect, continue)",
		    s->cmd.label);
		return VM_EXIT_TIMEOUT;
	case WATCH_SIGNAL:
		say("%s is not ready yet: interrupted by signal %d (%s); it was left alone",
		    s->cmd.label, signo, strsignal(signo));
		return VM_EXIT_SIGNAL + signo;
	case WATCH_ERROR:
		break;
	}
	return start_error(s, "watch console.log", -errno);
}

/* Starts a QEMU, to boot or to be restored, and saves the state file. Returns an exit code. */
int boot_launch(const struct start *s, char **argv, struct vm_state *st, struct child *qemu)
{
	struct child_options options = {
		.cwd = s->dir.fd,
		.session = true,
		.file_limit = (int64_t)s->log_limit << 20,
	};
	char state;
	int err, ret = VM_EXIT_OK;

	*st = (struct vm_state){
		.label = (char *)s->cmd.label,
		.accel = (char *)s->accel,
		.argv = state_argv(argv),
		.started = time(NULL),
		.share = s->cmd.share,
	};
	options.output = openat(s->dir.fd, "qemu.log",
				O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (options.output < 0)
		return start_error(s, "make qemu.log", -errno);
	err = child_prepare(qemu, argv, &options);
	if (!err)
		err = proc_stat(qemu->pid, &state, &st->starttime);
	if (err) {
		ret = start_error(s, "make a process", err);
		goto out;
	}
	st->pid = qemu->pid;
	if (!s->early)
		memcpy(st->hash, s->hash_text, sizeof(st->hash));
	proc_boot_id(st->boot_id);
	err = state_save(s->dir.fd, st);
	if (err) {
		ret = start_error(s, "write state.json", err);
		goto out;
	}
	err = child_run(qemu);
	if (err) {
		say("%s was not started: cannot run %s: %s; install it, or check QEMU=",
		    s->cmd.label, argv[0], strerror(-err));
		ret = VM_EXIT_QEMU;
	}
out:
	close(options.output);
	return ret;
}

/*
 * Boots the VM. @snap: where to save its state when it is ready, or NULL. Returns an exit
 * code.
 */
int boot_vm(const struct start *s, struct snapshot *snap)
{
	char **argv = cmdline_make(&s->cmd, CMDLINE_BOOT);
	struct child qemu = CHILD_NONE;
	struct vm_state st = { 0 };
	int sigfd, err, ret;
	struct watch w;

	sigfd = signals_open();
	if (sigfd < 0) {
		ret = start_error(s, "wait for signals", sigfd);
		goto out_command;
	}
	err = watch_open(&w, s->dir.fd, s->ready);
	if (err) {
		ret = start_error(s, "watch console.log", err);
		goto out_signals;
	}
	ret = boot_launch(s, argv, &st, &qemu);
	if (!ret)
		ret = s->early ? await_qemu(s, &st, &qemu, sigfd) :
				 await(s, snap, &w, &st, &qemu, sigfd);
	if (ret) {
		child_kill(&qemu);
		state_clear(&s->dir);
	}
	child_forget(&qemu);
	json_decref(st.argv);
	watch_close(&w);
out_signals:
	close(sigfd);
out_command:
	cmdline_free(argv);
	return ret;
}
