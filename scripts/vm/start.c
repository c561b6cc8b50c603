// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vm start: leaves a VM running that is ready, or none at all and the reason.
 * That it runs already is the usual case and must cost next to nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

/* A panicking kernel has this long to print its backtrace and to end QEMU. */
#define PANIC_MS	2000

#define CONNECT_MS	10
#define DYING_MS	5000

/*
 * A guest that was restored answers at once, or is dead; but a machine that stands
 * still itself for seconds, as shared ones do, is no fault of its guests'.
 */
#define ALIVE_MS	30000
#define PING_MS		2000

/* What a hash file may have: it is read at every start. */
#define EXPECT_MAX	65536

static const char usage[] =
"Usage: vm start --dir DIR [OPTION]... -- QEMU [ARGUMENT]...\n"
"Start a VM, unless it is running, and wait until its guest says that it is ready.\n"
"QEMU runs in DIR and lives on when this command has ended.\n"
"\n"
"  --dir DIR              the VM's directory; made if it is not there\n"
"  --timeout SEC          wait at most SEC seconds for the guest (120)\n"
"  --ready TEXT           what the guest prints on its console when it is ready\n"
"                         (" VM_READY_TEXT ")\n"
"  --label NAME           what to call the VM (the last part of DIR)\n"
"  --accel NAME           what QEMU runs it with (tcg, kvm), to show it only\n"
"  --ssh-config TEMPLATE  write DIR/ssh_config from this file, with @PORT@ and\n"
"                         @DIR@ replaced by the forwarded port and DIR's full path\n"
"  --expect FILE          the content of FILE (a checksum, up to 64 kB) is part of\n"
"                         what the VM is: a running VM that was started with another\n"
"                         is reported. May be given more than once\n"
"  --snapshots DIR        restore the VM's saved state from DIR if there is one; if not,\n"
"                         boot it and save its state there when it is ready\n"
"  --snapshot-limit MIB   remove the states that were not used for longest when all\n"
"                         take more (2048)\n"
"  --restore-timeout SEC  boot the VM if QEMU, or its guest, gives no answer for SEC\n"
"                         seconds while it is restored (30)\n"
"  --log-limit MIB        QEMU may make no file larger than this, once the guest is ready:\n"
"                         a guest could fill the disk with its console (no limit)\n"
"  --reset                a VM that runs is ended first and starts anew, with the same\n"
"                         SSH port\n"
"  --early                wait for QEMU alone, not for the guest. A later start waits\n"
"                         until that guest is ready\n"
"  --stopped              the same for a QEMU that does not run the guest yet (-S)\n"
"\n"
"QEMU's command line must contain\n"
"  -no-reboot -qmp unix:qmp.sock,server=on,wait=off\n"
"  -chardev socket,id=console,path=console.sock,server=on,wait=off,logfile=console.log,logappend=off\n"
"with the guest's console on that chardev, and, for SSH, a hostfwd to port 22 of the\n"
"guest from any port of 127.0.0.1 (0: a free one). The kernel should have panic=-1.\n"
"For --snapshots its memory must be -object " RAM_OBJECT "size=...,\n"
"and agent.sock the socket of the guest's agent (extras/agent).\n"
"A VM that runs already is left alone, with a note if it was started otherwise;\n"
"with --stopped or --early it is an error, unless it was started so.\n"
"Exit status: 0 it runs; 1 the host refused; 2 wrong usage; 4 QEMU ended; 5 the\n"
"guest panicked; 6 it was not ready in time; 8 the lock was taken; 10 it runs, but its QEMU\n"
"is stopped by a signal; 128+N signal N.\n"
"Unless it is 0 or 10, no QEMU of ours is left behind; the logs are.\n";

struct start {
	struct vm_dir dir;
	const char *ready;
	const char *label;
	const char *accel;
	const char *template_path;
	char *template;
	int64_t timeout;
	bool early;
	bool stopped;
	bool reset;
	int port;		/* that QEMU is to have, or 0 */
	const char *snapshots;
	int64_t snapshot_limit;
	int64_t log_limit;	/* in MiB, or 0 */
	int64_t patience;	/* with one that is restored */
	uint64_t hash;
	char hash_text[17];
	char **argv;		/* QEMU's */
};

/* A thing of the host's own did not work. */
static int host_error(const struct start *s, const char *what, int err)
{
	const char *advice = "check that you may write there";

	if (err == -ENOSPC || err == -EDQUOT)
		advice = "free some space on that disk";
	else if (err == -EMFILE || err == -ENFILE)
		advice = "raise the limit of open files (ulimit -n, fs.inotify.max_user_instances)";
	say("%s was not started: cannot %s in %s: %s; %s", s->label, what, s->dir.path,
	    strerror(-err), advice);
	return VM_EXIT_ERROR;
}

/* Says that the start failed, then @why (freed) and what the guest said. */
static void explain(const struct start *s, char *why, char *lines)
{
	complain("%s did not start", s->label);
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

	explain(s, format("within %g s the guest %s", s->timeout / 1000.0,
			  heard ? "did not say that it is ready" : "printed nothing at all"),
		text_tail(s->dir.fd, "console.log", 20));
	if (!fstatvfs(s->dir.fd, &fs) && !fs.f_bavail)
		fprintf(stderr, "  Do:   free some space: the disk that holds %s is full, "
			"and so the console was not logged.\n", s->dir.path);
	else
		fprintf(stderr, "  Do:   give it more time with VM_TIMEOUT=SEC%s, or read %s/console.log "
			"and %s/qemu.log.\n", heard ? "" : " or more memory with MEM=", s->dir.path,
			s->dir.path);
	return VM_EXIT_TIMEOUT;
}

static int interrupted(const struct start *s, int signo)
{
	say("%s was not started: interrupted by signal %d (%s); its QEMU was ended", s->label,
	    signo, strsignal(signo));
	return VM_EXIT_SIGNAL + signo;
}

/* ssh_config from the template. */
static int write_ssh_config(const struct start *s, int port)
{
	char *full, *text, number[12];
	int err;

	if (!port && strstr(s->template, "@PORT@")) {
		say("%s was not started: %s wants a port, but QEMU forwards none to the guest's port 22; "
		    "add a hostfwd to its command line", s->label, s->template_path);
		return VM_EXIT_ERROR;
	}
	full = realpath(s->dir.path, NULL);
	if (!full)
		return host_error(s, "find the full path of a file", -errno);
	snprintf(number, sizeof(number), "%d", port);
	text = text_substitute(s->template, (const char *const[]){ "@PORT@", number, "@DIR@", full,
								   NULL });
	err = write_at(s->dir.fd, "ssh_config", text, strlen(text));
	free(text);
	free(full);
	return err ? host_error(s, "write ssh_config", err) : VM_EXIT_OK;
}

/* The guest is ready: finds out how to reach it and writes that down. */
static int finish(const struct start *s, struct vm_state *st, struct child *qemu)
{
	struct qmp q;
	int port, err, ret;

	err = qmp_open(&q, s->dir.fd, now_ms() + QMP_MS);
	port = err ? err : net_ssh_port(&q, now_ms() + QMP_MS);
	/* its sockets close a little before it is gone */
	if (port < 0 && proc_wait(qemu->pidfd, now_ms() + DYING_MS)) {
		complain("%s did not start", s->label);
		report_qemu_exit(&s->dir, child_reap(qemu));
		qmp_close(&q);
		return VM_EXIT_QEMU;
	}
	if (port < 0) {
		say("%s was not started: it is ready, but cannot be asked for its SSH port: %s; "
		    "check -qmp in its command line", s->label, q.error);
		qmp_close(&q);
		return VM_EXIT_ERROR;
	}
	qmp_close(&q);

	if (s->template) {
		ret = write_ssh_config(s, port);
		if (ret)
			return ret;
	}
	if (s->log_limit) {
		err = proc_limit_files(st->pid, s->log_limit << 20);
		if (err)
			say("%s may fill the disk with its console: no limit can be set: %s", s->label,
			    strerror(-err));
	}
	st->port = port;
	st->running = true;
	err = state_save(s->dir.fd, st);
	return err ? host_error(s, "write state.json", err) : VM_EXIT_OK;
}

static void say_ready(const struct start *s, int port, int64_t ms, const char *from)
{
	char *how = format("%s%s%s", from, *s->accel ? s->accel : "", *s->accel && port ? ", " : "");
	char *where = port ? format("ssh port %d", port) : format("%s", "");

	say_step(stdout, *how || *where ? "%s ready in %.1f s (%s%s)" : "%s ready in %.1f s",
		 s->label, ms / 1000.0, how, where);
	free(how);
	free(where);
}

/*
 * Saves the VM that has just got ready, so that the next start need not boot it.
 * Whether that works or not, this VM goes on; an exit code that is not 0 says
 * that it did not.
 */
static int save(const struct start *s, struct snapshot *snap, struct child *qemu, int sigfd)
{
	char *why = NULL, *silence = NULL;
	int agent, err;
	struct qmp q;

	err = snapshot_begin(snap);
	if (err == -EBUSY)
		return VM_EXIT_OK;
	if (err)
		why = format("cannot make %s: %s", snap->dir, strerror(-err));
	agent = err ? -1 : agent_connect(s->dir.fd, now_ms() + QMP_MS);
	if (!err && (agent < 0 || agent_ping(agent, s->label, qemu->pidfd, sigfd, PING_MS))) {
		err = -ENOTSUP;
		why = format("the guest has no agent that could set its clock later");
	}
	if (!err) {
		err = qmp_open(&q, s->dir.fd, now_ms() + QMP_MS);
		if (err)
			why = must(strdup(q.error));
		else
			err = migrate_save(&q, snap, qemu->pid, &why);
		qmp_close(&q);
	}
	/* it stood still for a while; and what is saved knows its random numbers */
	if (!err && agent_resume(agent, s->label, qemu->pidfd, sigfd, ALIVE_MS, &silence)) {
		err = -EPIPE;
		why = format("its guest does not answer any more%s%s", silence ? ": " : "",
			     silence ? silence : "");
		free(silence);
	}
	if (agent >= 0)
		close(agent);
	if (!err) {
		err = snapshot_commit(snap, s->dir.fd, s->label);
		if (err)
			why = format("cannot write to %s: %s", snap->dir, strerror(-err));
	}
	if (err) {
		snapshot_abort(snap);
		if (proc_wait(qemu->pidfd, now_ms() + (err == -EPIPE ? DYING_MS : 0))) {
			complain("%s did not start", s->label);
			report_qemu_exit(&s->dir, child_reap(qemu));
			free(why);
			return VM_EXIT_QEMU;
		}
		if (err == -EPIPE) {
			complain("%s did not start", s->label);
			fprintf(stderr, "  Why:  it did not go on after its state was saved: %s\n"
				"  Do:   start it with SNAPSHOT=0.\n", why);
			free(why);
			return VM_EXIT_QEMU;
		}
		say_step(stderr, "%s is not saved, the next start boots again: %s", s->label, why);
		free(why);
	}
	return VM_EXIT_OK;
}

/* Waits for the guest of @qemu, and ends with an exit code that it has explained. */
static int await(const struct start *s, struct snapshot *snap, struct watch *w, struct vm_state *st,
		 struct child *qemu, int sigfd)
{
	int64_t began = now_ms(), deadline = began + s->timeout;
	int64_t quiet = began + QUIET_MS;
	enum watch_result result;
	int signo, ret;

	result = watch_wait(w, qemu->pidfd, sigfd, quiet < deadline ? quiet : deadline, &signo);
	if (result == WATCH_TIMEOUT && quiet < deadline) {
		say_step(stderr, "%s: waiting for \"%s\" in %s/console.log, %g s at most", s->label,
			 s->ready, s->dir.path, s->timeout / 1000.0);
		result = watch_wait(w, qemu->pidfd, sigfd, deadline, &signo);
	}

	switch (result) {
	case WATCH_READY:
		ret = snap ? save(s, snap, qemu, sigfd) : VM_EXIT_OK;
		if (!ret)
			ret = finish(s, st, qemu);
		signo = signals_read(sigfd);
		if (!ret && signo)
			return interrupted(s, signo);
		if (!ret)
			say_ready(s, st->port, now_ms() - began, "");
		return ret;
	case WATCH_PANIC:
		/* not for longer: a kernel without panic=-1 sits there for ever */
		proc_wait(qemu->pidfd, now_ms() + PANIC_MS);
		return panicked(s, now_ms() - began);
	case WATCH_EXITED:
		complain("%s did not start", s->label);
		report_qemu_exit(&s->dir, child_reap(qemu));
		return VM_EXIT_QEMU;
	case WATCH_TIMEOUT:
		return timed_out(s, w->heard);
	case WATCH_SIGNAL:
		return interrupted(s, signo);
	case WATCH_ERROR:
		break;
	}
	return host_error(s, "watch console.log", -errno);
}

/*
 * Waits for the QMP socket of @qemu, and connects to it. It listens before it has read
 * all of its command line, and answers after. -EPIPE: it ended, -ECANCELED: a
 * signal, which goes to @signo.
 */
static int connect_qemu(const struct start *s, const struct child *qemu, int sigfd,
			int64_t patience, int *signo)
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

/* The guest of @qemu is not to run yet: that QEMU answers is all there is to wait for. */
static int await_qemu(const struct start *s, struct vm_state *st, struct child *qemu, int sigfd)
{
	int fd, ret, signo;

	fd = connect_qemu(s, qemu, sigfd, QMP_MS, &signo);
	if (fd == -EPIPE) {
		complain("%s did not start", s->label);
		report_qemu_exit(&s->dir, child_reap(qemu));
		return VM_EXIT_QEMU;
	}
	if (fd == -ECANCELED)
		return interrupted(s, signo);
	if (fd >= 0)
		close(fd);
	ret = finish(s, st, qemu);
	if (!ret && s->stopped)
		say_step(stdout, "%s started, its CPU is stopped", s->label);
	return ret;
}

/* Waits for a guest that was started with its CPU stopped, and has been let go since. */
static int await_guest(const struct start *s, const struct vm_state *st)
{
	int64_t deadline = now_ms() + s->timeout;
	enum watch_result result = WATCH_ERROR;
	int sigfd, pidfd, signo = 0;
	struct watch w;

	sigfd = signals_open();
	pidfd = proc_open_same(st->pid, st->starttime);
	if (pidfd == -ESRCH) {
		result = WATCH_EXITED;
	} else if (pidfd >= 0 && sigfd >= 0 && !watch_join(&w, s->dir.fd, s->ready)) {
		result = watch_wait(&w, pidfd, sigfd, now_ms(), &signo);
		if (result == WATCH_TIMEOUT) {
			say_step(stderr, "%s: a debugger may hold it; waiting for \"%s\" in "
				 "%s/console.log, %g s at most", s->label, s->ready, s->dir.path,
				 s->timeout / 1000.0);
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
		say("%s is not ready: the guest's kernel panicked; see %s/console.log", s->label,
		    s->dir.path);
		return VM_EXIT_PANIC;
	case WATCH_EXITED:
		say("%s is not ready: its QEMU ended; start it again", s->label);
		return VM_EXIT_QEMU;
	case WATCH_TIMEOUT:
		say("%s is not ready: it was started with its CPU stopped; let it go on in gdb "
		    "(make qemu-connect, continue)", s->label);
		return VM_EXIT_TIMEOUT;
	case WATCH_SIGNAL:
		say("%s is not ready yet: interrupted by signal %d (%s); it was left alone",
		    s->label, signo, strsignal(signo));
		return VM_EXIT_SIGNAL + signo;
	case WATCH_ERROR:
		break;
	}
	return host_error(s, "watch console.log", -errno);
}

/* What is the same of a boot and of a restore: a QEMU, and the file that says so. */
static int launch(const struct start *s, char **argv, struct vm_state *st, struct child *qemu)
{
	struct child_options options = { .cwd = s->dir.fd, .session = true };
	char state;
	int err, ret = VM_EXIT_OK;

	*st = (struct vm_state){
		.label = (char *)s->label,
		.accel = (char *)s->accel,
		.argv = state_argv(argv),
		.started = time(NULL),
	};
	options.output = openat(s->dir.fd, "qemu.log", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND |
				O_CLOEXEC, 0600);
	if (options.output < 0)
		return host_error(s, "make qemu.log", -errno);
	err = child_prepare(qemu, argv, &options);
	if (!err)
		err = proc_stat(qemu->pid, &state, &st->starttime);
	if (err) {
		ret = host_error(s, "make a process", err);
		goto out;
	}
	st->pid = qemu->pid;
	if (!s->early)
		memcpy(st->hash, s->hash_text, sizeof(st->hash));
	proc_boot_id(st->boot_id);
	err = state_save(s->dir.fd, st);
	if (err) {
		ret = host_error(s, "write state.json", err);
		goto out;
	}
	err = child_run(qemu);
	if (err) {
		say("%s was not started: cannot run %s: %s; install it, or check QEMU=", s->label,
		    argv[0], strerror(-err));
		ret = VM_EXIT_QEMU;
	}
out:
	close(options.output);
	return ret;
}

/* @snap: where to save the VM when it is ready, or NULL. */
static int boot(const struct start *s, struct snapshot *snap)
{
	struct child qemu = CHILD_NONE;
	struct vm_state st = { 0 };
	int sigfd, err, ret;
	struct watch w;

	sigfd = signals_open();
	if (sigfd < 0)
		return host_error(s, "wait for signals", sigfd);
	err = watch_open(&w, s->dir.fd, s->ready);
	if (err) {
		ret = host_error(s, "watch console.log", err);
		goto out_signals;
	}
	ret = launch(s, s->argv, &st, &qemu);
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
	return ret;
}

/* The console's log begins with what the guest had said when it was saved. */
static int bring_console(const struct start *s, const struct snapshot *snap)
{
	char *text;
	size_t len;
	int err;

	err = read_at(snap->fd, "console.log", 256 << 20, &text, &len);
	if (!err) {
		err = write_at(s->dir.fd, "console.log", text, len);
		free(text);
	}
	return err;
}

/* Whether QEMU itself answers: else it, or this machine, stands still. */
static bool answers(const struct start *s, struct qmp *q)
{
	return !qmp_command(q, "query-status", NULL, now_ms() + s->patience, NULL);
}

/*
 * Gives @qemu the state of @snap and lets the guest go on. Returns 0, -ECANCELED
 * after a signal, which goes to @signo, or another errno with @why, to be freed: -EINVAL
 * if the memory is not what was saved, -ETIMEDOUT if QEMU did not answer, -EHOSTDOWN or
 * -EPROTO if QEMU does, and the guest not or not well.
 */
static int revive(const struct start *s, const struct snapshot *snap, struct child *qemu, int sigfd,
		  int *signo, char **why)
{
	char *silence = NULL;
	int agent, fd, err;
	struct qmp q;

	/* while QEMU gets up */
	err = snapshot_check_ram(snap);
	if (err) {
		*why = format("the guest's memory is not what was saved");
		return -EINVAL;
	}
	fd = connect_qemu(s, qemu, sigfd, s->patience, signo);
	if (fd < 0) {
		*why = format("QEMU does not answer");
		return fd == -ECANCELED || fd == -EPIPE ? fd : -ETIMEDOUT;
	}
	err = qmp_greet(&q, fd, now_ms() + s->patience);
	/* connected while it stands still, the guest need not be told of a connection */
	agent = err ? -1 : agent_connect(s->dir.fd, now_ms() + s->patience);
	if (!err)
		err = agent < 0 ? agent : migrate_load(&q, snap, qemu->pidfd, sigfd, s->patience);
	if (err && err != -ECANCELED)
		*why = format("QEMU did not take the state%s%s", *q.error ? ": " : "", q.error);
	if (!err) {
		err = agent_resume(agent, s->label, qemu->pidfd, sigfd, s->patience, &silence);
		if (err && err != -ECANCELED)
			*why = format("the guest did not come back to life%s%s", silence ? ": " : "",
				      silence ? silence : "");
		if (err == -ETIMEDOUT && answers(s, &q))
			err = -EHOSTDOWN;
		free(silence);
	}
	if (err == -ECANCELED)
		*signo = signals_read(sigfd);
	if (agent >= 0)
		close(agent);
	qmp_close(&q);
	return err;
}

/* What QEMU said when it ended with @status, in one line; to be freed. */
static char *last_words(const struct start *s, int status)
{
	char *text = text_tail(s->dir.fd, "qemu.log", 1), *how = child_status_text(status), *why;

	text[strcspn(text, "\n")] = '\0';
	why = format("QEMU ended with %s%s%s", how, *text ? ": " : "", text);
	free(text);
	free(how);
	return why;
}

/* Whether a signal that ended QEMU came from outside. */
static bool was_killed(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM ||
				       WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGHUP);
}

/*
 * The VM could not be restored from @snap, by @err of revive(), and boots: says @why, and
 * what becomes of the state. Only what is its own fault counts against it, and that is
 * seen when the boot succeeds: a port in use ends every QEMU. @saving: it is to be saved
 * anew. Returns whether it is condemned.
 */
static bool give_up(const struct start *s, struct snapshot *snap, struct child *qemu, int err,
		    char **why, bool *saving)
{
	bool innocent = err == -ETIMEDOUT;
	bool lives = innocent || err == -EINVAL || err == -EHOSTDOWN || err == -EPROTO;
	int status;

	if (proc_wait(qemu->pidfd, now_ms() + (lives ? 0 : DYING_MS))) {
		status = child_reap(qemu);
		innocent = was_killed(status);
		free(*why);
		*why = last_words(s, status);
	}
	*saving = !innocent && (err == -EINVAL || !snap->second);
	say("%s boots, it cannot be restored: %s%s", s->label, *why,
	    innocent ? "; its saved state is kept" : *saving ? "; its state is saved anew" : "");
	if (err == -EINVAL)
		snapshot_remove(snap);
	else if (*saving)
		snap->second = true;
	return !innocent && !*saving;
}

/*
 * Restores the VM from @snap, which snapshot_open() has found. Returns an exit
 * code, or -1 if the VM is to be booted: the reason has been said. @saving: it is to
 * be saved then. @condemn: why, if the boot succeeds, the state is of no use; to be
 * freed.
 */
static int restore(const struct start *s, struct snapshot *snap, bool *saving, char **condemn)
{
	char *path = snapshot_path(snap), *why = NULL;
	char **argv = migrate_argv(s->argv, "snapshot", s->port);
	int sigfd = signals_open(), err, ret, signo = 0;
	struct child qemu = CHILD_NONE;
	struct vm_state st = { 0 };
	int64_t began = now_ms();

	err = sigfd < 0 ? sigfd : 0;
	/* a link, so that no path needs to be quoted for QEMU */
	if (!err)
		err = remove_at(s->dir.fd, "snapshot");
	if (!err && symlinkat(path, s->dir.fd, "snapshot"))
		err = -errno;
	if (!err)
		err = bring_console(s, snap);
	if (err) {
		ret = host_error(s, "prepare a saved state", err);
		goto out;
	}
	ret = launch(s, argv, &st, &qemu);
	if (ret)
		goto out;
	err = revive(s, snap, &qemu, sigfd, &signo, &why);
	if (err == -ECANCELED) {
		ret = interrupted(s, signo);
		goto out;
	}
	if (!err) {
		ret = finish(s, &st, &qemu);
		signo = signals_read(sigfd);
		if (!ret && signo)
			ret = interrupted(s, signo);
		if (!ret)
			say_ready(s, st.port, now_ms() - began, "restored, ");
		snapshot_prove(snap);
		goto out;
	}

	ret = -1;
	if (give_up(s, snap, &qemu, err, &why, saving)) {
		*condemn = why;
		why = NULL;
	}

out:
	if (ret) {
		child_kill(&qemu);
		state_clear(&s->dir);
	}
	child_forget(&qemu);
	json_decref(st.argv);
	migrate_argv_free(argv);
	if (sigfd >= 0)
		close(sigfd);
	free(path);
	free(why);
	return ret;
}

/* Restores the VM, or boots it and saves it then. */
static int restore_or_boot(const struct start *s)
{
	char *why = NULL, *condemn = NULL;
	bool saving = false;
	struct snapshot snap;
	int err, ret = -1;

	if (!s->snapshots || s->early)
		return boot(s, NULL);
	err = snapshot_init(&snap, s->snapshots, s->snapshot_limit, s->argv,
			    !strcmp(s->accel, "kvm"));
	if (err) {
		say("%s boots: cannot use %s: %s", s->label, s->snapshots, strerror(-err));
		goto out;
	}
	err = snapshot_open(&snap, &why);
	switch (err) {
	case 0:
		ret = restore(s, &snap, &saving, &condemn);
		break;
	case -ENOENT:
		saving = true;
		break;
	case -ENOTSUP:
		say_step(stdout, "%s boots: states of it were saved, but were of no use (%s); make "
			 "clean-snapshots has it tried again, or a day", s->label, why);
		break;
	case -EPERM:
		say("%s boots, its saved state is not used: %s; remove it, or set SNAPSHOTS=DIR",
		    s->label, why);
		break;
	default:
		say("%s boots, its saved state is damaged: %s", s->label, why ? why : "unreadable");
		snapshot_remove(&snap);
		saving = true;
	}
out:
	if (ret < 0)
		ret = boot(s, saving ? &snap : NULL);
	/* not for what ends every QEMU, such as a port in use */
	if (!ret && condemn)
		snapshot_condemn(&snap, condemn);
	snapshot_free(&snap);
	free(condemn);
	free(why);
	return ret;
}

/*
 * Clears away what an earlier VM left, and says why it is no more. Returns an
 * exit code.
 */
static int clear_away(const struct start *s, const struct vm_state *st, enum vm_status status)
{
	static const char *const logs[] = { "console.log", "qemu.log", "pushed" };
	char *why = report_why(&s->dir, status);
	int left, err = 0;

	/* a crash is worth keeping, and the makefiles start VMs without being asked to */
	if (status == VM_GONE)
		renameat(s->dir.fd, "console.log", s->dir.fd, "console.log.old");
	left = find_leftover(&s->dir, st, status);
	if (left > 0)
		say("%s starts anew: %s; the QEMU that was left of it (pid %d) is ended", s->label,
		    status == VM_ABSENT ? "its state file was lost, or its directory" : why, left);
	else if (left == 0 && status != VM_ABSENT)
		say("%s starts anew: %s%s%s%s", s->label, why,
		    status == VM_GONE ? " (its console is in " : "",
		    status == VM_GONE ? s->dir.path : "",
		    status == VM_GONE ? "/console.log.old)" : "");
	free(why);
	if (left < 0)
		return VM_EXIT_ERROR;
	state_clear(&s->dir);
	for (size_t i = 0; !err && i < sizeof(logs) / sizeof(logs[0]); i++)
		err = remove_at(s->dir.fd, logs[i]);
	return err ? host_error(s, "remove the files of an earlier VM", err) : VM_EXIT_OK;
}

/* Ends the VM that runs, and starts it anew where it was. */
static int reset(struct start *s, const struct vm_state *st)
{
	int pidfd = proc_open_same(st->pid, st->starttime), ret;

	if (pidfd >= 0) {
		proc_signal(pidfd, SIGKILL);
		proc_wait(pidfd, now_ms() + QMP_MS);
		close(pidfd);
	}
	s->port = st->port;
	ret = clear_away(s, st, VM_ABSENT);
	return ret ? ret : restore_or_boot(s);
}

static int start(struct start *s)
{
	struct vm_state st = { 0 };
	enum vm_status status;
	int lock, ret;

	lock = lock_take(&s->dir, "vm start", s->timeout + 10000);
	if (lock < 0)
		return lock == -EBUSY ? VM_EXIT_BUSY : VM_EXIT_ERROR;
	status = state_inspect(&s->dir, &st, true);
	if (status == VM_RUNNING && !s->reset && proc_stopped(st.pid)) {
		complain("%s runs, but its QEMU (pid %d) is stopped by a signal", s->label, st.pid);
		fprintf(stderr, "  Do:   kill -CONT %d, or make it as new with make qemu-reset.\n", st.pid);
		ret = VM_EXIT_STOPPED;
	} else if (status == VM_RUNNING && !*st.hash) {
		/* without the lock: it may take for ever, and the VM must be stoppable */
		close(lock);
		lock = -1;
		ret = s->early ? VM_EXIT_OK : await_guest(s, &st);
	} else if (status == VM_RUNNING && s->reset && !s->early) {
		ret = reset(s, &st);
	} else if (status == VM_RUNNING && s->early) {
		say("%s was not started: it runs already%s; stop it first (make qemu-stop)", s->label,
		    s->stopped ? ", and not for a debugger" : "");
		ret = VM_EXIT_ERROR;
	} else if (status == VM_RUNNING) {
		ret = VM_EXIT_OK;
		if (strcmp(st.hash, s->hash_text))
			say("note: %s runs with another command line or other images than those "
			    "asked for now; stop it, and the next start uses the new ones",
			    s->label);
	} else {
		ret = clear_away(s, &st, status);
		if (!ret)
			ret = restore_or_boot(s);
	}
	state_free(&st);
	if (lock >= 0)
		close(lock);
	return ret;
}

/* Reads a small file that the user named. */
static int read_file(const char *option, const char *path, size_t max, char **text, size_t *len)
{
	int err = read_at(AT_FDCWD, path, max, text, len);

	if (err == -EFBIG)
		say("%s %s: it has more than %zu bytes; give a file with its checksum", option, path,
		    max);
	else if (err)
		say("cannot read %s %s: %s; check the path", option, path, strerror(-err));
	return err;
}

static int parse(struct start *s, int argc, char **argv, const char **path)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "timeout", required_argument, NULL, 't' },
		{ "ready", required_argument, NULL, 'r' },
		{ "label", required_argument, NULL, 'l' },
		{ "accel", required_argument, NULL, 'a' },
		{ "ssh-config", required_argument, NULL, 's' },
		{ "expect", required_argument, NULL, 'e' },
		{ "snapshots", required_argument, NULL, 'n' },
		{ "snapshot-limit", required_argument, NULL, 'm' },
		{ "log-limit", required_argument, NULL, 'L' },
		{ "restore-timeout", required_argument, NULL, 'p' },
		{ "reset", no_argument, NULL, 'R' },
		{ "early", no_argument, NULL, 'E' },
		{ "stopped", no_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	char *text;
	size_t len;
	int opt;

	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			*path = optarg;
			break;
		case 't':
			if (parse_seconds("--timeout", optarg, &s->timeout))
				return VM_EXIT_USAGE;
			break;
		case 'r':
			s->ready = optarg;
			break;
		case 'l':
			s->label = optarg;
			break;
		case 'a':
			s->accel = optarg;
			break;
		case 's':
			free(s->template);
			s->template = NULL;
			s->template_path = optarg;
			if (read_file("--ssh-config", optarg, EXPECT_MAX, &s->template, NULL))
				return VM_EXIT_ERROR;
			break;
		case 'e':
			if (read_file("--expect", optarg, EXPECT_MAX, &text, &len))
				return VM_EXIT_ERROR;
			s->hash = hash_bytes(s->hash, text, len);
			free(text);
			break;
		case 'n':
			s->snapshots = optarg;
			break;
		case 'm':
			s->snapshot_limit = atoll(optarg);
			break;
		case 'L':
			s->log_limit = atoll(optarg);
			break;
		case 'p':
			if (parse_seconds("--restore-timeout", optarg, &s->patience))
				return VM_EXIT_USAGE;
			break;
		case 'R':
			s->reset = true;
			break;
		case 'E':
			s->early = true;
			break;
		case 'S':
			s->early = s->stopped = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return -1;
		default:
			return bad_usage(argv[0]);
		}
	}
	if (!*path || !**path || optind == argc || !*s->ready) {
		say("start needs --dir DIR, QEMU's command line after --, and a --ready text "
		    "that is not empty");
		return bad_usage(argv[0]);
	}
	s->argv = argv + optind;
	for (char **arg = s->argv; *arg; arg++)
		s->hash = hash_bytes(s->hash, *arg, strlen(*arg) + 1);
	snprintf(s->hash_text, sizeof(s->hash_text), "%016" PRIx64, s->hash);
	return VM_EXIT_OK;
}

int cmd_start(int argc, char **argv)
{
	struct start s = {
		.dir = VM_DIR_NONE,
		.ready = VM_READY_TEXT,
		.label = "",
		.accel = "",
		.timeout = 120000,
		.snapshot_limit = 2048,
		.patience = ALIVE_MS,
	};
	const char *path = NULL;
	int ret;

	ret = parse(&s, argc, argv, &path);
	if (!ret && dir_open(&s.dir, path, true))
		ret = VM_EXIT_ERROR;
	if (!ret) {
		if (!*s.label)
			s.label = state_label(&s.dir, NULL);
		ret = start(&s);
	}
	free(s.template);
	dir_close(&s.dir);
	return ret < 0 ? VM_EXIT_OK : ret;
}
