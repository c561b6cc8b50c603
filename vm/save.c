// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Saves the state of a VM that has just become ready, for later starts to restore. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "vm.h"

#define PING_MS 2000

/* The name of this machine's processor; to be freed. */
static char *cpu_name(void)
{
	char line[1024], *name = NULL;
	FILE *f = fopen("/proc/cpuinfo", "re");

	while (f && !name && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		line[strcspn(line, "\n")] = '\0';
		if (colon && !strncmp(line, "model name", 10) && colon[1])
			name = must(strdup(colon + 2));
	}
	if (f)
		fclose(f);
	return name ? name : must(strdup("a CPU without a name"));
}

/* Which QEMU makes a state, and where, for meta.json; to be freed. */
static char *made_by(struct qmp *q)
{
	char *cpu = cpu_name(), *made;
	int major = 0, minor = 0, micro = 0;
	const char *package = "";
	json_t *version = NULL;
	struct utsname host;

	uname(&host);
	if (!qmp_command(q, "query-version", NULL, now_ms() + QMP_MS, &version))
		json_unpack(version, "{s:{s:i, s:i, s:i}, s:s}", "qemu", "major", &major, "minor",
			    &minor, "micro", &micro, "package", &package);
	made = format("QEMU %d.%d.%d%s%s on %s (%s)", major, minor, micro, *package ? " " : "",
		      package, host.nodename, cpu);
	json_decref(version);
	free(cpu);
	return made;
}

/*
 * Saves the VM, which has just become ready, so that the next start need not boot it. The VM
 * goes on whether that works or not; a signal waits until it is done. Returns an exit code:
 * unless it is 0, the VM has ended.
 */
int snapshot_save(const struct start *s, struct snapshot *snap, struct child *qemu)
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
	if (!err) {
		err = agent < 0 ? -ENOTSUP : agent_ping(agent, s->cmd.label, qemu->pidfd, PING_MS);
		if (err == -ETIMEDOUT)
			why = format(
				"the guest's agent, which must set its clock later, did not answer in %d s",
				PING_MS / 1000);
		else if (err)
			why = format("the guest has no agent that could set its clock later");
	}
	if (!err) {
		err = qmp_open(&q, s->dir.fd, now_ms() + QMP_MS);
		if (err)
			why = must(strdup(q.error));
		else
			err = migrate_save(&q, snap, qemu->pid, &why);
		if (!err)
			snap->made = made_by(&q);
		qmp_close(&q);
	}
	/* its clock stood still, and the saved state has its random pool */
	if (!err && agent_resume(agent, s->cmd.label, qemu->pidfd, -1, ALIVE_MS, &silence)) {
		err = -EPIPE;
		why = format("its guest does not answer any more%s%s", silence ? ": " : "",
			     silence ? silence : "");
		free(silence);
	}
	if (agent >= 0)
		close(agent);
	if (!err) {
		err = snapshot_commit(snap, s->dir.fd, s->cmd.label);
		if (err)
			why = format("cannot write to %s: %s", snap->dir, strerror(-err));
	}
	if (!err && s->shared && shared_publish(snap, s->shared, s->cmd.label, &why)) {
		say_step(stderr, "%s: its state is not shared in %s: %s", s->cmd.label, s->shared,
			 why);
		free(why);
	}
	if (err) {
		snapshot_abort(snap);
		if (proc_wait(qemu->pidfd, now_ms() + (err == -EPIPE ? DYING_MS : 0))) {
			complain("%s did not start", s->cmd.label);
			report_qemu_exit(&s->dir, child_reap(qemu));
			free(why);
			return VM_EXIT_QEMU;
		}
		if (err == -EPIPE) {
			complain("%s did not start", s->cmd.label);
			fprintf(stderr,
				"  Why:  it did not go on after its state was saved: %s\n"
				"  Do:   start it with SNAPSHOT=0.\n",
				why);
			free(why);
			return VM_EXIT_QEMU;
		}
		say_step(stderr, "%s is not saved, the next start boots again: %s", s->cmd.label,
			 why);
		free(why);
	}
	return VM_EXIT_OK;
}
