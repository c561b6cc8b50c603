// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Child processes, and the signals that end this program. A child is made in two steps, so
 * that its pid can be saved before it runs: if this program is killed in between, the child
 * sees the other end of its socket close, and ends.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

/*
 * QEMU must inherit no descriptor: a process that reads make's output through a pipe would
 * wait until QEMU ends.
 */
static int close_all_on_exec(void)
{
	struct dirent *entry;
	DIR *dir;

	dir = opendir("/proc/self/fd");
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		int fd = atoi(entry->d_name);

		if (fd > STDERR_FILENO)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	closedir(dir);
	return 0;
}

/* The child's half of child_prepare(); sends an errno if it cannot become @argv. */
static void __attribute__((noreturn)) become(char *const argv[], const struct child_options *opt,
					     int sync)
{
	sigset_t none;
	int null, err;
	char go;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* a file at its limit must fail the write, not kill the writer */
	signal(SIGXFSZ, SIG_IGN);
	if (opt->file_limit)
		setrlimit(RLIMIT_FSIZE, &(struct rlimit){ opt->file_limit, opt->file_limit });
	if (opt->mortal)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (opt->session)
		setsid();
	if (read(sync, &go, 1) != 1)
		_exit(VM_EXIT_ERROR);

	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null < 0 || (opt->cwd >= 0 && fchdir(opt->cwd)) || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(opt->output, STDOUT_FILENO) < 0 || dup2(opt->output, STDERR_FILENO) < 0)
		err = errno;
	else
		err = -close_all_on_exec();
	/* a kernel without seccomp cannot confine the child: that is no error */
	if (!err && confine() == -EPERM)
		err = EPERM;
	if (!err) {
		execvp(argv[0], argv);
		err = errno;
	}
	send(sync, &err, sizeof(err), MSG_NOSIGNAL);
	_exit(127);
}

/* Makes a child that waits for child_run() and then executes @argv. */
int child_prepare(struct child *child, char *const argv[], const struct child_options *opt)
{
	int pair[2], err;

	child->pid = 0;
	child->pidfd = child->sync = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	child->pid = fork();
	if (child->pid < 0) {
		err = -errno;
		child->pid = 0;
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (!child->pid) {
		close(pair[0]);
		become(argv, opt, pair[1]);
	}
	close(pair[1]);
	child->sync = pair[0];
	child->pidfd = proc_open(child->pid);
	if (child->pidfd < 0) {
		err = child->pidfd;
		child_kill(child);
		return err;
	}
	return 0;
}

/* Lets the child execute its command. If that fails, reaps the child and returns why. */
int child_run(struct child *child)
{
	ssize_t n;
	int err = 0;

	send(child->sync, "g", 1, MSG_NOSIGNAL);
	/* a successful exec closes the child's end */
	do
		n = read(child->sync, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(child->sync);
	child->sync = -1;
	if (n != sizeof(err))
		return 0;
	child_reap(child);
	return -err;
}

/* Waits for the child's end; its status as waitpid() gives it. */
int child_reap(struct child *child)
{
	int status = 0;

	if (child->pid > 0)
		while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
			;
	child_forget(child);
	return status;
}

/* Ends the child, if there is one, at once. */
void child_kill(struct child *child)
{
	if (child->pid > 0)
		kill(child->pid, SIGKILL); /* not reaped: the pid is surely its own */
	child_reap(child);
}

/* Lets go of the child's descriptors; the child lives on. */
void child_forget(struct child *child)
{
	if (child->pidfd >= 0)
		close(child->pidfd);
	if (child->sync >= 0)
		close(child->sync);
	child->pid = 0;
	child->pidfd = child->sync = -1;
}

/* "exit status 1", "signal 9 (Killed)"; the caller frees it. */
char *child_status_text(int status)
{
	if (WIFSIGNALED(status))
		return format("signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return format("exit status %d", WEXITSTATUS(status));
}

/* Blocks the signals that ask us to end, and returns a descriptor that has them. */
int signals_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* The number of a signal that came, or 0. */
int signals_read(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}
