// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vm log: what the guest printed on its console. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

#define CHUNK 65536

static const char usage[] =
	"Usage: vm log --dir DIR\n"
	"\n"
	"Print the console log of a VM, without control characters and escape sequences, which\n"
	"are in DIR/console.log. The VM need not run. A note says if the log of a running VM has\n"
	"reached the limit of 'vm start --log-limit'.\n"
	"\n"
	"Exit status: 0 printed; 1 DIR cannot be read; 2 wrong usage; 3 no VM was started there.\n";

/* Prints the file @fd without control characters, in pieces of whole lines where possible. */
static int print_clean(int fd)
{
	char *buf = must(malloc(CHUNK + 1)), *newline, next;
	size_t have = 0, cut;
	ssize_t n;

	while ((n = read(fd, buf + have, CHUNK - have)) > 0 || have) {
		have += n > 0 ? n : 0;
		newline = n > 0 ? memrchr(buf, '\n', have) : NULL;
		cut = newline ? (size_t)(newline + 1 - buf) : have;
		if (!newline && n > 0 && have < CHUNK)
			continue;
		next = buf[cut];
		if (fwrite(buf, 1, text_clean(buf, cut), stdout) == 0 && ferror(stdout))
			break;
		buf[cut] = next;
		have -= cut;
		memmove(buf, buf + cut, have);
	}
	free(buf);
	return n < 0 ? -errno : 0;
}

/* Prints a note if the log @fd has reached its limit. */
static void note_limit(const struct vm_dir *dir, int fd)
{
	struct vm_state st = { 0 };
	struct stat file;
	int64_t limit;

	limit = state_inspect(dir, &st, false) == VM_RUNNING ? proc_file_limit(st.pid) : INT64_MAX;
	if (!fstat(fd, &file) && file.st_size >= limit) {
		fflush(stdout);
		say("the console log of %s is full (%lld MiB), and lacks what came after; make qemu-reset "
		    "begins it anew",
		    state_label(dir, &st), (long long)limit >> 20);
	}
	state_free(&st);
}

int cmd_log(int argc, char **argv)
{
	struct vm_dir dir = VM_DIR_NONE;
	const char *path;
	int ret, err, fd;

	ret = parse_dir(argc, argv, usage, 0, &path, NULL);
	if (ret != GO_ON)
		return ret;
	err = dir_open(&dir, path, false);
	fd = err ? err : openat(dir.fd, "console.log", O_RDONLY | O_CLOEXEC);
	if (!err && fd < 0)
		err = -errno;
	if (!err)
		err = print_clean(fd);
	if (!err)
		note_limit(&dir, fd);
	if (err == -ENOENT)
		complain("the VM %s has no console log\n  It has not been started yet: make qemu-start",
			 state_label(&dir, NULL));
	else if (err)
		say("cannot read %s/console.log: %s; check who owns it", path, strerror(-err));
	if (fd >= 0)
		close(fd);
	dir_close(&dir);
	return err == -ENOENT ? VM_EXIT_NOT_RUNNING : err ? VM_EXIT_ERROR : VM_EXIT_OK;
}
