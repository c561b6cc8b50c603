// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A client of QEMU's machine protocol: JSON objects, one a line, both ways. QEMU first says
 * what it is (the greeting), then answers commands, and may send events at any time; those are
 * kept for qmp_wait_event().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm.h"

/* The longest answers (query-qmp-schema) have some hundred kB. */
#define QMP_MAX (16 << 20)

static int fail(struct qmp *q, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static int fail(struct qmp *q, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(q->error, sizeof(q->error), fmt, ap);
	va_end(ap);
	return err;
}

/* Reads more bytes to q->buf. */
static int fill(struct qmp *q, int64_t deadline)
{
	struct pollfd p = { .fd = q->fd, .events = POLLIN };
	ssize_t n;

	if (q->len == q->size) {
		if (q->size >= QMP_MAX)
			return fail(q, -EMSGSIZE, "QEMU sent a message of more than %d MiB",
				    QMP_MAX >> 20);
		q->size = q->size ? q->size * 2 : 4096;
		q->buf = must(realloc(q->buf, q->size));
	}
	do
		n = poll(&p, 1, poll_ms(deadline));
	while (n < 0 && errno == EINTR);
	if (!n)
		return fail(q, -ETIMEDOUT, "QEMU did not answer in time");
	if (n > 0) {
		do
			n = read(q->fd, q->buf + q->len, q->size - q->len);
		while (n < 0 && errno == EINTR);
		if (!n)
			return fail(q, -EPIPE, "QEMU closed the connection");
	}
	if (n < 0)
		return fail(q, -errno, "cannot read from QEMU: %s", strerror(errno));
	q->len += n;
	return 0;
}

/* The next message, whatever it is. */
static int receive(struct qmp *q, int64_t deadline, json_t **msg)
{
	for (;;) {
		char *newline = q->len > q->seen ?
					memchr(q->buf + q->seen, '\n', q->len - q->seen) :
					NULL;
		json_error_t error;
		bool blank;
		size_t len;
		int err;

		if (!newline) {
			q->seen = q->len;
			err = fill(q, deadline);
			if (err)
				return err;
			continue;
		}
		*newline = '\0';
		len = newline - q->buf;
		blank = strspn(q->buf, " \t\r") == len;
		*msg = blank ? NULL : json_loadb(q->buf, len, 0, &error);
		err = 0;
		if (!blank && !json_is_object(*msg)) {
			err = fail(q, -EPROTO, "QEMU sent what is not QMP: %.60s", q->buf);
			json_decref(*msg);
			*msg = NULL;
		}
		q->len -= len + 1;
		q->seen = 0;
		memmove(q->buf, newline + 1, q->len);
		if (!blank)
			return err;
	}
}

/* One send(), with @pass, a descriptor for QEMU to have, unless that is -1. */
static ssize_t send_some(int fd, const char *text, size_t len, int pass)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { (void *)text, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	if (pass >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &pass, sizeof(int));
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int transmit(struct qmp *q, json_t *msg, int pass, int64_t deadline)
{
	char *text = must(json_dumps(msg, JSON_COMPACT)), *line;
	struct pollfd p = { .fd = q->fd, .events = POLLOUT };
	size_t at = 0, len;
	int err = 0;

	line = format("%s\n", text);
	free(text);
	len = strlen(line);
	while (at < len) {
		ssize_t n = send_some(q->fd, line + at, len - at, pass);

		if (n >= 0) {
			at += n;
			pass = -1;
		} else if (errno == EAGAIN) {
			if (!poll(&p, 1, poll_ms(deadline))) {
				err = fail(q, -ETIMEDOUT, "QEMU does not read its QMP socket");
				break;
			}
		} else if (errno != EINTR) {
			err = fail(q, -errno, "cannot write to QEMU: %s", strerror(errno));
			break;
		}
	}
	free(line);
	return err;
}

/*
 * Sends command @name with @args (borrowed; NULL for none) and waits for the
 * answer, which goes to @result if that is not NULL and is then the caller's.
 * -EREMOTEIO means that QEMU refused; q->error has its words.
 */
int qmp_command(struct qmp *q, const char *name, json_t *args, int64_t deadline, json_t **result)
{
	return qmp_command_fd(q, name, args, -1, deadline, result);
}

/* The same, and passes the descriptor @pass to QEMU (getfd). */
int qmp_command_fd(struct qmp *q, const char *name, json_t *args, int pass, int64_t deadline,
		   json_t **result)
{
	json_t *msg, *error;
	int err;

	msg = must(
		json_pack("{s:s, s:I, s:O*}", "execute", name, "id", ++q->id, "arguments", args));
	err = transmit(q, msg, pass, deadline);
	json_decref(msg);
	if (err)
		return err;

	for (;;) {
		json_t *id;

		err = receive(q, deadline, &msg);
		if (err)
			return err;
		if (json_object_get(msg, "event")) {
			json_array_append_new(q->events, msg);
			continue;
		}
		/* skip a late answer to an earlier command; a syntax error has no id */
		id = json_object_get(msg, "id");
		if (!id || json_integer_value(id) == q->id)
			break;
		json_decref(msg);
	}

	error = json_object_get(msg, "error");
	if (error) {
		const char *desc = json_string_value(json_object_get(error, "desc"));

		err = fail(q, -EREMOTEIO, "%s", desc ? desc : "an error without a description");
	} else if (!json_object_get(msg, "return")) {
		err = fail(q, -EPROTO, "QEMU sent neither a result nor an error");
	} else if (result) {
		*result = json_incref(json_object_get(msg, "return"));
	}
	json_decref(msg);
	return err;
}

/*
 * Waits for event @name, or takes it from those that came already. @event, if
 * not NULL, is then the caller's.
 */
int qmp_wait_event(struct qmp *q, const char *name, int64_t deadline, json_t **event)
{
	for (size_t i = 0;; i++) {
		const char *have;
		json_t *msg;
		int err;

		if (i == json_array_size(q->events)) {
			err = receive(q, deadline, &msg);
			if (err)
				return err;
			json_array_append_new(q->events, msg);
		}
		msg = json_array_get(q->events, i);
		have = json_string_value(json_object_get(msg, "event"));
		if (have && !strcmp(have, name)) {
			if (event)
				*event = json_incref(msg);
			json_array_remove(q->events, i);
			return 0;
		}
	}
}

/*
 * Makes a client of @fd, which it owns from here on: reads the greeting and
 * leaves QEMU ready for commands. After a failure q->error says why, and
 * qmp_close() is still due.
 */
int qmp_greet(struct qmp *q, int fd, int64_t deadline)
{
	json_t *msg;
	int err;

	*q = (struct qmp){ .fd = fd, .events = must(json_array()) };
	err = receive(q, deadline, &msg);
	if (err == -ETIMEDOUT)
		return fail(q, err,
			    "QEMU sent no greeting in time: it is stuck, "
			    "or another program is connected to qmp.sock");
	if (err)
		return err;
	if (!json_object_get(msg, "QMP"))
		err = fail(q, -EPROTO, "QEMU's first words were no QMP greeting");
	json_decref(msg);
	return err ? err : qmp_command(q, "qmp_capabilities", NULL, deadline, NULL);
}

/* Connects to qmp.sock in @dirfd. As qmp_greet(). */
int qmp_open(struct qmp *q, int dirfd, int64_t deadline)
{
	int fd = dir_connect(dirfd, "qmp.sock", deadline);

	if (fd >= 0)
		return qmp_greet(q, fd, deadline);
	*q = (struct qmp){ .fd = -1 };
	return fail(q, fd, "cannot connect to qmp.sock: %s",
		    fd == -EAGAIN ? "other programs wait for it already" : strerror(-fd));
}

void qmp_close(struct qmp *q)
{
	if (q->fd >= 0)
		close(q->fd);
	json_decref(q->events);
	free(q->buf);
	*q = (struct qmp){ .fd = -1 };
}

/*
 * The pid of the QEMU that listens at qmp.sock in @dirfd, 0 if none does: a VM whose state
 * file was lost is found by it.
 */
int qmp_owner(int dirfd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	int fd, pid = 0;

	fd = dir_connect(dirfd, "qmp.sock", now_ms() + 1000);
	if (fd < 0)
		return 0;
	if (!getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) && peer.pid > 0)
		pid = peer.pid;
	close(fd);
	return pid;
}

static const char usage[] =
	"Usage: vm qmp --dir DIR [--timeout SEC] COMMAND [JSON-ARGUMENTS]\n"
	"\n"
	"Send the VM's QEMU one QMP command and print its JSON answer.\n"
	"\n"
	"  --dir DIR       the VM's directory\n"
	"  --timeout SEC   wait at most SEC seconds for the answer (10)\n"
	"\n"
	"JSON-ARGUMENTS is an object: vm qmp --dir D human-monitor-command\n"
	"'{\"command-line\": \"info registers\"}'. Exit status: 0 answered, 1 refused or\n"
	"no answer, 2 wrong usage, 3 the VM is not running.\n";

int cmd_qmp(int argc, char **argv)
{
	json_t *args = NULL, *result = NULL;
	struct vm_dir dir = VM_DIR_NONE;
	struct vm_state st = { 0 };
	int64_t timeout = 10000;
	const char *path;
	int ret, err;
	struct qmp q;

	ret = parse_dir_options(argc, argv, usage, &path, &timeout);
	if (ret != GO_ON)
		return ret;
	if (!path || argc - optind < 1 || argc - optind > 2) {
		say("qmp needs --dir DIR and a command, with at most one JSON object");
		return bad_usage(argv[0]);
	}
	if (argc - optind == 2) {
		json_error_t error;

		args = json_loads(argv[optind + 1], 0, &error);
		if (!json_is_object(args)) {
			say("the arguments '%s' are not a JSON object%s%s; write {\"name\": value}",
			    argv[optind + 1], args ? "" : ": ", args ? "" : error.text);
			json_decref(args);
			return bad_usage(argv[0]);
		}
	}

	ret = find_running(&dir, &st, path);
	if (ret)
		goto out;
	err = qmp_open(&q, dir.fd, now_ms() + timeout);
	if (!err)
		err = qmp_command(&q, argv[optind], args, now_ms() + timeout, &result);
	if (err) {
		say("QMP command %s failed: %s", argv[optind], q.error);
		ret = VM_EXIT_ERROR;
	} else {
		json_dumpf(result, stdout, JSON_ENCODE_ANY | JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(result);
	qmp_close(&q);
out:
	json_decref(args);
	state_free(&st);
	dir_close(&dir);
	return ret;
}
