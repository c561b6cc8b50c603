// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vm console: this terminal, or a pipe, as the guest's serial console. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "vm.h"

#define DETACH_KEY ('\x1d') /* Ctrl-], as telnet has it */
#define PREFIX_KEY ('\x01') /* Ctrl-A, as QEMU's own console has it */
#define END_KEY	   'x'

static const char usage[] =
	"Usage: vm console --dir DIR [--for SEC] [--own]\n"
	"\n"
	"Attach this terminal to the console of a VM, after its last 20 lines. Ctrl-] detaches\n"
	"and leaves the VM running.\n"
	"\n"
	"  --dir DIR   the VM's directory\n"
	"  --for SEC   end SEC seconds after the end of the input (never)\n"
	"  --own       print the console log first, at most its last 256 KiB; Ctrl-A X ends the\n"
	"              VM, and so does the end of this terminal. Ctrl-A Ctrl-A sends a Ctrl-A\n"
	"\n"
	"If stdin is not a terminal, it is sent to the guest, and the guest's output is printed\n"
	"until the VM ends, or --for is over: echo uptime | vm console --dir D --for 2\n"
	"A VM that is still starting has a console too.\n"
	"\n"
	"Exit status: 0 detached, or the VM ended; 1 it cannot be attached to; 2 wrong usage;\n"
	"3 the VM is not running; 128+N ended by signal N.\n";

static struct termios saved;
static bool raw;

static void restore(void)
{
	if (raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	raw = false;
}

static void make_raw(void)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &saved))
		return;
	t = saved;
	cfmakeraw(&t);
	atexit(restore);
	raw = !tcsetattr(STDIN_FILENO, TCSANOW, &t);
}

/*
 * Whether QEMU has a client at the console already: a second client could connect, and would
 * get no output. False if QEMU does not answer.
 */
static bool is_taken(int dirfd)
{
	json_t *chardevs = NULL, *dev;
	bool taken = false;
	struct qmp q;
	size_t i;

	if (!qmp_open(&q, dirfd, now_ms() + 2000))
		qmp_command(&q, "query-chardev", NULL, now_ms() + 2000, &chardevs);
	json_array_foreach(chardevs, i, dev) {
		const char *label = json_string_value(json_object_get(dev, "label"));
		const char *file = json_string_value(json_object_get(dev, "filename"));

		if (label && file && !strcmp(label, "console"))
			taken = strncmp(file, "disconnected:", 13) != 0;
	}
	json_decref(chardevs);
	qmp_close(&q);
	return taken;
}

static bool write_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		buf += n;
		len -= n;
	}
	return true;
}

enum end { END_DETACHED, END_KEYED, END_VM, END_OUTPUT, END_TIME, END_SIGNAL };

/* Input for the guest, which may read it slowly, or not at all. */
struct input {
	char buf[4096];
	size_t len;
	bool terminal;
	bool own;
	bool prefixed; /* the last key was Ctrl-A */
	bool open;
};

/* Takes Ctrl-A and what follows it out of the @n bytes of @buf; true if that was an X. */
static bool take_prefix(struct input *in, char *buf, ssize_t *n)
{
	ssize_t kept = 0;

	for (ssize_t i = 0; i < *n; i++) {
		bool prefixed = in->prefixed;

		in->prefixed = !prefixed && buf[i] == PREFIX_KEY;
		if (prefixed && (buf[i] | 0x20) == END_KEY)
			return true;
		if (!in->prefixed && (!prefixed || buf[i] == PREFIX_KEY))
			buf[kept++] = buf[i];
	}
	*n = kept;
	return false;
}

/* Reads stdin. Returns true if the user leaves; @end tells how. */
static bool take_input(struct input *in, enum end *end)
{
	char buf[sizeof(in->buf)], *key;
	/*
	 * a terminal is read even if the buffer is full, for its Ctrl-]: other keys are lost
	 * then
	 */
	size_t room = sizeof(in->buf) - in->len;
	ssize_t n = read(STDIN_FILENO, buf, in->terminal ? sizeof(buf) : room);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	*end = in->own ? END_KEYED : END_DETACHED;
	if (n <= 0) {
		in->open = false;
		/* a terminal that is gone cannot send the key */
		return in->terminal;
	}
	if (in->own && take_prefix(in, buf, &n))
		return true;
	*end = END_DETACHED;
	key = in->terminal ? memchr(buf, DETACH_KEY, n) : NULL;
	if ((size_t)n > room)
		n = room;
	memcpy(in->buf + in->len, buf, n);
	in->len += n;
	return key != NULL;
}

static enum end relay(int sock, int sigfd, int64_t linger, bool own, int *signo)
{
	struct input in = { .terminal = isatty(STDIN_FILENO), .own = own, .open = true };
	enum end end;
	int64_t deadline = NO_DEADLINE;
	char buf[4096];

	for (;;) {
		bool want = in.open && (in.terminal || in.len < sizeof(in.buf));
		struct pollfd p[] = {
			{ .fd = sock, .events = POLLIN | (in.len ? POLLOUT : 0) },
			{ .fd = sigfd, .events = POLLIN },
			{ .fd = want ? STDIN_FILENO : -1, .events = POLLIN },
		};
		ssize_t n = poll(p, 3, poll_ms(deadline));

		if (n < 0 && errno != EINTR)
			return END_VM;
		if (n <= 0) {
			if (!poll_ms(deadline))
				return END_TIME;
			continue;
		}
		if (p[1].revents) {
			*signo = signals_read(sigfd);
			if (*signo)
				return END_SIGNAL;
		}
		if (p[0].revents & (POLLIN | POLLHUP | POLLERR)) {
			n = recv(sock, buf, sizeof(buf), MSG_DONTWAIT);
			if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
				return END_VM;
			if (n > 0 && !write_all(STDOUT_FILENO, buf, n))
				return END_OUTPUT;
		}
		if (p[0].revents & POLLOUT) {
			n = send(sock, in.buf, in.len, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (n > 0) {
				in.len -= n;
				memmove(in.buf, in.buf + n, in.len);
			}
		}
		if (p[2].revents && take_input(&in, &end))
			return end;
		if (!in.open && deadline == NO_DEADLINE && linger)
			deadline = now_ms() + linger;
	}
}

static int attach(const struct vm_dir *dir, const struct vm_state *st, int64_t linger, bool own)
{
	const char *label = state_label(dir, st);
	int sock, sigfd, pidfd, signo = 0;
	enum vm_status status;
	struct vm_state now;
	enum end end;
	char *text;

	if (is_taken(dir->fd)) {
		say("cannot attach to %s: another console is attached already; detach that one first, "
		    "or follow %s/console.log",
		    label, dir->path);
		return VM_EXIT_ERROR;
	}
	sock = dir_connect(dir->fd, "console.sock", now_ms() + 2000);
	if (sock < 0) {
		say("cannot attach to %s: %s/console.sock: %s; follow %s/console.log instead",
		    label, dir->path, strerror(-sock), dir->path);
		return VM_EXIT_ERROR;
	}
	sigfd = signals_open();
	if (sigfd < 0) {
		say("cannot attach to %s: no signalfd: %s; raise the limit of open files (ulimit -n)",
		    label, strerror(-sigfd));
		close(sock);
		return VM_EXIT_ERROR;
	}

	if (isatty(STDIN_FILENO))
		say_step(stderr,
			 own ? "%s console; Ctrl-A X ends it, Ctrl-] leaves it running" :
			       "%s console; Ctrl-] detaches and leaves it running",
			 label);
	text = text_tail(dir->fd, "console.log", own ? INT_MAX : 20);
	printf("%s%s", text, *text ? "\n" : "");
	fflush(stdout);
	free(text);
	if (isatty(STDIN_FILENO))
		make_raw();
	end = relay(sock, sigfd, linger, own, &signo);
	restore();
	close(sock);
	close(sigfd);

	if (end == END_KEYED || (own && (end == END_SIGNAL || end == END_OUTPUT))) {
		fputc('\n', stderr);
		return cmd_stop(3, (char *[]){ "vm stop", "--dir", (char *)dir->path, NULL });
	}
	if (end == END_SIGNAL)
		return VM_EXIT_SIGNAL + signo;
	if (end == END_DETACHED) {
		fputc('\n', stderr);
		say_step(stderr, "%s detached; it goes on running", label);
	}
	if (end == END_VM) {
		fputc('\n', stderr);
		/* the socket closes a little before the process is gone */
		pidfd = proc_open_same(st->pid, st->starttime);
		if (pidfd >= 0) {
			proc_wait(pidfd, now_ms() + 1000);
			close(pidfd);
		}
		status = state_inspect(dir, &now, false);
		text = report_why(dir, status);
		say_step(stderr,
			 status == VM_RUNNING ? "%s closed its console, but %s" :
			 status == VM_ABSENT  ? "%s was stopped" :
						"%s ended: %s",
			 label, text);
		free(text);
		state_free(&now);
	}
	return VM_EXIT_OK;
}

int cmd_console(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "for", required_argument, NULL, 'f' },
		{ "own", no_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	enum vm_status status = VM_ABSENT;
	struct vm_state st = { 0 };
	const char *path = NULL;
	struct vm_dir dir;
	int64_t linger = 0;
	bool own = false;
	int opt, ret, err;

	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			path = optarg;
			break;
		case 'f':
			if (parse_seconds("--for", optarg, &linger))
				return VM_EXIT_USAGE;
			break;
		case 'o':
			own = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return VM_EXIT_OK;
		default:
			return bad_usage(argv[0]);
		}
	}
	if (!path || optind != argc) {
		say("console needs --dir DIR, and no other word");
		return bad_usage(argv[0]);
	}
	err = dir_open(&dir, path, false);
	if (err && err != -ENOENT)
		return VM_EXIT_ERROR;
	if (!err)
		status = state_inspect(&dir, &st, false);
	if (status == VM_RUNNING || status == VM_STARTING) {
		ret = attach(&dir, &st, linger, own);
	} else {
		report_not_running(&dir, &st, status);
		ret = VM_EXIT_NOT_RUNNING;
	}
	state_free(&st);
	dir_close(&dir);
	return ret;
}
