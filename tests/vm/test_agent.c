// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The answer of a restored guest, or its silence. */
#include <sys/socket.h>

#include "test.h"

/*
 * Makes a guest that answers a line with @answer, or closes its port if that is NULL; "" is
 * silence. Returns the host's end of the port.
 */
static int guest(const char *answer, pid_t *pid)
{
	char line[256];
	int port[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, port), 0);
	*pid = fork();
	assert_true(*pid >= 0);
	if (!*pid) {
		close(port[0]);
		if (read(port[1], line, sizeof(line)) <= 0 || !answer)
			_exit(1);
		if (write(port[1], answer, strlen(answer)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(port[1]);
	return port[0];
}

/* The result of agent_resume() with that answer; @why is to be freed. */
static int resume(const char *answer, int64_t patience, char **why)
{
	pid_t pid;
	int port = guest(answer, &pid), err;

	err = agent_resume(port, "a VM", -1, -1, patience, why);
	close(port);
	kill(pid, SIGKILL);
	end_of(pid);
	return err;
}

static void lives(void **state)
{
	char *why;

	(void)state;
	assert_int_equal(resume("resumed\n", PATIENCE_MS, &why), 0);
	assert_null(why);
}

static void says_what_is_wrong(void **state)
{
	char *why;

	(void)state;
	assert_int_equal(resume("error no timer expires\n", PATIENCE_MS, &why), -EPROTO);
	assert_string_equal(why, "error no timer expires");
	free(why);
}

static void goes_away(void **state)
{
	char *why;

	(void)state;
	assert_int_equal(resume(NULL, PATIENCE_MS, &why), -EPIPE);
	assert_null(why);
}

static void is_silent(void **state)
{
	char *why;

	(void)state;
	assert_int_equal(resume("", 250, &why), -ETIMEDOUT);
	assert_string_equal(why, "no answer in 0.25 s");
	free(why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lives),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(goes_away),
		cmocka_unit_test(is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
