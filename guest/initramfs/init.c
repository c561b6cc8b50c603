// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The initramfs's init: loads the modules beside it, mounts the read-only root image with a
 * RAM overlay above it and the kernel's modules inside it, and hands over to the root's own
 * init. As /testbench-init it is added to a user's initramfs, which is a root already: then it
 * loads the modules beside it, mounts the image with the other modules, and executes the
 * user's /init.
 *
 * The kernel's configuration comes with it, and goes to /boot/config-<release> of the root,
 * where libbpf (__kconfig), bpftool and people look for it.
 *
 * It is a program, not a script: under TCG each process would add some ten milliseconds to the
 * boot. The disks are told apart by the serial numbers that QEMU gives them ("root",
 * "modules"), since their order is up to the machine. If something fails, it prints what, and
 * ends; the kernel then panics, which the program vm on the host detects.
 *
 * "ports=PORT:BYTE" on the kernel's command line, in hexadecimal, is written to that I/O port
 * before all else: what the firmware of a real machine would have done. "noclock=NAME" unbinds
 * the clock event device NAME, so that the kernel uses another one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CONFIG	     "/testbench-config"
#define WAIT_STEP_US 2000
#define WAIT_STEPS   2500 /* five seconds */

static void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("initramfs: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}

static void must_mount(const char *from, const char *to, const char *type, unsigned long flags,
		       const char *options)
{
	if (!mount(from, to, type, flags, options))
		return;
	say("cannot mount %s as %s at %s: %s", from, type ? type : "move", to, strerror(errno));
	exit(1);
}

static int is_module(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".ko");
}

/* Loads /NNN-name.ko in the order of their numbers, and frees their memory. */
static void load_modules(void)
{
	struct dirent **entries;
	int n = scandir("/", &entries, is_module, alphasort);

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		int fd = open(name, O_RDONLY | O_CLOEXEC);

		/* ENODEV: an accelerated algorithm that this CPU lacks. */
		if (fd < 0 ||
		    (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST && errno != ENODEV))
			say("cannot load %s: %s", name, strerror(errno));
		if (fd >= 0)
			close(fd);
		unlink(name);
	}
}

static void set_port(const char *what)
{
	unsigned int port;
	unsigned char byte;
	int fd;

	if (!what)
		return;
	fd = open("/dev/port", O_WRONLY | O_CLOEXEC);
	if (sscanf(what, "%x:%hhx", &port, &byte) != 2 || fd < 0 || pwrite(fd, &byte, 1, port) != 1)
		say("cannot write to the I/O port of \"ports=%s\": %s", what, strerror(errno));
	if (fd >= 0)
		close(fd);
	unsetenv("ports");
}

/* The file is unbind_device_store()'s, in the kernel's kernel/time/clockevents.c. */
static void unbind_clock(const char *name)
{
	static const char file[] = "/sys/devices/system/clockevents/clockevent0/unbind_device";
	int fd;

	if (!name)
		return;
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, name, strlen(name)) < 0)
		say("cannot do without the clock event device of \"noclock=%s\": %s", name,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	unsetenv("noclock");
}

/* Puts into @path the device of the virtio disk whose serial is @serial. */
static int find_disk(const char *serial, char *path, size_t size)
{
	for (char letter = 'a'; letter <= 'h'; letter++) {
		char attr[64], value[32] = "";
		FILE *f;

		snprintf(attr, sizeof(attr), "/sys/block/vd%c/serial", letter);
		f = fopen(attr, "r");
		if (!f)
			continue;
		if (!fgets(value, sizeof(value), f))
			value[0] = 0;
		fclose(f);
		value[strcspn(value, "\n")] = 0;
		if (!strcmp(value, serial)) {
			snprintf(path, size, "/dev/vd%c", letter);
			return access(path, F_OK);
		}
	}
	return -1;
}

/*
 * The testbench's root is erofs. A user's root may be of another type; its journal is not
 * replayed.
 */
static void mount_root(const char *disk, const char *dir)
{
	if (!mount(disk, dir, "erofs", MS_RDONLY, NULL) ||
	    !mount(disk, dir, "ext4", MS_RDONLY, "noload") ||
	    !mount(disk, dir, "ext2", MS_RDONLY, NULL) ||
	    !mount(disk, dir, "squashfs", MS_RDONLY, NULL))
		return;
	say("cannot mount %s: it is neither erofs, nor ext4 or ext2, nor squashfs, or the kernel does not know that",
	    disk);
	exit(1);
}

/* In a user's root /lib may not be merged into /usr. */
static void mount_modules(const char *root)
{
	char disk[16], dir[32];

	if (find_disk("modules", disk, sizeof(disk)))
		return;
	snprintf(dir, sizeof(dir), "%s/usr/lib/modules", root);
	if (access(dir, F_OK)) {
		snprintf(dir, sizeof(dir), "%s/lib/modules", root);
		mkdir(dir, 0755);
	}
	must_mount(disk, dir, "erofs", MS_RDONLY, NULL);
}

/* A root that has such a file itself keeps it. */
static void move_config(const char *root)
{
	char path[128], text[16384];
	struct utsname kernel;
	int from, to;
	ssize_t n;

	from = open(CONFIG, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return;
	uname(&kernel);
	snprintf(path, sizeof(path), "%s/boot", root);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/boot/config-%s", root, kernel.release);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (to < 0 && errno != EEXIST)
		say("cannot write %s: %s", path, strerror(errno));
	if (to >= 0) {
		while ((n = read(from, text, sizeof(text))) > 0 && write(to, text, n) == n)
			;
		if (n)
			say("cannot write %s: %s", path, strerror(errno));
		close(to);
	}
	close(from);
	unlink(CONFIG);
}

static int hand_over(const char *init)
{
	execl(init, "init", (char *)NULL);
	say("cannot run %s: %s", init, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	char root[16];
	int steps = 0;

	mkdir("/dev", 0755);
	mkdir("/sys", 0755);
	must_mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	must_mount("sysfs", "/sys", "sysfs", 0, NULL);
	mkdir("/dev/pts", 0755);
	mkdir("/dev/shm", 0755);

	set_port(getenv("ports"));
	unbind_clock(getenv("noclock"));
	load_modules();
	if (argc && !strcmp(argv[0], "/testbench-init")) {
		mount_modules("");
		move_config("");
		unlink(argv[0]);
		umount("/sys");
		umount("/dev");
		return hand_over("/init");
	}
	while (find_disk("root", root, sizeof(root))) {
		if (steps++ == WAIT_STEPS) {
			say("no disk with the serial number \"root\" came up");
			return 1;
		}
		usleep(WAIT_STEP_US);
	}

	mkdir("/lower", 0755);
	mkdir("/ram", 0755);
	mkdir("/new", 0755);
	mount_root(root, "/lower");
	must_mount("tmpfs", "/ram", "tmpfs", 0, "mode=0755");
	mkdir("/ram/upper", 0755);
	mkdir("/ram/work", 0755);
	must_mount("overlay", "/new", "overlay", 0,
		   "lowerdir=/lower,upperdir=/ram/upper,workdir=/ram/work");
	mount_modules("/new");
	move_config("/new");
	mkdir("/new/proc", 0555);
	must_mount("proc", "/new/proc", "proc", 0, NULL);
	must_mount("/dev", "/new/dev", NULL, MS_MOVE, NULL);
	must_mount("/sys", "/new/sys", NULL, MS_MOVE, NULL);

	unlink("/init");
	if (chdir("/new") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/")) {
		say("cannot enter the root: %s", strerror(errno));
		return 1;
	}
	return hand_over("/sbin/init");
}
