// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A start from saved state: the VM is restored; if that fails, it boots, and its state is
 * saved again where that can help.
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

/* How the guest took its saved state. */
enum revival {
	REVIVED,	/* it runs and answers */
	INTERRUPTED,	/* by a signal to this process */
	MEMORY_DAMAGED, /* the memory is not what was saved */
	QEMU_SILENT,	/* QEMU, or this machine, stands still */
	QEMU_REFUSED,	/* QEMU refused the state, or ended */
	GUEST_SILENT,	/* QEMU answers and the guest does not */
	GUEST_BROKEN,	/* the guest says that it does not work */
};

/* The work that restore() leaves to its caller. */
enum outcome {
	FINISHED,	  /* the VM runs, or the start has failed: see the exit code */
	BOOT,		  /* boot it, keep its state */
	BOOT_AND_SAVE,	  /* boot it, and save its state anew */
	BOOT_AND_CONDEMN, /* boot it; if that works, save no state of it for a day */
};

/* Begins console.log with what the guest had printed when it was saved. */
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

/* Makes what the QEMU of CMDLINE_RESTORE finds in the VM's directory. */
static int prepare(const struct start *s, const struct snapshot *snap)
{
	char *path = snapshot_path(snap);
	int err;

	/* a link, so that no path needs to be quoted for QEMU */
	err = remove_at(s->dir.fd, SAVED_LINK);
	if (!err && symlinkat(path, s->dir.fd, SAVED_LINK))
		err = -errno;
	free(path);
	return err ? err : bring_console(s, snap);
}

/* Whether QEMU itself answers: if not, QEMU or this machine stands still. */
static bool answers(const struct start *s, struct qmp *q)
{
	return !qmp_command(q, "query-status", NULL, now_ms() + s->patience, NULL);
}

/* The meaning of an errno of boot_connect(), qmp_greet() or migrate_load(). */
static enum revival qemu_failure(int err)
{
	if (err == -ECANCELED)
		return INTERRUPTED;
	return err == -ETIMEDOUT ? QEMU_SILENT : QEMU_REFUSED;
}

/* Has the guest's agent set the clock and the random pool; @why as in revive(). */
static enum revival wake_guest(const struct start *s, struct qmp *q, int agent,
			       const struct child *qemu, int sigfd, char **why)
{
	char *words = NULL;
	int err;

	err = agent_resume(agent, s->cmd.label, qemu->pidfd, sigfd, s->patience, &words);
	if (err && err != -ECANCELED)
		*why = format("the guest did not come back to life%s%s", words ? ": " : "",
			      words ? words : "");
	free(words);
	switch (err) {
	case 0:
		return REVIVED;
	case -ECANCELED:
		return INTERRUPTED;
	case -ETIMEDOUT:
		return answers(s, q) ? GUEST_SILENT : QEMU_SILENT;
	case -EPROTO:
		return GUEST_BROKEN;
	default:
		return QEMU_REFUSED;
	}
}

/*
 * Gives @qemu the state of @snap and lets the guest go on. @signo is the signal if
 * INTERRUPTED; @why, to be freed, is the reason of every other failure.
 */
static enum revival revive(const struct start *s, const struct snapshot *snap, struct child *qemu,
			   int sigfd, int *signo, char **why)
{
	enum revival result = REVIVED;
	int agent, fd, err;
	struct qmp q;

	/* QEMU starts meanwhile */
	if (snapshot_check_ram(snap)) {
		*why = format("the guest's memory is not what was saved");
		return MEMORY_DAMAGED;
	}
	fd = boot_connect(s, qemu, sigfd, s->patience, signo);
	if (fd < 0) {
		*why = format("QEMU does not answer");
		return fd == -ECANCELED ? INTERRUPTED : fd == -EPIPE ? QEMU_REFUSED : QEMU_SILENT;
	}
	err = qmp_greet(&q, fd, now_ms() + s->patience);
	/* connected before the guest runs: the guest need not be told of a new connection */
	agent = err ? -1 : agent_connect(s->dir.fd, now_ms() + s->patience);
	if (!err)
		err = agent < 0 ? agent : migrate_load(&q, snap, qemu->pidfd, sigfd, s->patience);
	if (err) {
		result = qemu_failure(err);
		if (result != INTERRUPTED)
			*why = format("QEMU did not take the state%s%s", *q.error ? ": " : "",
				      q.error);
	} else {
		result = wake_guest(s, &q, agent, qemu, sigfd, why);
	}
	if (result == INTERRUPTED)
		*signo = signals_read(sigfd);
	if (agent >= 0)
		close(agent);
	qmp_close(&q);
	return result;
}

/* How QEMU ended, by @status, and the last line it printed; to be freed. */
static char *last_words(const struct start *s, int status)
{
	char *text = text_tail(s->dir.fd, "qemu.log", 1), *how = child_status_text(status), *why;

	text[strcspn(text, "\n")] = '\0';
	why = format("QEMU ended with %s%s%s", how, *text ? ": " : "", text);
	free(text);
	free(how);
	return why;
}

/* Whether QEMU was ended by a signal that another process sends. */
static bool was_killed(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM ||
				       WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGHUP);
}

/*
 * Decides what becomes of the state that could not be restored, for @result and the reason
 * @why, and says so. The state is at fault unless QEMU stood still or was killed. A state
 * that is at fault is saved anew; if the one before it was at fault too, it is condemned.
 * That waits for the boot: what ends every QEMU, such as a port in use, fails the boot too.
 */
static enum outcome judge(const struct start *s, struct snapshot *snap, struct child *qemu,
			  enum revival result, char **why)
{
	bool at_fault = result != QEMU_SILENT;
	enum outcome outcome;
	int status;

	/* a QEMU that refused its state may take a moment to end */
	if (proc_wait(qemu->pidfd, now_ms() + (result == QEMU_REFUSED ? DYING_MS : 0))) {
		status = child_reap(qemu);
		at_fault = !was_killed(status);
		free(*why);
		*why = last_words(s, status);
	}
	if (!at_fault)
		outcome = BOOT;
	else if (result == MEMORY_DAMAGED || !snap->second)
		outcome = BOOT_AND_SAVE;
	else
		outcome = BOOT_AND_CONDEMN;
	say("%s boots, it cannot be restored: %s%s", s->cmd.label, *why,
	    outcome == BOOT	     ? "; its saved state is kept" :
	    outcome == BOOT_AND_SAVE ? "; its state is saved anew" :
				       "");
	if (result == MEMORY_DAMAGED)
		snapshot_remove(snap);
	else if (outcome == BOOT_AND_SAVE)
		snap->second = true;
	return outcome;
}

/* The guest is back: writes down how to reach it. Returns an exit code. */
static int finish(const struct start *s, const struct snapshot *snap, struct vm_state *st,
		  struct child *qemu, int sigfd, int64_t began)
{
	int ret, signo;

	ret = start_finish(s, st, qemu);
	signo = signals_read(sigfd);
	if (!ret && signo)
		ret = start_interrupted(s, signo);
	if (!ret)
		start_say_ready(s, st->port, now_ms() - began, "restored, ");
	snapshot_prove(snap);
	return ret;
}

/*
 * Restores the VM from @snap, which snapshot_open() has found. @code is the exit code if
 * FINISHED; @why, to be freed, is the reason if BOOT_AND_CONDEMN. What failed has been said.
 */
static enum outcome restore(const struct start *s, struct snapshot *snap, int *code, char **why)
{
	char **argv = cmdline_make(&s->cmd, CMDLINE_RESTORE);
	enum outcome outcome = FINISHED;
	struct child qemu = CHILD_NONE;
	struct vm_state st = { 0 };
	int64_t began = now_ms();
	int sigfd, err, signo = 0;
	enum revival result;

	sigfd = signals_open();
	err = sigfd < 0 ? sigfd : prepare(s, snap);
	*code = err ? start_error(s, "prepare a saved state", err) :
		      boot_launch(s, argv, &st, &qemu);
	if (!*code) {
		result = revive(s, snap, &qemu, sigfd, &signo, why);
		if (result == REVIVED)
			*code = finish(s, snap, &st, &qemu, sigfd, began);
		else if (result == INTERRUPTED)
			*code = start_interrupted(s, signo);
		else
			outcome = judge(s, snap, &qemu, result, why);
	}
	if (*code || outcome != FINISHED) {
		child_kill(&qemu);
		state_clear(&s->dir);
	}
	child_forget(&qemu);
	json_decref(st.argv);
	cmdline_free(argv);
	if (sigfd >= 0)
		close(sigfd);
	return outcome;
}

/* Opens the state of @snap, as snapshot_open(), or one that another machine shares. */
static int find_state(const struct start *s, struct snapshot *snap, char **why)
{
	int err = snapshot_open(snap, why);

	if (err != -ENOENT || snap->second || !s->shared)
		return err;
	err = shared_fetch(snap, s->shared, s->cmd.label, why);
	if (!err) {
		say_step(stdout, "%s: its saved state comes from %s, made by %s", s->cmd.label,
			 s->shared, snap->made);
		return snapshot_open(snap, why);
	}
	if (err != -ENOENT)
		say("%s boots, no state of %s is used: %s", s->cmd.label, s->shared, *why);
	free(*why);
	*why = NULL;
	return -ENOENT;
}

/* Finds the VM's state in @snap, and restores the VM if there is one; as restore(). */
static enum outcome try_restore(const struct start *s, struct snapshot *snap, int *code, char **why)
{
	switch (find_state(s, snap, why)) {
	case 0:
		return restore(s, snap, code, why);
	case -ENOENT:
		return BOOT_AND_SAVE;
	case -ENOTSUP:
		say_step(stdout,
			 "%s boots: saved states of it could not be restored (%s); the next one is "
			 "saved in a day, or after make clean-snapshots",
			 s->cmd.label, *why);
		return BOOT;
	case -EPERM:
		say("%s boots, its saved state is not used: %s; remove it, or set SNAPSHOTS=DIR",
		    s->cmd.label, *why);
		return BOOT;
	default:
		say("%s boots, its saved state is damaged: %s", s->cmd.label,
		    *why ? *why : "unreadable");
		snapshot_remove(snap);
		return BOOT_AND_SAVE;
	}
}

/* Restores the VM, or boots it and saves its state. Returns an exit code. */
int restore_or_boot(const struct start *s)
{
	char **kind, *why = NULL;
	enum outcome outcome;
	struct snapshot snap;
	int err, ret = 0;

	if (!s->snapshots || s->early)
		return boot_vm(s, NULL);
	kind = cmdline_make(&s->cmd, CMDLINE_KIND);
	err = snapshot_init(&snap, s->snapshots, s->snapshot_limit, kind,
			    s->snapshot_by | (strcmp(s->accel, "kvm") ? 0 : SNAPSHOT_BY_HOST));
	cmdline_free(kind);
	if (err) {
		say("%s boots: cannot use %s: %s", s->cmd.label, s->snapshots,
		    err == -EREMOTE ? "it is on a network file system; name a directory on a disk "
				      "of this machine: SNAPSHOTS=DIR" :
				      strerror(-err));
		outcome = BOOT;
	} else {
		outcome = try_restore(s, &snap, &ret, &why);
	}
	if (outcome != FINISHED)
		ret = boot_vm(s, outcome == BOOT_AND_SAVE ? &snap : NULL);
	if (outcome == BOOT_AND_CONDEMN && !ret)
		snapshot_condemn(&snap, why);
	snapshot_free(&snap);
	free(why);
	return ret;
}
