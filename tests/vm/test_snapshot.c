// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Saved states on disk: the key of a state, and the detection of damage. */
#define _GNU_SOURCE
#include <sys/stat.h>
#include <time.h>

#include "test.h"

static char dir[] = "/tmp/test-snapshot-XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return remove_at(AT_FDCWD, dir);
}

/* The key of a command line, of at most 8 words. */
static const char *key(const char *const argv[], unsigned int by)
{
	static char keys[4][33];
	static int next;
	struct snapshot snap;
	char *key = keys[next++ % 4];

	assert_int_equal(snapshot_init(&snap, dir, 100, (char *const *)argv, by), 0);
	strcpy(key, snap.key);
	snapshot_free(&snap);
	return key;
}

#define KEY(...)	 key((const char *const[]){ __VA_ARGS__, NULL }, 0)
#define CONTENT_KEY(...) key((const char *const[]){ __VA_ARGS__, NULL }, SNAPSHOT_BY_CONTENT)

static void test_key(void **state)
{
	char *image = format("%s/image", dir), *drive = format("if=none,file=%s,id=a", image);
	char *copy, *copy_drive;
	char before[33], content[33];
	struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	(void)state;
	assert_string_equal(KEY("qemu", "-m", "512"), KEY("qemu", "-m", "512"));
	assert_string_not_equal(KEY("qemu", "-m", "512"), KEY("qemu", "-m", "256"));
	assert_string_not_equal(KEY("qemu", "-m", "512"), KEY("qemu", "-m5", "12"));
	assert_string_not_equal(KEY("sh", "-m"), KEY("ls", "-m"));
	/* a file that was written to makes another key */
	assert_int_equal(write_at(AT_FDCWD, image, "x", 1), 0);
	strcpy(before, KEY("qemu", "-drive", drive));
	strcpy(content, CONTENT_KEY("qemu", "-drive", drive));
	assert_string_equal(before, KEY("qemu", "-drive", drive));
	assert_int_equal(utimensat(AT_FDCWD, image, times, 0), 0);
	assert_string_not_equal(before, KEY("qemu", "-drive", drive));
	assert_string_equal(content, CONTENT_KEY("qemu", "-drive", drive));
	assert_int_equal(write_at(AT_FDCWD, image, "y", 1), 0);
	assert_string_not_equal(content, CONTENT_KEY("qemu", "-drive", drive));
	/* a copy at another path */
	copy = format("%s/copy", dir);
	copy_drive = format("if=none,file=%s,id=a", copy);
	assert_int_equal(write_at(AT_FDCWD, copy, "y", 1), 0);
	assert_string_equal(CONTENT_KEY("qemu", "-drive", drive),
			    CONTENT_KEY("qemu", "-drive", copy_drive));
	assert_string_not_equal(KEY("qemu", "-drive", drive), KEY("qemu", "-drive", copy_drive));
	free(copy);
	free(copy_drive);
	free(image);
	free(drive);
}

/* Saves memory of 1 MiB and some bytes, with something at 100 and at its end. */
static void save(struct snapshot *snap, char *const argv[], unsigned int by, bool second)
{
	char *vm_path = format("%s/vm", dir), *ram_path = format("%s/memory", dir);
	int ram, vm_dir;

	assert_int_equal(make_dirs(vm_path, 0777), 0);
	vm_dir = open(vm_path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(write_at(vm_dir, "console.log", "ready\n", 6), 0);
	ram = open(ram_path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	assert_int_equal(ftruncate(ram, (1 << 20) + 5), 0);
	assert_int_equal(pwrite(ram, "guest", 5, 100), 5);
	assert_int_equal(pwrite(ram, "end", 3, (1 << 20) + 2), 3);

	assert_int_equal(snapshot_init(snap, dir, 100, argv, by), 0);
	snap->second = second;
	assert_int_equal(snapshot_begin(snap), 0);
	assert_int_equal(snapshot_copy_ram(snap, ram), 0);
	snap->state = strdup("devices");
	snap->state_len = 7;
	snap->made = strdup("QEMU 1 on a");
	assert_int_equal(snapshot_commit(snap, vm_dir, "a VM"), 0);
	close(ram);
	close(vm_dir);
	free(vm_path);
	free(ram_path);
}

static void test_saved(void **state)
{
	char *argv[] = { "qemu", NULL }, *why;
	struct snapshot snap, again;

	(void)state;
	assert_int_equal(snapshot_init(&snap, dir, 100, argv, false), 0);
	assert_int_equal(snapshot_open(&snap, &why), -ENOENT);
	snapshot_free(&snap);

	save(&snap, argv, 0, false);
	/* while one process saves the state, no other does */
	assert_int_equal(snapshot_init(&again, dir, 100, argv, false), 0);
	assert_int_equal(snapshot_begin(&again), -EBUSY);
	snapshot_free(&snap);
	assert_int_equal(snapshot_open(&again, &why), 0);
	assert_memory_equal(again.state, "devices", 7);
	assert_int_equal(snapshot_check_ram(&again), 0);
	snapshot_free(&again);
}

/* The result of snapshot_open() and then snapshot_check_ram() for the state of "qemu". */
static int look(char *why_text)
{
	char *argv[] = { "qemu", NULL }, *why;
	struct snapshot snap;
	int err;

	assert_int_equal(snapshot_init(&snap, dir, 100, argv, false), 0);
	err = snapshot_open(&snap, &why);
	snprintf(why_text, 128, "%s", why ? why : "");
	free(why);
	if (!err)
		err = snapshot_check_ram(&snap);
	snapshot_free(&snap);
	return err;
}

static void test_damaged(void **state)
{
	char *argv[] = { "qemu", NULL }, why[128], *path, *file;
	struct snapshot snap;
	int fd;

	(void)state;
	save(&snap, argv, 0, false);
	path = snapshot_path(&snap);
	file = format("%s/ram", path);
	assert_int_equal(look(why), 0);

	/* a byte of the memory, one in a hole, and the hole filled with zeros: the same memory */
	fd = open(file, O_RDWR);
	assert_int_equal(pwrite(fd, "\0", 1, 300000), 1);
	assert_int_equal(look(why), 0);
	assert_int_equal(pwrite(fd, "G", 1, 100), 1);
	assert_int_equal(look(why), -EINVAL);
	assert_int_equal(pwrite(fd, "g", 1, 100), 1);
	assert_int_equal(look(why), 0);
	assert_int_equal(pwrite(fd, "x", 1, 500000), 1);
	assert_int_equal(look(why), -EINVAL);
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	assert_int_equal(look(why), -EINVAL);
	assert_string_equal(why, "the guest's memory has been cut short");
	close(fd);

	snapshot_remove(&snap);
	assert_int_equal(look(why), -ENOENT);
	snapshot_free(&snap);
	free(file);
	free(path);
}

/* Whether the state of "qemu" replaces one that failed; -1: there is none. */
static int second(void)
{
	char *argv[] = { "qemu", NULL }, *why;
	struct snapshot snap;
	int result;

	assert_int_equal(snapshot_init(&snap, dir, 100, argv, false), 0);
	result = snapshot_open(&snap, &why) ? -1 : snap.second;
	free(why);
	snapshot_free(&snap);
	return result;
}

/* A state that replaces one that failed is told from others, until it is restored. */
static void test_second(void **state)
{
	char *argv[] = { "qemu", NULL };
	struct snapshot snap;

	(void)state;
	save(&snap, argv, 0, false);
	assert_int_equal(second(), 0);
	snapshot_free(&snap);
	save(&snap, argv, 0, true);
	assert_int_equal(second(), 1);
	snapshot_prove(&snap);
	assert_int_equal(second(), 0);
	snapshot_free(&snap);
}

/* No state is saved for a day after a note, and the next one counts as the second. */
static void test_condemned(void **state)
{
	const struct timespec before = { .tv_sec = time(NULL) - 2 * 24 * 60 * 60 };
	char *argv[] = { "qemu", NULL }, why[128], *path, *meta, *reason;
	struct snapshot snap;

	(void)state;
	save(&snap, argv, 0, false);
	snapshot_condemn(&snap, "it \"hangs\"");
	snapshot_free(&snap);
	assert_int_equal(look(why), -ENOTSUP);
	assert_string_equal(why, "it \"hangs\"");

	assert_int_equal(snapshot_init(&snap, dir, 100, argv, false), 0);
	path = snapshot_path(&snap);
	meta = format("%s/meta.json", path);
	assert_int_equal(utimensat(AT_FDCWD, meta, (struct timespec[]){ before, before }, 0), 0);
	assert_int_equal(snapshot_open(&snap, &reason), -ENOENT);
	assert_true(snap.second);
	snapshot_free(&snap);
	free(meta);
	free(path);
}

static void test_private(void **state)
{
	static const char *const files[] = { "ram", "state", "console.log", "meta.json" };
	char *argv[] = { "qemu", NULL }, why[128], *path;
	mode_t mask = umask(0);
	struct snapshot snap;
	struct stat st;

	(void)state;
	save(&snap, argv, 0, false);
	umask(mask);
	path = snapshot_path(&snap);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	for (size_t i = 0; i < N_OF(files); i++) {
		assert_int_equal(fstatat(snap.fd, files[i], &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	/* other users could have written the state */
	assert_int_equal(chmod(path, 0770), 0);
	assert_int_equal(look(why), -EPERM);
	assert_contains(why, "others may write to ");
	assert_int_equal(chmod(path, 0700), 0);
	if (!geteuid()) {
		assert_int_equal(chown(path, 12345, -1), 0);
		assert_int_equal(look(why), -EPERM);
		assert_contains(why, "belongs to another user (uid 12345)");
	}
	snapshot_free(&snap);
	free(path);
}

/* What shared_fetch() says in a checkout that has no states, with the QEMU @qemu. */
static int fetch(const char *qemu, const char *shared, char *why_text)
{
	char *argv[] = { (char *)qemu, "-m", NULL }, *own = format("%s/own", dir), *why;
	struct snapshot snap;
	int err;

	assert_int_equal(remove_at(AT_FDCWD, own), 0);
	assert_int_equal(snapshot_init(&snap, own, 100, argv, SNAPSHOT_BY_CONTENT), 0);
	err = shared_fetch(&snap, shared, "a VM", &why);
	snprintf(why_text, 256, "%s", why ? why : "");
	free(why);
	if (!err) {
		assert_int_equal(snapshot_open(&snap, &why), 0);
		assert_memory_equal(snap.state, "devices", 7);
		assert_int_equal(snapshot_check_ram(&snap), 0);
		assert_string_equal(snap.made, "QEMU 1 on a");
	}
	snapshot_free(&snap);
	free(own);
	return err;
}

static void test_shared(void **state)
{
	char *shared = format("%s/shared", dir), *kind, *path, *ram, *why, text[256];
	char *argv[] = { "sh", "-m", NULL };
	struct snapshot snap;
	int fd;

	(void)state;
	assert_int_equal(fetch("sh", shared, text), -ENOENT);
	save(&snap, argv, SNAPSHOT_BY_CONTENT, false);
	assert_int_equal(shared_publish(&snap, shared, "a VM", &why), 0);
	/* it is there */
	assert_int_equal(shared_publish(&snap, shared, "a VM", &why), 0);
	assert_int_equal(fetch("sh", shared, text), 0);

	assert_int_equal(fetch("ls", shared, text), -ENOTSUP);
	assert_string_equal(
		text,
		"this machine has another QEMU or CPU than the one that made it: QEMU 1 on a");

	kind = format("%s/%s", shared, snap.kind);
	path = format("%s/%s", kind, snap.key);
	ram = format("%s/ram", path);
	fd = open(ram, O_RDWR);
	assert_int_equal(pwrite(fd, "G", 1, 100), 1);
	assert_int_equal(fetch("sh", shared, text), -EINVAL);
	assert_string_equal(text, "the guest's memory is not what was saved");
	/* in place of a state that could not be restored */
	snap.second = true;
	assert_int_equal(shared_publish(&snap, shared, "a VM", &why), 0);
	assert_int_equal(fetch("sh", shared, text), 0);
	close(fd);

	/* others could have written to it, at any level */
	for (int i = 0; i < 3; i++) {
		const char *part = i == 0 ? shared : i == 1 ? kind : path;

		assert_int_equal(chmod(part, 0720), 0);
		assert_int_equal(fetch("sh", shared, text), -EPERM);
		assert_contains(text, "others may write to ");
		assert_int_equal(chmod(part, 0700), 0);
		if (!geteuid()) {
			assert_int_equal(chown(part, 12345, -1), 0);
			assert_int_equal(fetch("sh", shared, text), -EPERM);
			assert_contains(text, "belongs to another user (uid 12345)");
			assert_int_equal(chown(part, 0, -1), 0);
		}
	}
	assert_int_equal(fetch("sh", shared, text), 0);
	snapshot_free(&snap);
	free(shared);
	free(kind);
	free(path);
	free(ram);
}

static void test_network(void **state)
{
	int fd = open(dir, O_RDONLY);

	(void)state;
	assert_string_equal(dir_network_name(0x6969), "NFS");
	assert_string_equal(dir_network_name(0xff534d42), "CIFS");
	assert_null(dir_network_name(0xef53));
	assert_null(dir_network(fd));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_key, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_saved, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_damaged, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_second, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_condemned, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_private, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_shared, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_network, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
