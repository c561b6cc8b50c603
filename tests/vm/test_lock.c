// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Only one process at a time starts or stops a VM. */
#include "test.h"

/*
 * Starts a process that holds the lock of @dir until it is killed; returns when it has the
 * lock.
 */
static pid_t hold(const struct vm_dir *dir)
{
	int ready[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (lock_take(dir, "vm start", 0) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(end_of(pid), 128 + SIGKILL);
}

static void takes_and_releases(void **state)
{
	struct vm_dir *dir = *state;
	int lock;

	assert_false(lock_is_held(dir));
	for (int i = 0; i < 2; i++) {
		lock = lock_take(dir, "vm start", 0);
		assert_true(lock >= 0);
		assert_true(lock_is_held(dir));
		assert_true(fcntl(lock, F_GETFD) & FD_CLOEXEC);
		close(lock);
		assert_false(lock_is_held(dir));
	}
	assert_true(exists(dir, "lock"));
}

static void names_its_holder(void **state)
{
	struct vm_dir *dir = *state;
	char *text, *want;
	int lock;

	put(dir, "lock", "pid 4194304 (some longer name of an earlier holder)\n");
	lock = lock_take(dir, "vm stop", 0);
	assert_true(lock >= 0);
	text = get(dir, "lock");
	want = format("pid %d (vm stop)\n", getpid());
	assert_string_equal(text, want);
	free(text);
	free(want);
	close(lock);
}

static int take(int argc, char **argv)
{
	struct vm_dir dir;
	int lock;

	(void)argc;
	if (dir_open(&dir, argv[0], false))
		return 99;
	lock = lock_take(&dir, "vm stop", atoi(argv[1]));
	dir_close(&dir);
	if (lock == -EBUSY)
		return VM_EXIT_BUSY;
	return lock < 0 ? VM_EXIT_ERROR : VM_EXIT_OK;
}

static void gives_up_and_says_on_whom(void **state)
{
	struct vm_dir *dir = *state;
	pid_t holder = hold(dir);
	char *output, *who;

	assert_int_equal(run(dir, take, (char *[]){ (char *)dir->path, "1", NULL }, &output),
			 VM_EXIT_BUSY);
	who = format("waiting for pid %d (vm start)", holder);
	assert_contains(output, who);
	free(who);
	who = format("pid %d (vm start) still keeps", holder);
	assert_contains(output, who);
	free(who);
	free(output);
	end(holder);
}

static void gets_the_lock_of_a_killed_holder(void **state)
{
	struct vm_dir *dir = *state;
	pid_t holder = hold(dir), waiter;
	char *output;

	waiter = launch(dir, "output", take, (char *[]){ (char *)dir->path, "60000", NULL });
	/* it must get the lock whether it waits already or not yet */
	end(holder);
	assert_int_equal(end_of(waiter), VM_EXIT_OK);
	output = get(dir, "output");
	assert_lacks(output, "still");
	free(output);
	assert_false(lock_is_held(dir));
}

/* Each process adds one to a number in a file, which fails without a lock. */
static void excludes(void **state)
{
	enum { PROCESSES = 4, ROUNDS = 50 };
	struct vm_dir *dir = *state;
	pid_t pid[PROCESSES];
	char *text;

	put(dir, "number", "0");
	for (int i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i])
			continue;
		for (int j = 0; j < ROUNDS; j++) {
			int lock = lock_take(dir, "vm start", PATIENCE_MS);
			char *next;

			if (lock < 0 || read_at(dir->fd, "number", 100, &text, NULL))
				_exit(1);
			next = format("%d", atoi(text) + 1);
			if (write_at(dir->fd, "number", next, strlen(next)))
				_exit(1);
			free(next);
			free(text);
			close(lock);
		}
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++)
		assert_int_equal(end_of(pid[i]), 0);
	text = get(dir, "number");
	assert_int_equal(atoi(text), PROCESSES * ROUNDS);
	free(text);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, dir_setup, dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(takes_and_releases),
		IN_DIR(names_its_holder),
		IN_DIR(gives_up_and_says_on_whom),
		IN_DIR(gets_the_lock_of_a_killed_holder),
		IN_DIR(excludes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
