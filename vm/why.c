// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vm why: what is wrong with a VM that runs, but is not reached. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

/* A guest is out of memory if less than 1 / MEMORY_PARTS of it is available. */
#define MEMORY_PARTS 50

/* Time to answer for a guest whose kernel has printed that it ends. */
#define GOODBYE_MS 300

static const char usage[] =
	"Usage: vm why --dir DIR [--timeout SEC]\n"
	"\n"
	"Say what is wrong with a VM that runs but is not reached: one line with the reason,\n"
	"one with the cure, both on stdout.\n"
	"\n"
	"  --dir DIR       the VM's directory\n"
	"  --timeout SEC   time for QEMU, the guest's agent and its SSH server to answer (2)\n"
	"\n"
	"Exit status: 0 nothing is wrong, as far as QEMU, SSH and the guest's agent (if it has\n"
	"one) can tell; 1 DIR cannot be read; 2 wrong usage; 3 the VM does not run (any\n"
	"more); 10 its QEMU is stopped by a signal; 11 QEMU does not answer; 12 the guest's CPU\n"
	"is stopped; 13 the guest has halted, or hangs; 14 it has no memory left; 15 one of its\n"
	"file systems is full; 16 its SSH server does not run, or does not answer.\n";

struct verdict {
	int code;
	char *reason;
	char *cure; /* NULL: make it as new */
};

static struct verdict verdict(int code, char *reason, char *cure)
{
	return (struct verdict){ code, reason, cure };
}

static bool is_fine(const struct verdict *v)
{
	return v->code == VM_EXIT_OK;
}

/* Whether QEMU's process may run. */
static struct verdict look_at_process(const struct vm_state *st)
{
	if (!proc_stopped(st->pid))
		return verdict(VM_EXIT_OK, NULL, NULL);
	return verdict(
		VM_EXIT_STOPPED, format("its QEMU (pid %d) is stopped by a signal", st->pid),
		format("let it go on with kill -CONT %d, or make it as new with make qemu-reset",
		       st->pid));
}

/* Whether QEMU answers, and runs the guest's CPU. */
static struct verdict ask_qemu(const struct vm_dir *dir, const struct vm_state *st,
			       int64_t patience)
{
	struct verdict v = verdict(VM_EXIT_OK, NULL, NULL);
	int64_t deadline = now_ms() + patience;
	json_t *result = NULL;
	struct qmp q;
	int err;

	err = qmp_open(&q, dir->fd, deadline);
	if (!err)
		err = qmp_command(&q, "query-status", NULL, deadline, &result);
	if (err)
		v = verdict(VM_EXIT_DEAF,
			    format("its QEMU (pid %d) does not answer: %s", st->pid, q.error),
			    NULL);
	else if (!json_is_true(json_object_get(result, "running")))
		v = verdict(VM_EXIT_PAUSED,
			    format("its CPU is stopped (QEMU's state: %s)",
				   json_string_value(json_object_get(result, "status"))),
			    format("let it go on in gdb (make qemu-connect, continue), or make it as new "
				   "with make qemu-reset"));
	json_decref(result);
	qmp_close(&q);
	return v;
}

/* Evaluates the answer of the guest's agent. */
static struct verdict judge(const char *health)
{
	long available = 0, total = 0, oom = 0;
	const char *full = strstr(health, "full=");
	int ssh = 1;
	char *killed;

	if (sscanf(health, "health ssh=%d available=%ld total=%ld oom=%ld", &ssh, &available,
		   &total, &oom) != 4)
		return verdict(VM_EXIT_HUNG, format("its agent answers \"%s\"", health), NULL);
	killed = oom ? format(", and its kernel has killed %ld process%s for want of it", oom,
			      oom == 1 ? "" : "es") :
		       format("%s", "");
	if (available * MEMORY_PARTS < total) {
		struct verdict v = verdict(
			VM_EXIT_NO_MEMORY,
			format("its guest has no memory left (%ld of %ld kB%s); files in its / and /tmp "
			       "are in memory, too",
			       available, total, killed),
			format("remove files there, give it more with MEM=, or make it as new with make qemu-reset"));
		free(killed);
		return v;
	}
	free(killed);
	if (full && full[5])
		return verdict(
			VM_EXIT_FULL, format("its file system %s is full", full + 5),
			format("remove files there, give it more memory with MEM=, or make it as new "
			       "with make qemu-reset"));
	if (!ssh)
		return verdict(
			VM_EXIT_NO_SSH,
			oom ? format("its SSH server does not run; its kernel has killed %ld process%s for "
				     "want of memory",
				     oom, oom == 1 ? "" : "es") :
			      format("its SSH server does not run"),
			NULL);
	return verdict(VM_EXIT_OK, NULL, NULL);
}

/* Explains why a guest does not answer, by its console if that tells. */
static struct verdict silent(const struct vm_dir *dir, int64_t patience)
{
	const char *bye = report_goodbye(dir->fd);
	char *panic = text_panic(dir->fd), *reason;

	if (panic)
		reason = format("the guest's kernel panicked");
	else if (bye)
		reason = format("%s", bye);
	else
		reason = format(
			"its guest does not answer within %g s: it hangs, or has no time to answer",
			patience / 1000.0);
	free(panic);
	return verdict(VM_EXIT_HUNG, reason, NULL);
}

/* Whether the guest's agent answers, and its SSH server. */
static struct verdict ask_guest(const struct vm_dir *dir, const struct vm_state *st,
				int64_t patience)
{
	struct verdict v = verdict(VM_EXIT_OK, NULL, NULL);
	int64_t deadline = now_ms() + patience;
	char *health = NULL;
	int ssh, agent;
	bool greets;

	ssh = st->port ? net_connect(st->port) : -1;
	agent = agent_connect(dir->fd, deadline);
	if (agent >= 0) {
		agent_health(agent, patience, &health);
		close(agent);
	}
	if (health)
		v = judge(health);
	/* if the agent does not answer, a greeting of the SSH server shows that the guest runs */
	if (is_fine(&v) && st->port) {
		greets = ssh >= 0 && net_greets(ssh, deadline);
		if (!greets && health)
			v = verdict(VM_EXIT_NO_SSH,
				    format("its guest answers, but its SSH server does not "
					   "within %g s: its network may be down",
					   patience / 1000.0),
				    NULL);
		else if (!greets)
			v = silent(dir, patience);
	} else if (is_fine(&v) && agent >= 0 && !health) {
		v = silent(dir, patience);
	}
	if (ssh >= 0)
		close(ssh);
	free(health);
	return v;
}

/*
 * How the guest of a running VM has ended, by its console; NULL if it has not, or still
 * answers.
 */
const char *guest_goodbye(const struct vm_dir *dir, const struct vm_state *st)
{
	const char *bye = report_goodbye(dir->fd);
	struct verdict v;

	if (!bye)
		return NULL;
	v = ask_guest(dir, st, GOODBYE_MS);
	free(v.reason);
	free(v.cure);
	return v.code == VM_EXIT_HUNG ? bye : NULL;
}

static struct verdict examine(const struct vm_dir *dir, const struct vm_state *st,
			      enum vm_status status, int64_t patience)
{
	struct verdict v;

	if (status != VM_RUNNING)
		return verdict(VM_EXIT_NOT_RUNNING, report_why(dir, status),
			       format(status == VM_STARTING ? "wait for it" : "make qemu-start"));
	v = look_at_process(st);
	if (is_fine(&v))
		v = ask_qemu(dir, st, patience);
	if (!is_fine(&v))
		return v;
	if (patience > GOODBYE_MS && report_goodbye(dir->fd))
		patience = GOODBYE_MS;
	return ask_guest(dir, st, patience);
}

int cmd_why(int argc, char **argv)
{
	enum vm_status status = VM_ABSENT;
	struct vm_state st = { 0 };
	int64_t patience = 2000;
	struct vm_dir dir;
	const char *path;
	struct verdict v;
	int ret, err;

	ret = parse_dir(argc, argv, usage, 0, &path, &patience);
	if (ret != GO_ON)
		return ret;
	err = dir_open(&dir, path, false);
	if (err && err != -ENOENT)
		return VM_EXIT_ERROR;
	if (!err)
		status = state_inspect(&dir, &st, false);
	v = examine(&dir, &st, status, patience);
	if (is_fine(&v))
		printf("%s looks well\n", state_label(&dir, &st));
	else
		printf("%s: %s\n%s\n", state_label(&dir, &st), v.reason,
		       v.cure ? v.cure : "make it as new with make qemu-reset");
	free(v.reason);
	free(v.cure);
	state_free(&st);
	dir_close(&dir);
	return v.code;
}
