// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The state file of a VM, and the status of the VM. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vm.h"

/* @text as a JSON string. If it is not UTF-8, its bytes beyond ASCII become question marks. */
json_t *state_string(const char *text)
{
	json_t *string = json_string(text);
	char *ascii;

	if (string)
		return string;
	ascii = must(strdup(text));
	for (char *p = ascii; *p; p++)
		if (*p & 0x80)
			*p = '?';
	string = must(json_string(ascii));
	free(ascii);
	return string;
}

/* A command line for vm_state.argv. */
json_t *state_argv(char *const argv[])
{
	json_t *array = must(json_array());

	while (*argv)
		json_array_append_new(array, state_string(*argv++));
	return array;
}

/* The inode of the directory, which stays when it is renamed; 0 if unknown. */
static json_int_t directory_id(int dirfd)
{
	struct stat st;

	return fstat(dirfd, &st) ? 0 : (json_int_t)st.st_ino;
}

int state_save(int dirfd, const struct vm_state *st)
{
	json_t *root;
	char *text;
	int err;

	/* clang-format off */
	root = must(json_pack("{s:I, s:I, s:I, s:s, s:s, s:o, s:o, s:i, s:I, s:o, s:s, s:O}",
			      "directory", directory_id(dirfd),
			      "pid", (json_int_t)st->pid,
			      "starttime", (json_int_t)st->starttime,
			      "boot_id", st->boot_id,
			      "phase", st->running ? "running" : "starting",
			      "label", state_string(st->label),
			      "accel", state_string(st->accel),
			      "port", st->port,
			      "started", (json_int_t)st->started,
			      "share", state_string(st->share ? st->share : ""),
			      "hash", st->hash,
			      "argv", st->argv));
	/* clang-format on */
	text = must(json_dumps(root, JSON_INDENT(2)));
	err = write_at(dirfd, "state.json", text, strlen(text));
	free(text);
	json_decref(root);
	return err;
}

/*
 * -ENOENT: there is no state file, or it is a copy of another directory's. -EINVAL: it is
 * damaged.
 */
int state_load(int dirfd, struct vm_state *st)
{
	const char *boot_id, *phase, *label, *accel, *hash;
	json_int_t pid, starttime, started, directory;
	json_error_t error;
	json_t *root, *argv;
	char *text;
	size_t len;
	int err, port;

	*st = (struct vm_state){ 0 };
	err = read_at(dirfd, "state.json", 1 << 20, &text, &len);
	if (err)
		return err == -EFBIG ? -EINVAL : err;
	root = json_loadb(text, len, 0, &error);
	free(text);
	/* clang-format off */
	if (!root ||
	    json_unpack(root, "{s:I, s:I, s:I, s:s, s:s, s:s, s:s, s:i, s:I, s:s, s:o}",
			"directory", &directory,
			"pid", &pid,
			"starttime", &starttime,
			"boot_id", &boot_id,
			"phase", &phase,
			"label", &label,
			"accel", &accel,
			"port", &port,
			"started", &started,
			"hash", &hash,
			"argv", &argv) ||
	   /* clang-format on */
	   pid <= 1 || pid > INT_MAX || starttime < 0 || !json_is_array(argv) ||
	   (strcmp(phase, "running") && strcmp(phase, "starting"))) {
		json_decref(root);
		return -EINVAL;
	}
	if (directory != directory_id(dirfd)) {
		json_decref(root);
		return -ENOENT;
	}
	st->pid = pid;
	st->starttime = starttime;
	snprintf(st->boot_id, sizeof(st->boot_id), "%s", boot_id);
	st->running = !strcmp(phase, "running");
	st->label = must(strdup(label));
	st->accel = must(strdup(accel));
	st->port = port;
	st->started = started;
	snprintf(st->hash, sizeof(st->hash), "%s", hash);
	st->argv = json_incref(argv);
	json_decref(root);
	return 0;
}

void state_free(struct vm_state *st)
{
	free(st->label);
	free(st->accel);
	json_decref(st->argv);
	*st = (struct vm_state){ 0 };
}

/*
 * The status of the VM in @dir. @st is the content of its state file, empty if there is none;
 * to be freed. @locked: the caller holds the lock, so no other process is starting the VM.
 */
enum vm_status state_inspect(const struct vm_dir *dir, struct vm_state *st, bool locked)
{
	char boot_id[BOOT_ID_SIZE];
	unsigned long long seen = 0;
	int err;

	for (;;) {
		err = state_load(dir->fd, st);
		if (err == -ENOENT)
			return VM_ABSENT;
		if (err)
			return VM_DAMAGED;
		proc_boot_id(boot_id);
		if (strcmp(boot_id, st->boot_id))
			return VM_REBOOTED;
		if (st->running)
			return proc_alive(st->pid, st->starttime) ? VM_RUNNING : VM_GONE;
		if (!locked && lock_is_held(dir))
			return VM_STARTING;
		/* the start may have ended after the file was read: read it again */
		if (locked || seen == st->starttime)
			return VM_INTERRUPTED;
		seen = st->starttime;
		state_free(st);
	}
}

/* Removes the files of a running VM from @dir. The logs stay. */
void state_clear(const struct vm_dir *dir)
{
	static const char *const names[] = {
		"state.json", "state.json.tmp", "qmp.sock", "console.sock",
		"agent.sock", "ssh_config",	"ssh.sock", "snapshot",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int err = remove_at(dir->fd, names[i]);

		if (err)
			say("cannot remove %s/%s: %s; remove it by hand", dir->path, names[i],
			    strerror(-err));
	}
}

/* The name of the VM for messages: its label, or else the last part of its directory's path. */
const char *state_label(const struct vm_dir *dir, const struct vm_state *st)
{
	const char *slash;

	if (st && st->label && *st->label)
		return st->label;
	slash = strrchr(dir->path, '/');
	return slash && slash[1] ? slash + 1 : dir->path;
}
