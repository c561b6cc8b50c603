/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Helpers of the tests of vm: a directory for each test, commands run with their output. */
#ifndef TEST_H
#define TEST_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "vm.h"

/* Long enough that only a hang reaches it, on the slowest machine too. */
#define PATIENCE_MS 60000

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))

/* The state of a test is its directory, made before and removed after it. */
static inline int dir_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct vm_dir *dir = must(calloc(1, sizeof(*dir)));
	char *path = format("%s/vm-test.XXXXXX", tmp && *tmp ? tmp : "/tmp");

	if (!mkdtemp(path)) {
		free(path);
		free(dir);
		return -1;
	}
	*state = dir;
	return dir_open(dir, path, false);
}

static inline int dir_teardown(void **state)
{
	struct vm_dir *dir = *state;
	int err;

	dir_close(dir);
	err = remove_at(AT_FDCWD, dir->path);
	free((char *)dir->path);
	free(dir);
	return err;
}

static inline void put(const struct vm_dir *dir, const char *name, const char *text)
{
	assert_int_equal(write_at(dir->fd, name, text, strlen(text)), 0);
}

static inline bool exists(const struct vm_dir *dir, const char *name)
{
	return !faccessat(dir->fd, name, F_OK, 0);
}

/* The content of file @name; the caller frees it. */
static inline char *get(const struct vm_dir *dir, const char *name)
{
	char *text = NULL;

	assert_int_equal(read_at(dir->fd, name, 4 << 20, &text, NULL), 0);
	return text;
}

static inline void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in: %s", part, text);
}

static inline void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in: %s", part, text);
}

static inline bool pid_alive(pid_t pid)
{
	unsigned long long starttime;
	char state;

	return !proc_stat(pid, &state, &starttime) && state != 'Z' && state != 'X';
}

static inline unsigned long long start_of(pid_t pid)
{
	unsigned long long starttime;
	char state;

	assert_int_equal(proc_stat(pid, &state, &starttime), 0);
	return starttime;
}

/* The exit code of child @pid, 128 and its number for a signal. */
static inline int end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

typedef int (*command_fn)(int argc, char **argv);

/*
 * Starts @command in a process of its own, as the program's main() would, with
 * its output in the file @output of @dir.
 */
static inline pid_t launch(const struct vm_dir *dir, const char *output, command_fn command,
			   char **argv)
{
	int argc = 0, fd;
	pid_t pid;

	while (argv[argc])
		argc++;
	fflush(stdout);
	fflush(stderr);
	pid = fork();
	assert_true(pid >= 0);
	if (pid)
		return pid;
	fd = openat(dir->fd, output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(99);
	exit(command(argc, argv));
}

/* Runs @command to its end; what it printed goes to @output, the caller's to free. */
static inline int run(const struct vm_dir *dir, command_fn command, char **argv, char **output)
{
	int ret = end_of(launch(dir, "output", command, argv));

	*output = get(dir, "output");
	return ret;
}

#endif
