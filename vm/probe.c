// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vm probe: boots a kernel once and throws the VM away. That is the only proof that KVM works:
 * /dev/kvm can exist, open, and never run an instruction.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

static const char usage[] =
	"Usage: vm probe --dir DIR [OPTION]... -- QEMU [ARGUMENT]...\n"
	"\n"
	"Boot a VM, wait for a text on its console, and print the seconds that took. The VM\n"
	"is ended in any case. It runs in a directory of its own below DIR that is then\n"
	"removed. QEMU gets the options that are added by 'vm start', too.\n"
	"\n"
	"  --dir DIR       where to make that directory; made if it is not there\n"
	"  --ready TEXT    the text to wait for (" VM_READY_TEXT ")\n"
	"  --timeout SEC   wait at most SEC seconds for it (120)\n"
	"  --first SEC     wait at most SEC seconds for the first byte on the console (no limit)\n"
	"  --label, --memory, --agent, --ssh-port, --share   as for 'vm start'\n"
	"\n"
	"If the text is not seen, one line on stderr says why. Exit status: 0 seen; 1 the host\n"
	"refused; 2 wrong usage; 4 QEMU ended; 5 the guest panicked; 6 not seen in time;\n"
	"7 silent; 128+N ended by signal N.\n";

struct probe {
	const char *path;
	const char *ready;
	int64_t timeout;
	int64_t first; /* 0: no limit */
	struct cmdline cmd;
};

/* Prints the one line about a failure; frees @why. */
static int failed(int code, char *why)
{
	say("probe: %s", why);
	free(why);
	return code;
}

/* The line of @text that has @word, or the last one; @text is cut after it. */
static char *line_of(char *text, const char *word)
{
	char *line, *save = NULL, *last = text;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		last = line;
		if (strstr(line, word))
			break;
	}
	return last;
}

static int exited(const struct vm_dir *dir, struct child *qemu)
{
	char *log, *status, *words;
	int ret;

	status = child_status_text(child_reap(qemu));
	log = text_tail(dir->fd, "qemu.log", 5);
	/* the lines after an error, such as an assertion, follow from it */
	words = line_of(log, "error:");
	ret = failed(VM_EXIT_QEMU,
		     format("QEMU ended with %s%s%s", status, *words ? ": " : "", words));
	free(status);
	free(log);
	return ret;
}

static int await(const struct probe *p, const struct vm_dir *dir, struct watch *w,
		 struct child *qemu, int sigfd)
{
	int64_t began = now_ms(), deadline = began + p->timeout;
	enum watch_result result = WATCH_TIMEOUT;
	char *text;
	int signo, ret;

	if (p->first && p->first < p->timeout) {
		result = watch_wait(w, qemu->pidfd, sigfd, began + p->first, &signo);
		if (result == WATCH_TIMEOUT && !w->heard)
			return failed(VM_EXIT_SILENT, format("not a byte on the console in %g s",
							     p->first / 1000.0));
	}
	if (result == WATCH_TIMEOUT)
		result = watch_wait(w, qemu->pidfd, sigfd, deadline, &signo);

	switch (result) {
	case WATCH_READY:
		printf("%.3f\n", (now_ms() - began) / 1000.0);
		return VM_EXIT_OK;
	case WATCH_EXITED:
		return exited(dir, qemu);
	case WATCH_PANIC:
		text = text_panic(dir->fd);
		ret = failed(VM_EXIT_PANIC,
			     format("the guest said: %s",
				    text ? line_of(text, VM_PANIC_TEXT) : VM_PANIC_TEXT));
		free(text);
		return ret;
	case WATCH_TIMEOUT:
		text = text_tail(dir->fd, "console.log", 1);
		ret = failed(w->heard ? VM_EXIT_TIMEOUT : VM_EXIT_SILENT,
			     w->heard ? format("\"%s\" did not come in %g s; the last line was: %s",
					       p->ready, p->timeout / 1000.0, text) :
					format("not a byte on the console in %g s",
					       p->timeout / 1000.0));
		free(text);
		return ret;
	case WATCH_SIGNAL:
		return failed(VM_EXIT_SIGNAL + signo,
			      format("interrupted by signal %d (%s)", signo, strsignal(signo)));
	case WATCH_ERROR:
		break;
	}
	return failed(VM_EXIT_ERROR, format("cannot watch the console: %s", strerror(errno)));
}

/* Boots in @dir, which is empty. */
static int boot(const struct probe *p, const struct vm_dir *dir, int sigfd)
{
	/* no state file tells of this QEMU: it must end if this process is killed */
	struct child_options options = { .cwd = dir->fd, .session = true, .mortal = true };
	char **argv = cmdline_make(&p->cmd, CMDLINE_BOOT);
	struct child qemu = CHILD_NONE;
	struct watch w;
	int err, ret;

	options.output = openat(dir->fd, "qemu.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
				0644);
	err = options.output < 0 ? -errno : cmdline_link(&p->cmd, dir->fd);
	if (!err)
		err = watch_open(&w, dir->fd, p->ready);
	if (err) {
		ret = failed(VM_EXIT_ERROR,
			     format("cannot make the files in %s: %s", dir->path, strerror(-err)));
		goto out;
	}
	err = child_prepare(&qemu, argv, &options);
	if (!err)
		err = child_run(&qemu);
	if (err)
		ret = failed(VM_EXIT_QEMU, format("cannot run %s: %s", argv[0], strerror(-err)));
	else
		ret = await(p, dir, &w, &qemu, sigfd);
	child_kill(&qemu);
	watch_close(&w);
out:
	if (options.output >= 0)
		close(options.output);
	cmdline_free(argv);
	return ret;
}

static int probe(const struct probe *p)
{
	char *path = format("%s/probe.XXXXXX", p->path);
	struct vm_dir dir = VM_DIR_NONE;
	int sigfd, err, ret;

	err = make_dirs(p->path, 0777);
	sigfd = signals_open();
	if (!err && (sigfd < 0 || !mkdtemp(path)))
		err = sigfd < 0 ? sigfd : -errno;
	if (err) {
		ret = failed(VM_EXIT_ERROR,
			     format("cannot make a directory in %s: %s", p->path, strerror(-err)));
		goto out;
	}
	ret = dir_open(&dir, path, false) ? VM_EXIT_ERROR : boot(p, &dir, sigfd);
	dir_close(&dir);
	err = remove_at(AT_FDCWD, path);
	if (err)
		say("cannot remove %s: %s; remove it by hand", path, strerror(-err));
out:
	if (sigfd >= 0)
		close(sigfd);
	free(path);
	return ret;
}

int cmd_probe(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "timeout", required_argument, NULL, 't' },
		{ "first", required_argument, NULL, 'f' },
		{ "ready", required_argument, NULL, 'r' },
		CMDLINE_OPTIONS,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct probe p = { .ready = VM_READY_TEXT, .timeout = 120000, .cmd = CMDLINE_NONE };
	int opt, ret;

	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			p.path = optarg;
			break;
		case 't':
			if (parse_seconds("--timeout", optarg, &p.timeout))
				return VM_EXIT_USAGE;
			break;
		case 'f':
			if (parse_seconds("--first", optarg, &p.first))
				return VM_EXIT_USAGE;
			break;
		case 'r':
			p.ready = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return VM_EXIT_OK;
		case '?':
			return bad_usage(argv[0]);
		default:
			ret = cmdline_option(&p.cmd, opt, optarg);
			if (ret != GO_ON)
				return ret;
		}
	}
	if (!p.path || !*p.path || optind == argc || !*p.ready) {
		say("probe needs --dir DIR, QEMU's command line after --, and a --ready text "
		    "that is not empty");
		return bad_usage(argv[0]);
	}
	p.cmd.argv = argv + optind;
	return probe(&p);
}
