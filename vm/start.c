// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vm start: leaves a VM that is ready, or no VM and the reason. Usually the VM runs already:
 * that case must be fast.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

/* The largest template of ssh_config. */
#define TEMPLATE_MAX 65536

static const char usage[] =
	"Usage: vm start --dir DIR [OPTION]... -- QEMU [ARGUMENT]...\n"
	"\n"
	"Start a VM, unless it is running, and wait until its guest says that it is ready.\n"
	"QEMU runs in DIR and lives on when this command has ended.\n"
	"\n"
	"  --dir DIR              the VM's directory; made if it is not there\n"
	"  --timeout SEC          wait at most SEC seconds for the guest (120)\n"
	"  --ready TEXT           what the guest prints on its console when it is ready\n"
	"                         (" VM_READY_TEXT ")\n" CMDLINE_USAGE
	"  --accel NAME           QEMU's accelerator (tcg, kvm), for vm status\n"
	"  --ssh-config TEMPLATE  write DIR/ssh_config from this file, with @PORT@ and\n"
	"                         @DIR@ replaced by the forwarded port and DIR's full path\n"
	"  --snapshots DIR        restore the VM's saved state from DIR if there is one; if not,\n"
	"                         boot it and save its state there when it is ready. This needs\n"
	"                         --memory and --agent\n"
	"  --snapshot-limit MIB   remove the states that were not used for longest when all\n"
	"                         take more (2048)\n"
	"  --by-content           find the state by the content of QEMU and of its images, so that\n"
	"                         a state of another machine is found, not by inode and time\n"
	"  --shared DIR           before a boot look for the state in DIR, which several machines may\n"
	"                         use, and leave a state there that was saved. Implies --by-content\n"
	"  --restore-timeout SEC  boot the VM if QEMU, or its guest, gives no answer for SEC\n"
	"                         seconds while it is restored (30)\n"
	"  --kernel-file FILE     end a VM that was started before FILE was last written, which runs\n"
	"                         an old kernel, and start it anew\n"
	"  --log-limit MIB        the size of every file that QEMU writes is limited to MIB, so that\n"
	"                         a guest cannot fill the disk by its console. The guest's memory\n"
	"                         is a file, too\n"
	"  --reset                end a VM that runs and start it anew, with the same SSH port\n"
	"  --early                wait for QEMU alone, not for the guest. A later start waits\n"
	"                         until that guest is ready\n"
	"  --stopped              the same for a QEMU that does not run the guest yet (-S)\n"
	"  --show                 print QEMU's whole command line, for a shell\n"
	"\n"
	"QEMU gets the options that these need before its ARGUMENTs, and also -serial for the\n"
	"console and -qmp. -no-reboot, and panic=-1 for the kernel, should be among the\n"
	"ARGUMENTs: a guest that panics then ends the VM.\n"
	"\n"
	"A VM that runs already is left alone; a note says if its command line is another one.\n"
	"With --stopped or --early that is an error, unless the VM was started with that option.\n"
	"\n"
	"Exit status: 0 it runs; 1 the host refused; 2 wrong usage; 4 QEMU ended; 5 the\n"
	"guest panicked; 6 it was not ready in time; 8 the lock was taken; 10 it runs, but its QEMU\n"
	"is stopped by a signal; 13 it runs, but the guest has halted; 128+N signal N.\n"
	"If the status is not 0, no QEMU that this command has started is left running; the logs\n"
	"are kept.\n";

/* Clears away what an earlier VM has left, and prints how that VM ended. Returns an exit code. */
static int clear_away(const struct start *s, const struct vm_state *st, enum vm_status status)
{
	static const char *const logs[] = { "console.log", "qemu.log", "pushed" };
	char *why = report_why(&s->dir, status);
	int left, err = 0;

	/* keep the console of a crash: goals such as run-<app> start the VM by themselves */
	if (status == VM_GONE)
		renameat(s->dir.fd, "console.log", s->dir.fd, "console.log.old");
	left = find_leftover(&s->dir, st, status);
	if (left > 0)
		say("%s starts anew: %s; the QEMU that was left of it (pid %d) is ended",
		    s->cmd.label,
		    status == VM_ABSENT ? "its state file was lost, or its directory" : why, left);
	else if (left == 0 && status != VM_ABSENT)
		say("%s starts anew: %s%s%s%s", s->cmd.label, why,
		    status == VM_GONE ? " (its console is in " : "",
		    status == VM_GONE ? s->dir.path : "",
		    status == VM_GONE ? "/console.log.old)" : "");
	free(why);
	if (left < 0)
		return VM_EXIT_ERROR;
	state_clear(&s->dir);
	for (size_t i = 0; !err && i < sizeof(logs) / sizeof(logs[0]); i++)
		err = remove_at(s->dir.fd, logs[i]);
	return err ? start_error(s, "remove the files of an earlier VM", err) : VM_EXIT_OK;
}

/* No VM runs: clears away what a VM with @status has left, and starts the VM. */
static int start_anew(const struct start *s, const struct vm_state *st, enum vm_status status)
{
	int ret = clear_away(s, st, status), err;

	if (ret)
		return ret;
	err = cmdline_link(&s->cmd, s->dir.fd);
	return err ? start_error(s, "make the link share", err) : restore_or_boot(s);
}

/* Whether the VM that runs was started before its kernel was made. */
static bool is_outdated(const struct start *s, const struct vm_state *st)
{
	struct stat started, kernel;

	if (!s->kernel_file || fstatat(s->dir.fd, "state.json", &started, 0) ||
	    stat(s->kernel_file, &kernel))
		return false;
	/* state.json is written again when the guest is ready */
	return st->started < kernel.st_mtim.tv_sec ||
	       (started.st_mtim.tv_sec == kernel.st_mtim.tv_sec &&
		started.st_mtim.tv_nsec < kernel.st_mtim.tv_nsec);
}

/* Ends the VM that runs, and starts it anew. */
static int reset(struct start *s, const struct vm_state *st)
{
	int pidfd = proc_open_same(st->pid, st->starttime);

	if (pidfd >= 0) {
		proc_note_cpu(st->pid);
		proc_signal(pidfd, SIGKILL);
		proc_wait(pidfd, now_ms() + QMP_MS);
		close(pidfd);
	}
	if (s->cmd.ssh_port == 0)
		s->cmd.ssh_port = st->port;
	return start_anew(s, st, VM_ABSENT);
}

/* Whether the VM that runs is of no use; explains why, and @ret is the exit code. */
static bool is_broken(const struct start *s, const struct vm_state *st, int *ret)
{
	const char *bye;

	if (proc_stopped(st->pid)) {
		complain("%s runs, but its QEMU (pid %d) is stopped by a signal", s->cmd.label,
			 st->pid);
		fprintf(stderr, "  Do:   kill -CONT %d, or make it as new with make qemu-reset.\n",
			st->pid);
		*ret = VM_EXIT_STOPPED;
		return true;
	}
	bye = guest_goodbye(&s->dir, st);
	if (bye) {
		complain("%s runs, but %s", s->cmd.label, bye);
		fprintf(stderr, "  Do:   make it as new with make qemu-reset.\n");
		*ret = VM_EXIT_HUNG;
	}
	return bye;
}

/* A VM runs already, with the state @st. @lock is closed if it is released early. */
static int start_running(struct start *s, const struct vm_state *st, int *lock)
{
	int ret;

	if (is_outdated(s, st)) {
		say_step(stdout, "%s: its kernel is not the newest, ending it", s->cmd.label);
		return reset(s, st);
	}
	if (s->reset)
		return reset(s, st);
	if (is_broken(s, st, &ret))
		return ret;
	if (!*st->hash) {
		/* the guest may never be ready, and vm stop must work */
		close(*lock);
		*lock = -1;
		return s->early ? VM_EXIT_OK : boot_await(s, st);
	}
	if (s->early) {
		say("%s was not started: it runs already%s; stop it first (make qemu-stop)",
		    s->cmd.label, s->stopped ? ", and not for a debugger" : "");
		return VM_EXIT_ERROR;
	}
	if (strcmp(st->hash, s->hash_text))
		say("note: %s runs with another command line or other images than those asked for "
		    "now; stop it, and the next start uses the new ones",
		    s->cmd.label);
	return VM_EXIT_OK;
}

static int start(struct start *s)
{
	struct vm_state st = { 0 };
	enum vm_status status;
	int lock, ret;

	lock = lock_take(&s->dir, "vm start", s->timeout + 10000);
	if (lock < 0)
		return lock == -EBUSY ? VM_EXIT_BUSY : VM_EXIT_ERROR;
	status = state_inspect(&s->dir, &st, true);
	ret = status == VM_RUNNING ? start_running(s, &st, &lock) : start_anew(s, &st, status);
	state_free(&st);
	if (lock >= 0)
		close(lock);
	return ret;
}

/* Reads the template of ssh_config. */
static int read_template(struct start *s, const char *path)
{
	int err;

	free(s->template);
	s->template = NULL;
	s->template_path = path;
	err = read_at(AT_FDCWD, path, TEMPLATE_MAX, &s->template, NULL);
	if (err)
		say("cannot read --ssh-config %s: %s; check the path", path, strerror(-err));
	return err;
}

/* Reads the options. Returns GO_ON, or an exit code that it has explained. */
static int parse(struct start *s, int argc, char **argv, const char **path)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "timeout", required_argument, NULL, 't' },
		{ "ready", required_argument, NULL, 'r' },
		CMDLINE_OPTIONS,
		{ "accel", required_argument, NULL, 'a' },
		{ "ssh-config", required_argument, NULL, 's' },
		{ "snapshots", required_argument, NULL, 'n' },
		{ "snapshot-limit", required_argument, NULL, 'm' },
		{ "shared", required_argument, NULL, 'D' },
		{ "by-content", no_argument, NULL, 'C' },
		{ "log-limit", required_argument, NULL, 'L' },
		{ "restore-timeout", required_argument, NULL, 'p' },
		{ "kernel-file", required_argument, NULL, 'k' },
		{ "reset", no_argument, NULL, 'R' },
		{ "early", no_argument, NULL, 'E' },
		{ "stopped", no_argument, NULL, 'S' },
		{ "show", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt, ret;

	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			*path = optarg;
			break;
		case 't':
			if (parse_seconds("--timeout", optarg, &s->timeout))
				return VM_EXIT_USAGE;
			break;
		case 'r':
			s->ready = optarg;
			break;
		case 'a':
			s->accel = optarg;
			break;
		case 's':
			if (read_template(s, optarg))
				return VM_EXIT_ERROR;
			break;
		case 'n':
			s->snapshots = optarg;
			break;
		case 'm':
			if (parse_int("--snapshot-limit", optarg, 0, INT_MAX, &s->snapshot_limit))
				return VM_EXIT_USAGE;
			break;
		case 'D':
			s->shared = optarg;
			s->snapshot_by = SNAPSHOT_BY_CONTENT;
			break;
		case 'C':
			s->snapshot_by = SNAPSHOT_BY_CONTENT;
			break;
		case 'L':
			if (parse_int("--log-limit", optarg, 0, INT_MAX, &s->log_limit))
				return VM_EXIT_USAGE;
			break;
		case 'p':
			if (parse_seconds("--restore-timeout", optarg, &s->patience))
				return VM_EXIT_USAGE;
			break;
		case 'k':
			s->kernel_file = optarg;
			break;
		case 'R':
			s->reset = true;
			break;
		case 'E':
			s->early = true;
			break;
		case 'S':
			s->early = s->stopped = true;
			break;
		case 'V':
			s->show = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return VM_EXIT_OK;
		case '?':
			return bad_usage(argv[0]);
		default:
			ret = cmdline_option(&s->cmd, opt, optarg);
			if (ret != GO_ON)
				return ret;
		}
	}
	if (!*path || !**path || optind == argc || !*s->ready) {
		say("start needs --dir DIR, QEMU's command line after --, and a --ready text "
		    "that is not empty");
		return bad_usage(argv[0]);
	}
	if (s->snapshots && !s->cmd.memory_mib) {
		say("--snapshots needs --memory: QEMU's own memory cannot be saved");
		return bad_usage(argv[0]);
	}
	s->cmd.argv = argv + optind;
	return GO_ON;
}

/* Hashes the command line, by which a VM that runs is compared with what is asked for. */
static void hash_command(struct start *s)
{
	char **argv = cmdline_make(&s->cmd, CMDLINE_BOOT);

	for (char **arg = argv; *arg; arg++)
		s->hash = hash_bytes(s->hash, *arg, strlen(*arg) + 1);
	snprintf(s->hash_text, sizeof(s->hash_text), "%016" PRIx64, s->hash);
	if (s->show)
		cmdline_print(s->dir.path, argv);
	cmdline_free(argv);
}

int cmd_start(int argc, char **argv)
{
	struct start s = {
		.dir = VM_DIR_NONE,
		.ready = VM_READY_TEXT,
		.cmd = CMDLINE_NONE,
		.accel = "",
		.timeout = 120000,
		.snapshot_limit = 2048,
		.patience = ALIVE_MS,
	};
	const char *path = NULL;
	int ret;

	ret = parse(&s, argc, argv, &path);
	if (ret == GO_ON && dir_open(&s.dir, path, true))
		ret = VM_EXIT_ERROR;
	if (ret == GO_ON) {
		if (!*s.cmd.label)
			s.cmd.label = state_label(&s.dir, NULL);
		hash_command(&s);
		ret = start(&s);
	}
	free(s.template);
	dir_close(&s.dir);
	return ret;
}
