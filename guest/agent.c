// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The agent in the guest. A VM that was restored has the clock and the random pool of the VM
 * that was saved, and so has every other VM restored from the same state. The program vm on
 * the host sends the time and a seed through a virtio-serial port; the answer also proves that
 * the guest runs. vm asks the agent, too, what is wrong with a guest that SSH does not reach.
 *
 *	ping				answered with "pong"
 *	resume SEC NSEC HEX		gets the timers going, sets the clock, mixes
 *					the seed into the random pool; answered with
 *					"resumed"
 *	health				answered with "health ssh=N available=KIB total=KIB
 *					oom=N full=DIR[,DIR...]": whether a process listens
 *					at SSH's port, the memory, how many processes were
 *					killed for want of it, which file systems are full
 *
 * The agent needs no other process and almost no memory: it must answer when memory is
 * exhausted.
 *
 * Any other line is answered with "error ...". A message is a line, at most 256 bytes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef RNDRESEEDCRNG
#define RNDRESEEDCRNG _IO('R', 0x07)
#endif

#define PORT_NAME     "testbench.agent"
#define SEED_MAX      64
#define LINE_MAX_SIZE 256
#define SSH_PORT      22
#define TCP_LISTENS   0x0a  /* TCP_LISTEN of the kernel's tcp_states.h */
#define FULL_BYTES    65536 /* a file system with less room is full */
#define KICKS	      300
#define KICK_LOOKS    5000 /* some milliseconds */

/* Opens the port PORT_NAME, which is found in /sys: no udev makes a link to it. */
static int open_port(void)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	int port = -1;

	while (dir && port < 0 && (entry = readdir(dir))) {
		char path[320], name[64] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", entry->d_name);
		f = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (!f)
			continue;
		if (fgets(name, sizeof(name), f))
			name[strcspn(name, "\n")] = 0;
		fclose(f);
		if (strcmp(name, PORT_NAME))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		port = open(path, O_RDWR | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return port;
}

static int unhex(const char *text, unsigned char *bytes, int max)
{
	int n = 0;

	while (n < max && sscanf(text + 2 * n, "%2hhx", bytes + n) == 1)
		n++;
	return n;
}

/*
 * Sets the timer of @fd as timerfd_settime() does. Returns whether it expires soon, or -1 if it
 * cannot be set; polls, since a sleep would need a timer.
 */
static int expires(int fd, int flags, long nsec)
{
	const struct itimerspec when = { .it_value = { .tv_nsec = nsec } };
	uint64_t times;

	if (timerfd_settime(fd, flags, &when, NULL))
		return -1;
	for (int i = 0; i < KICK_LOOKS; i++)
		if (read(fd, &times, sizeof(times)) == sizeof(times))
			return 1;
	return 0;
}

/*
 * Some QEMUs forget the timer interrupt that was due when the state was saved (riscv64,
 * ppc64le). The kernel then waits for it for ever, and programs no other timer that is later.
 * One that is earlier than all gets it going again. The agent polls for it, and sets it again:
 * on a busy host a timer that has already expired can be lost, too (by mips64el's own timer).
 * That a timer of the future expires shows that time goes on; one of the past is no proof,
 * since from Linux 7.x on the kernel expires a user's by itself (hrtimer_check_user_timer() in
 * kernel/time/hrtimer.c). Each CPU has timers of its own.
 */
static const char *kick_timers(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), ok = 1;
	cpu_set_t all, one;

	if (fd < 0)
		return "error the kernel has no timerfd (CONFIG_TIMERFD)\n";
	sched_getaffinity(0, sizeof(all), &all);
	for (int cpu = 0; ok > 0 && cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		ok = 0;
		if (sched_setaffinity(0, sizeof(one), &one))
			continue;
		for (int i = 0; i < KICKS && !ok; i++) {
			ok = expires(fd, TFD_TIMER_ABSTIME, 1);
			if (ok > 0)
				ok = expires(fd, 0, 1000000);
		}
	}
	sched_setaffinity(0, sizeof(all), &all);
	close(fd);
	if (ok < 0)
		return "error the kernel lacks timerfd_settime (32-bit: CONFIG_COMPAT_32BIT_TIME)\n";
	return ok ? NULL : "error no timer expires\n";
}

static const char *resume(const char *args)
{
	struct {
		struct rand_pool_info info;
		unsigned char seed[SEED_MAX]; /* info.buf */
	} pool;
	const char *wrong;
	long long sec;
	long nsec;
	int at = 0, fd, bytes, err;
	struct timespec now;

	if (sscanf(args, "%lld %ld %n", &sec, &nsec, &at) != 2 || !at)
		return "error resume wants SEC NSEC HEX\n";
	bytes = unhex(args + at, pool.seed, SEED_MAX);
	if (!bytes)
		return "error resume wants a seed\n";
	wrong = kick_timers();
	if (wrong)
		return wrong;
	now = (struct timespec){ .tv_sec = sec, .tv_nsec = nsec };
	if (clock_settime(CLOCK_REALTIME, &now))
		return "error cannot set the clock\n";

	pool.info.entropy_count = 8 * bytes;
	pool.info.buf_size = bytes;
	fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
	err = fd < 0 || ioctl(fd, RNDADDENTROPY, &pool.info) ||
	      /* Linux from 4.17 on: older kernels use the new seed within five minutes */
	      ioctl(fd, RNDRESEEDCRNG);
	if (fd >= 0)
		close(fd);
	return err ? "error cannot seed the random pool\n" : "resumed\n";
}

/* The number after @name at the start of a line of @file; 0 if there is none. */
static long number_of(const char *file, const char *name)
{
	FILE *f = fopen(file, "r");
	size_t len = strlen(name);
	char line[LINE_MAX_SIZE];
	long number = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, len))
			continue;
		number = atol(line + len);
		break;
	}
	if (f)
		fclose(f);
	return number;
}

/* Whether a process listens at @port, by @file: /proc/net/tcp or tcp6. */
static int listens(const char *file, unsigned int port)
{
	unsigned int at, state;
	FILE *f = fopen(file, "r");
	char line[LINE_MAX_SIZE];
	int found = 0;

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &at, &state) == 2 &&
			at == port && state == TCP_LISTENS;
	if (f)
		fclose(f);
	return found;
}

static const char *health(void)
{
	static const char *const dirs[] = { "/", "/run", "/tmp", "/dev/shm" };
	static char text[LINE_MAX_SIZE];
	int n, full = 0;

	n = snprintf(text, sizeof(text), "health ssh=%d available=%ld total=%ld oom=%ld full=",
		     listens("/proc/net/tcp", SSH_PORT) || listens("/proc/net/tcp6", SSH_PORT),
		     number_of("/proc/meminfo", "MemAvailable:"),
		     number_of("/proc/meminfo", "MemTotal:"),
		     number_of("/proc/vmstat", "oom_kill "));
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		struct statvfs fs;

		if (!statvfs(dirs[i], &fs) && fs.f_blocks &&
		    (uint64_t)fs.f_bavail * fs.f_frsize < FULL_BYTES)
			n += snprintf(text + n, sizeof(text) - n, "%s%s", full++ ? "," : "",
				      dirs[i]);
	}
	snprintf(text + n, sizeof(text) - n, "\n");
	return text;
}

/*
 * The agent must answer when memory is exhausted: the OOM killer spares it, and it is never
 * paged out.
 */
static void survive(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "-1000", 5) != 5 || mlockall(MCL_CURRENT | MCL_FUTURE))
		fprintf(stderr, "agent: will not outlive a lack of memory: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

static const char *answer(const char *line)
{
	if (!strcmp(line, "ping"))
		return "pong\n";
	if (!strcmp(line, "health"))
		return health();
	if (!strncmp(line, "resume ", 7))
		return resume(line + 7);
	return "error no such command\n";
}

int main(void)
{
	char line[LINE_MAX_SIZE];
	size_t len = 0;
	sigset_t io;
	int port;

	port = open_port();
	if (port < 0)
		return 1; /* a VM without the port: nothing to do */
	survive();
	/* While nobody is connected a read ends at once; a signal tells of a change. */
	sigemptyset(&io);
	sigaddset(&io, SIGIO);
	sigprocmask(SIG_BLOCK, &io, NULL);
	fcntl(port, F_SETOWN, getpid());
	fcntl(port, F_SETFL, fcntl(port, F_GETFL) | O_ASYNC);

	for (;;) {
		ssize_t n = read(port, line + len, sizeof(line) - 1 - len);
		const char *text;

		if (n <= 0) {
			/* the signal may have come before the wait: read again each second */
			sigtimedwait(&io, NULL, &(struct timespec){ .tv_sec = 1 });
			len = 0;
			continue;
		}
		len += n;
		line[len] = 0;
		if (!strchr(line, '\n') && len < sizeof(line) - 1)
			continue;
		line[strcspn(line, "\n")] = 0;
		len = 0;
		text = answer(line);
		if (write(port, text, strlen(text)) < 0)
			continue; /* the host has closed the port */
	}
}
