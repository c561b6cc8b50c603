// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * Processes that need not be children. The kernel reuses a pid after its process has ended, so
 * a process is named by its pid and its start time, and across reboots by the boot id, too.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

/*
 * Reads /proc/PID/stat into @text, to be freed; @fields is what follows the name in field 2, which
 * may hold anything, brackets and blanks included.
 */
static int read_stat(pid_t pid, char **text, const char **fields)
{
	char path[32], *end;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	err = read_at(AT_FDCWD, path, 65536, text, NULL);
	if (err)
		return err;
	end = strrchr(*text, ')');
	*fields = end ? end + 1 : "";
	return 0;
}

/* The state letter and the start time (clock ticks since boot) of @pid. */
int proc_stat(pid_t pid, char *state, unsigned long long *starttime)
{
	const char *fields;
	char *text;
	int err = read_stat(pid, &text, &fields);

	if (err)
		return err;
	if (sscanf(fields,
		   " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u"
		   " %*d %*d %*d %*d %*d %*d %llu",
		   state, starttime) != 2)
		err = -EPROTO;
	free(text);
	return err;
}

/*
 * Adds the CPU seconds that @pid has used so far as a line to the file that the environment names
 * in VM_CPU: a VM is no child of the processes that use it.
 */
void proc_note_cpu(pid_t pid)
{
	const char *file = getenv("VM_CPU");
	unsigned long user, system;
	const char *fields;
	char *text;
	int fd;

	if (!file || !*file || read_stat(pid, &text, &fields))
		return;
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd >= 0 && sscanf(fields, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
			      &system) == 2)
		dprintf(fd, "%.2f\n", (double)(user + system) / sysconf(_SC_CLK_TCK));
	if (fd >= 0)
		close(fd);
	free(text);
}

/* Whether @pid is the process that started at @starttime, and not a zombie. */
bool proc_alive(pid_t pid, unsigned long long starttime)
{
	unsigned long long t;
	char state;

	return pid > 0 && !proc_stat(pid, &state, &t) && t == starttime && state != 'Z' &&
	       state != 'X';
}

/* Whether @pid is stopped by a signal, or by a debugger. */
bool proc_stopped(pid_t pid)
{
	unsigned long long t;
	char state;

	return !proc_stat(pid, &state, &t) && (state == 'T' || state == 't');
}

/* Memory of @pid that is in RAM, in MiB; 0 if unknown. */
long proc_rss_mib(pid_t pid)
{
	char path[32], *text;
	long pages = 0;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	if (read_at(AT_FDCWD, path, 4096, &text, NULL))
		return 0;
	if (sscanf(text, "%*d %ld", &pages) != 1)
		pages = 0;
	free(text);
	return pages * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

/* Seconds since @starttime. The wall clock may have been set since; CLOCK_BOOTTIME cannot be. */
long proc_uptime(unsigned long long starttime)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec - (long)(starttime / sysconf(_SC_CLK_TCK));
}

/* The id of this boot of the machine; empty if the kernel has none. */
void proc_boot_id(char id[BOOT_ID_SIZE])
{
	char *text;

	id[0] = '\0';
	if (read_at(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 4096, &text, NULL))
		return;
	text[strcspn(text, "\n")] = '\0';
	snprintf(id, BOOT_ID_SIZE, "%s", text);
	free(text);
}

/* The largest file that @pid may make; INT64_MAX if it has no limit, or is gone. */
int64_t proc_file_limit(pid_t pid)
{
	static const char name[] = "Max file size";
	long long limit = INT64_MAX;
	char path[32], *text, *line;

	snprintf(path, sizeof(path), "/proc/%d/limits", pid);
	if (read_at(AT_FDCWD, path, 65536, &text, NULL))
		return INT64_MAX;
	line = strstr(text, name);
	if (!line || sscanf(line + strlen(name), "%lld", &limit) != 1)
		limit = INT64_MAX;
	free(text);
	return limit;
}

/* A pidfd of @pid. */
int proc_open(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

/* A pidfd of the process for which proc_alive() is true; -ESRCH if there is none. */
int proc_open_same(pid_t pid, unsigned long long starttime)
{
	int fd = pid > 0 ? proc_open(pid) : -ESRCH;

	/* tested after opening: now the descriptor names one process */
	if (fd >= 0 && !proc_alive(pid, starttime)) {
		close(fd);
		fd = -ESRCH;
	}
	return fd;
}

int proc_signal(int pidfd, int sig)
{
	return syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0) ? -errno : 0;
}

/* Waits until the process of @pidfd has ended; false if it had not by @deadline. */
bool proc_wait(int pidfd, int64_t deadline)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&p, 1, poll_ms(deadline));
	while (n < 0 && errno == EINTR);
	return n > 0;
}
