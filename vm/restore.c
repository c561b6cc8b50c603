// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A start by way of saved state: the VM is restored, or booted and saved. Whatever is wrong
 * with a state, the VM boots.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

#define PING_MS		2000

/*
 * Saves the VM that has just got ready, so that the next start need not boot it.
 * Whether that works or not, this VM goes on; an exit code that is not 0 says
 * that it did not.
 */
int snapshot_save(const struct start *s, struct snapshot *snap, struct child *qemu, int sigfd)
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
	fd = boot_connect(s, qemu, sigfd, s->patience, signo);
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
		ret = start_error(s, "prepare a saved state", err);
		goto out;
	}
	ret = boot_launch(s, argv, &st, &qemu);
	if (ret)
		goto out;
	err = revive(s, snap, &qemu, sigfd, &signo, &why);
	if (err == -ECANCELED) {
		ret = start_interrupted(s, signo);
		goto out;
	}
	if (!err) {
		ret = start_finish(s, &st, &qemu);
		signo = signals_read(sigfd);
		if (!ret && signo)
			ret = start_interrupted(s, signo);
		if (!ret)
			start_say_ready(s, st.port, now_ms() - began, "restored, ");
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
int restore_or_boot(const struct start *s)
{
	char *why = NULL, *condemn = NULL;
	bool saving = false;
	struct snapshot snap;
	int err, ret = -1;

	if (!s->snapshots || s->early)
		return boot_vm(s, NULL);
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
		ret = boot_vm(s, saving ? &snap : NULL);
	/* not for what ends every QEMU, such as a port in use */
	if (!ret && condemn)
		snapshot_condemn(&snap, condemn);
	snapshot_free(&snap);
	free(condemn);
	free(why);
	return ret;
}
