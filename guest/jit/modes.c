// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The ways in which a kernel runs a program.  They are settings of the whole machine, so they
 * are set back whatever ends the lab: it runs in a child, and the parent sets them back; should
 * the parent be killed, the child is asked to end and does.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#ifndef BPF_F_TEST_RND_HI32
#define BPF_F_TEST_RND_HI32 (1U << 2)
#endif
#ifndef BPF_F_TEST_STATE_FREQ
#define BPF_F_TEST_STATE_FREQ (1U << 3)
#endif

const struct mode modes[] = {
	{ "jit", 1, 0, 0 },
	{ "blinding", 1, 2, 0 },
	{ "interpreter", 0, 0, 0 },
	{ "flags", 1, 0, BPF_F_TEST_RND_HI32 | BPF_F_TEST_STATE_FREQ },
};
const unsigned int n_modes = N_OF(modes);

static struct setting {
	const char *path;
	int before; /* -1: the kernel does not have it */
} enable = { "/proc/sys/net/core/bpf_jit_enable", -1 },
  harden = { "/proc/sys/net/core/bpf_jit_harden", -1 };

static void read_setting(struct setting *setting)
{
	FILE *file = fopen(setting->path, "r");

	if (!file)
		return;
	if (fscanf(file, "%d", &setting->before) != 1)
		setting->before = -1;
	fclose(file);
}

/* A signal handler may do this. */
static int write_setting(const struct setting *setting, int value)
{
	const char digit = '0' + value;
	int fd = open(setting->path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, &digit, 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

static void set_back(void)
{
	if (enable.before >= 0)
		write_setting(&enable, enable.before);
	if (harden.before >= 0)
		write_setting(&harden, harden.before);
}

static volatile pid_t child;

/* The child's end is the parent's. */
static void pass_on(int number)
{
	kill(child, number == SIGHUP ? SIGHUP : SIGTERM);
}

static void end(int number)
{
	set_back();
	_exit(128 + number);
}

void modes_open(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	int status;

	read_setting(&enable);
	read_setting(&harden);
	child = fork();
	if (child < 0)
		bail_out("cannot start a process: %m");
	for (unsigned int i = 0; i < N_OF(numbers); i++)
		signal(numbers[i], child ? pass_on : end);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		return;
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	set_back();
	if (WIFSIGNALED(status))
		fprintf(stderr, "jit: ended by signal %d\n", WTERMSIG(status));
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

const struct mode *find_mode(const char *name)
{
	for (unsigned int i = 0; i < n_modes; i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	return NULL;
}

const char *set_mode(const struct mode *mode)
{
	if (enable.before < 0)
		/* Without a JIT there is nothing to turn off. */
		return mode->enable ? "kernel has no BPF JIT (no net.core.bpf_jit_enable)" : NULL;
	if (write_setting(&enable, mode->enable))
		return mode->enable ? "kernel does not let its BPF JIT be turned on" :
				      "kernel has no BPF interpreter (CONFIG_BPF_JIT_ALWAYS_ON)";
	if (mode->harden && harden.before < 0)
		return "kernel has no blinding (no net.core.bpf_jit_harden)";
	if (harden.before >= 0 && write_setting(&harden, mode->harden))
		return "kernel does not let net.core.bpf_jit_harden be set";
	return NULL;
}
