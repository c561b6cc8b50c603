// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The QMP client, with a script in QEMU's place; and finding the port in QEMU's answer. */
#include <sys/socket.h>

#include "test.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n"
#define CAPABLE	 "{\"return\": {}, \"id\": 1}\r\n"

static int64_t soon(void)
{
	return now_ms() + PATIENCE_MS;
}

/* A socket from which @script can be read. */
static int peer_says(const char *script, int *peer)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(write(pair[1], script, strlen(script)), strlen(script));
	*peer = pair[1];
	return pair[0];
}

/* A client that has had its greeting, and can read @script. */
static int greeted(struct qmp *q, const char *script)
{
	char *all = format(GREETING CAPABLE "%s", script);
	int fd, peer;

	fd = peer_says(all, &peer);
	free(all);
	assert_int_equal(qmp_greet(q, fd, soon()), 0);
	return peer;
}

static void close_both(struct qmp *q, int peer)
{
	qmp_close(q);
	close(peer);
}

/* The text that the client sent after its qmp_capabilities. */
static json_t *sent(int peer)
{
	char buf[4096], *line;
	json_t *msg;
	ssize_t n;

	n = recv(peer, buf, sizeof(buf) - 1, 0);
	assert_true(n > 0);
	buf[n] = '\0';
	line = strchr(buf, '\n');
	assert_non_null(line);
	msg = json_loads(line + 1, JSON_DISABLE_EOF_CHECK, NULL);
	assert_non_null(msg);
	return msg;
}

static void greets(void **state)
{
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "");
	close_both(&q, peer);
}

static void greets_with_an_event_before(void **state)
{
	struct qmp q;
	int peer, fd;

	(void)state;
	fd = peer_says(GREETING "{\"event\": \"RESUME\"}\n" CAPABLE, &peer);
	assert_int_equal(qmp_greet(&q, fd, soon()), 0);
	assert_int_equal(qmp_wait_event(&q, "RESUME", soon(), NULL), 0);
	close_both(&q, peer);
}

static void refuses_other_greetings(void **state)
{
	static const char *const scripts[] = {
		"{\"return\": {}}\n", "SSH-2.0-OpenSSH_9.2\r\n",
		"[1, 2]\n",	      "\"QMP\"\n",
		"{\"QMP\": \n",	      "\xff\xfe\n",
	};
	struct qmp q;
	int peer, fd;

	(void)state;
	for (size_t i = 0; i < N_OF(scripts); i++) {
		fd = peer_says(scripts[i], &peer);
		assert_int_equal(qmp_greet(&q, fd, soon()), -EPROTO);
		assert_string_not_equal(q.error, "");
		close_both(&q, peer);
	}
}

static void gives_up_without_greeting(void **state)
{
	struct qmp q;
	int peer, fd;

	(void)state;
	fd = peer_says("{\"QMP\": {}", &peer);
	assert_int_equal(qmp_greet(&q, fd, now_ms() + 20), -ETIMEDOUT);
	assert_contains(q.error, "another program");
	close_both(&q, peer);
}

static void sends_command(void **state)
{
	json_t *args, *msg, *want;
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "{\"return\": [1], \"id\": 2}\n");
	args = json_pack("{s:s}", "command-line", "a \"b\"\n");
	assert_int_equal(qmp_command(&q, "human-monitor-command", args, soon(), NULL), 0);
	msg = sent(peer);
	want = json_pack("{s:s, s:i, s:o}", "execute", "human-monitor-command", "id", 2,
			 "arguments", args);
	assert_true(json_equal(msg, want));
	json_decref(msg);
	json_decref(want);
	close_both(&q, peer);
}

static void returns_result(void **state)
{
	json_t *result = NULL;
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "{\"return\": {\"status\": \"running\"}, \"id\": 2}\r\n");
	assert_int_equal(qmp_command(&q, "query-status", NULL, soon(), &result), 0);
	assert_string_equal(json_string_value(json_object_get(result, "status")), "running");
	json_decref(result);
	close_both(&q, peer);
}

static void returns_error_in_qemus_words(void **state)
{
	json_t *result = NULL;
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "{\"id\": 2, \"error\": {\"class\": \"CommandNotFound\", "
			   "\"desc\": \"The command nosuch has not been found\"}}\r\n"
			   "{\"id\": 3, \"error\": {}}\n"
			   "{\"error\": {\"desc\": \"JSON parse error\"}}\n"
			   "{\"id\": 5}\n");
	assert_int_equal(qmp_command(&q, "nosuch", NULL, soon(), &result), -EREMOTEIO);
	assert_string_equal(q.error, "The command nosuch has not been found");
	assert_int_equal(qmp_command(&q, "nosuch", NULL, soon(), &result), -EREMOTEIO);
	assert_int_equal(qmp_command(&q, "nosuch", NULL, soon(), &result), -EREMOTEIO);
	assert_string_equal(q.error, "JSON parse error");
	assert_int_equal(qmp_command(&q, "nosuch", NULL, soon(), &result), -EPROTO);
	assert_null(result);
	close_both(&q, peer);
}

static void keeps_events_for_later(void **state)
{
	json_t *event = NULL;
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "{\"event\": \"STOP\", \"data\": 1}\n"
			   "{\"event\": \"MIGRATION\", \"data\": {\"status\": \"setup\"}}\n"
			   "{\"return\": {}, \"id\": 2}\n"
			   "{\"event\": \"MIGRATION\", \"data\": {\"status\": \"completed\"}}\n");
	assert_int_equal(qmp_command(&q, "migrate", NULL, soon(), NULL), 0);
	assert_int_equal(qmp_wait_event(&q, "MIGRATION", soon(), &event), 0);
	assert_string_equal(json_string_value(
				    json_object_get(json_object_get(event, "data"), "status")),
			    "setup");
	json_decref(event);
	/* this event has not been read yet */
	assert_int_equal(qmp_wait_event(&q, "MIGRATION", soon(), &event), 0);
	assert_string_equal(json_string_value(
				    json_object_get(json_object_get(event, "data"), "status")),
			    "completed");
	json_decref(event);
	assert_int_equal(qmp_wait_event(&q, "STOP", soon(), NULL), 0);
	assert_int_equal(qmp_wait_event(&q, "STOP", now_ms() + 20, NULL), -ETIMEDOUT);
	close_both(&q, peer);
}

static void ignores_late_answers(void **state)
{
	json_t *result = NULL;
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "");
	assert_int_equal(qmp_command(&q, "slow", NULL, now_ms() + 20, NULL), -ETIMEDOUT);
	assert_true(dprintf(peer, "{\"return\": \"slow\", \"id\": 2}\n"
				  "{\"return\": \"quick\", \"id\": 3}\n") > 0);
	assert_int_equal(qmp_command(&q, "quick", NULL, soon(), &result), 0);
	assert_string_equal(json_string_value(result), "quick");
	json_decref(result);
	close_both(&q, peer);
}

/* The other tests send all in one packet; here each byte has a packet of its own. */
static void takes_single_bytes(void **state)
{
	static const char script[] = GREETING "\r\n" CAPABLE "{\"event\": \"A\"}\n"
					      "{\"return\": \"\xc3\xa9\", \"id\": 2}\n";
	json_t *result = NULL;
	int pair[2], one = 1;
	struct qmp q;
	pid_t pid;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(pair[0]);
		for (const char *p = script; *p && one == 1; p++)
			one = write(pair[1], p, 1);
		/* the client may still want to write */
		while (read(pair[1], &one, sizeof(one)) > 0)
			;
		_exit(0);
	}
	close(pair[1]);
	assert_int_equal(qmp_greet(&q, pair[0], soon()), 0);
	assert_int_equal(qmp_command(&q, "x", NULL, soon(), &result), 0);
	assert_string_equal(json_string_value(result), "\xc3\xa9");
	json_decref(result);
	qmp_close(&q);
	assert_int_equal(end_of(pid), 0);
}

static void reports_garbage_and_goes_on(void **state)
{
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "\r\n%%%%\n{\"return\": {}, \"id\": 3}\n");
	assert_int_equal(qmp_command(&q, "a", NULL, soon(), NULL), -EPROTO);
	assert_contains(q.error, "%%%%");
	assert_int_equal(qmp_command(&q, "b", NULL, soon(), NULL), 0);
	close_both(&q, peer);
}

static void reports_end(void **state)
{
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "{\"return\": ");
	shutdown(peer, SHUT_WR);
	assert_int_equal(qmp_command(&q, "quit", NULL, soon(), NULL), -EPIPE);
	assert_contains(q.error, "closed");
	close_both(&q, peer);
	/* and no SIGPIPE when the other end is closed */
	peer = greeted(&q, "");
	close(peer);
	assert_true(qmp_command(&q, "quit", NULL, soon(), NULL) < 0);
	qmp_close(&q);
}

/* Sends @size bytes of one message to @q through @fd, from a process of its own. */
static pid_t flood(const struct qmp *q, int fd, size_t size, const char *head, const char *tail)
{
	char block[65536];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	close(q->fd); /* or else it could never be closed at the other end */
	signal(SIGPIPE, SIG_IGN);
	memset(block, 'x', sizeof(block));
	if (write(fd, head, strlen(head)) < 0)
		_exit(1);
	for (size_t at = 0; at < size; at += sizeof(block))
		if (write(fd, block, sizeof(block)) < 0)
			_exit(0);
	_exit(write(fd, tail, strlen(tail)) < 0);
}

static void takes_long_messages(void **state)
{
	json_t *result = NULL;
	struct qmp q;
	int peer;
	pid_t pid;

	(void)state;
	peer = greeted(&q, "");
	pid = flood(&q, peer, 2 << 20, "{\"id\": 2, \"return\": \"", "\"}\n");
	assert_int_equal(qmp_command(&q, "query-qmp-schema", NULL, soon(), &result), 0);
	assert_int_equal(json_string_length(result), 2 << 20);
	json_decref(result);
	assert_int_equal(end_of(pid), 0);
	close_both(&q, peer);
}

static void refuses_endless_messages(void **state)
{
	struct qmp q;
	int peer;
	pid_t pid;

	(void)state;
	peer = greeted(&q, "");
	pid = flood(&q, peer, 64 << 20, "", "");
	assert_int_equal(qmp_command(&q, "x", NULL, soon(), NULL), -EMSGSIZE);
	assert_contains(q.error, "16 MiB");
	close_both(&q, peer);
	assert_int_equal(end_of(pid), 0);
}

static void says_that_there_is_no_socket(void **state)
{
	struct vm_dir *dir = *state;
	struct qmp q;

	assert_int_equal(qmp_open(&q, dir->fd, soon()), -ENOENT);
	assert_contains(q.error, "No such file");
	qmp_close(&q);
	assert_int_equal(qmp_owner(dir->fd), 0);
}

static const char usernet[] =
	"Hub -1 (net0):\r\n"
	"  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
	"  TCP[ESTABLISHED]   12       10.0.2.15 45678       127.0.0.1    22     0     0\r\n"
	"  UDP[HOST_FORWARD]  13       127.0.0.1 45000       10.0.2.15    22     0     0\r\n"
	"  TCP[HOST_FORWARD]  11       127.0.0.1 42419       10.0.2.15  1234     0     0\r\n"
	"  TCP[HOST_FORWARD]  14               * 33713       10.0.2.15    22     0     0\r\n";

static void finds_the_port(void **state)
{
	(void)state;
	assert_int_equal(net_parse_port(usernet, 22), 33713);
	assert_int_equal(net_parse_port(usernet, 1234), 42419);
}

static void finds_no_port(void **state)
{
	(void)state;
	assert_int_equal(net_parse_port(usernet, 80), 0);
	assert_int_equal(net_parse_port("", 22), 0);
	assert_int_equal(net_parse_port("TCP[HOST_FORWARD]", 22), 0);
	assert_int_equal(net_parse_port("TCP[HOST_FORWARD] 1 a 70000 b 22", 22), 0);
	assert_int_equal(net_parse_port("TCP[HOST_FORWARD] 1 a -1 b 22", 22), 0);
}

static void asks_for_the_port(void **state)
{
	struct qmp q;
	int peer;

	(void)state;
	peer = greeted(&q, "{\"id\": 2, \"return\": \"  TCP[HOST_FORWARD]  11  127.0.0.1 42419"
			   "  10.0.2.15    22     0     0\\r\\n\"}\n"
			   "{\"id\": 3, \"return\": \"\"}\n"
			   "{\"id\": 4, \"return\": {}}\n"
			   "{\"id\": 5, \"error\": {\"desc\": \"no\"}}\n");
	assert_int_equal(net_ssh_port(&q, soon()), 42419);
	assert_int_equal(net_ssh_port(&q, soon()), 0);
	assert_int_equal(net_ssh_port(&q, soon()), 0);
	assert_int_equal(net_ssh_port(&q, soon()), -EREMOTEIO);
	close_both(&q, peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greets),
		cmocka_unit_test(greets_with_an_event_before),
		cmocka_unit_test(refuses_other_greetings),
		cmocka_unit_test(gives_up_without_greeting),
		cmocka_unit_test(sends_command),
		cmocka_unit_test(returns_result),
		cmocka_unit_test(returns_error_in_qemus_words),
		cmocka_unit_test(keeps_events_for_later),
		cmocka_unit_test(ignores_late_answers),
		cmocka_unit_test(takes_single_bytes),
		cmocka_unit_test(reports_garbage_and_goes_on),
		cmocka_unit_test(reports_end),
		cmocka_unit_test(takes_long_messages),
		cmocka_unit_test(refuses_endless_messages),
		cmocka_unit_test_setup_teardown(says_that_there_is_no_socket, dir_setup,
						dir_teardown),
		cmocka_unit_test(finds_the_port),
		cmocka_unit_test(finds_no_port),
		cmocka_unit_test(asks_for_the_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
