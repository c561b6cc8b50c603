// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Logs and templates, and the small functions of util.c. */
#include <sys/stat.h>

#include "test.h"

static void assert_clean(const char *text, size_t len, const char *want)
{
	char buf[256];

	assert_true(len < sizeof(buf));
	memcpy(buf, text, len);
	assert_int_equal(text_clean(buf, len), strlen(want));
	assert_string_equal(buf, want);
}

#define ASSERT_CLEAN(text, want) assert_clean(text, sizeof(text) - 1, want)

static void cleans(void **state)
{
	(void)state;
	ASSERT_CLEAN("", "");
	ASSERT_CLEAN("a\tb\r\nc\0d", "a\tb\ncd");
	ASSERT_CLEAN("\033[1;31mred\033[0m \033[6n", "red ");
	ASSERT_CLEAN("\033]0;title\aafter", "after");
	ASSERT_CLEAN("\033]0;title\033\\after", "after");
	ASSERT_CLEAN("\033(B\033=\033cx", "x");
	ASSERT_CLEAN("\033Pnever ended\nnext line", "\nnext line");
	ASSERT_CLEAN("caf\xc3\xa9 \x7f\x08", "caf\xc3\xa9 ");
	ASSERT_CLEAN("cut off \033[", "cut off ");
	/* C1 control characters, in UTF-8 and as bytes */
	ASSERT_CLEAN("\xc2\x9b"
		     "31mred\xc2\x9bm \x9b"
		     "6nx",
		     "red x");
	ASSERT_CLEAN("a\xc2\x9d"
		     "0;title\xc2\x9c"
		     "b\x90"
		     "1$r\x9c"
		     "c\xc2\x85"
		     "d\x84",
		     "abcd");
	ASSERT_CLEAN("\033]0;caf\xc3\xa9\aafter", "after");
	/* other characters stay, whatever bytes are in them; invalid bytes do not */
	ASSERT_CLEAN("\xe2\x9b\x84 \xf0\x9f\x90\x9d \xc2\xa0",
		     "\xe2\x9b\x84 \xf0\x9f\x90\x9d \xc2\xa0");
	ASSERT_CLEAN("\xff\xc3(\xed\xa0\xbf\xc0\xaf \xe2\x82", "?"
							       "?("
							       "?????"
							       " ?");
	ASSERT_CLEAN("\xe2\x9b"
		     "31m",
		     "?");
}

static void assert_tail(const struct vm_dir *dir, const char *text, int lines, const char *want)
{
	char *tail;

	put(dir, "log", text);
	tail = text_tail(dir->fd, "log", lines);
	assert_string_equal(tail, want);
	free(tail);
}

static void takes_the_tail(void **state)
{
	struct vm_dir *dir = *state;
	char *tail;

	assert_tail(dir, "", 3, "");
	assert_tail(dir, "\n\n", 3, "");
	assert_tail(dir, "one", 3, "one");
	assert_tail(dir, "one\n", 1, "one");
	assert_tail(dir, "one\ntwo\nthree\n", 2, "two\nthree");
	assert_tail(dir, "one\ntwo\nthree", 3, "one\ntwo\nthree");
	assert_tail(dir, "one\r\ntwo\r\n\r\n", 1, "two");
	assert_tail(dir, "one\n\nthree\n", 2, "\nthree");
	tail = text_tail(dir->fd, "none", 3);
	assert_string_equal(tail, "");
	free(tail);
}

/* A log may be larger than the memory. */
static void takes_the_tail_of_a_large_file(void **state)
{
	struct vm_dir *dir = *state;
	char *tail;
	int fd;

	fd = openat(dir->fd, "log", O_WRONLY | O_CREAT, 0644);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)8 << 30), 0);
	assert_true(lseek(fd, 0, SEEK_END) > 0);
	assert_true(dprintf(fd, "\nlast but one\nlast\n") > 0);
	close(fd);
	tail = text_tail(dir->fd, "log", 2);
	assert_string_equal(tail, "last but one\nlast");
	free(tail);
}

static void finds_the_panic(void **state)
{
	struct vm_dir *dir = *state;
	char *text = must(strdup("")), *more, *lines;

	assert_null(text_panic(dir->fd));
	for (int i = 1; i < 100; i++) {
		more = format("%sline %d\r\n%s", text, i,
			      i == 50 ? "[ 1.0] Kernel panic - not syncing: VFS\r\n" :
			      i == 90 ? "[ 1.1] ---[ end Kernel panic - not syncing: VFS ]---\r\n" :
					"");
		free(text);
		text = more;
	}
	put(dir, "console.log", text);
	free(text);
	lines = text_panic(dir->fd);
	assert_non_null(lines);
	assert_int_equal(strncmp(lines, "line 41\n", 8), 0);
	assert_contains(lines, "line 50\n[ 1.0] Kernel panic - not syncing: VFS\nline 51\n");
	assert_lacks(lines, "line 70");
	free(lines);

	put(dir, "console.log", "Kernel panic\nnot syncing\n");
	assert_null(text_panic(dir->fd));
}

static void assert_substituted(const char *text, const char *want)
{
	const char *const pairs[] = { "@PORT@", "34567", "@DIR@", "/a b/@PORT@", NULL };
	char *got = text_substitute(text, pairs);

	assert_string_equal(got, want);
	free(got);
}

static void substitutes(void **state)
{
	(void)state;
	assert_substituted("", "");
	assert_substituted("Host vm\n", "Host vm\n");
	assert_substituted("Port @PORT@\nPort @PORT@", "Port 34567\nPort 34567");
	assert_substituted("@@PORT@@", "@34567@");
	assert_substituted("root@host @PORT @OTHER@ @", "root@host @PORT @OTHER@ @");
	/* a replacement is not searched again */
	assert_substituted("\"@DIR@/x\"", "\"/a b/@PORT@/x\"");
}

static void reads_seconds(void **state)
{
	static const char *const wrong[] = {
		"", "x", "12x", "-1", "0", "nan", "inf", "1e9", "1 2", "0.0001",
	};
	int64_t ms;

	(void)state;
	assert_int_equal(parse_seconds("--timeout", "120", &ms), 0);
	assert_int_equal(ms, 120000);
	assert_int_equal(parse_seconds("--timeout", "0.25", &ms), 0);
	assert_int_equal(ms, 250);
	for (size_t i = 0; i < N_OF(wrong); i++)
		assert_int_equal(parse_seconds("--timeout", wrong[i], &ms), -EINVAL);
}

static void tells_command_lines_apart(void **state)
{
	(void)state;
	assert_true(hash_bytes(0, "ab\0c", 5) == hash_bytes(hash_bytes(0, "ab", 3), "c", 2));
	assert_true(hash_bytes(0, "ab\0c", 5) != hash_bytes(0, "a\0bc", 5));
}

static void removes_trees_but_follows_no_link(void **state)
{
	struct vm_dir *dir = *state;

	assert_int_equal(mkdirat(dir->fd, "keep", 0755), 0);
	put(dir, "keep/file", "x");
	assert_int_equal(mkdirat(dir->fd, "pushed", 0755), 0);
	assert_int_equal(mkdirat(dir->fd, "pushed/sub", 0755), 0);
	put(dir, "pushed/sub/a", "x");
	put(dir, "pushed/.b", "x");
	assert_int_equal(symlinkat("../keep", dir->fd, "pushed/link"), 0);
	assert_int_equal(remove_at(dir->fd, "pushed"), 0);
	assert_false(exists(dir, "pushed"));
	assert_true(exists(dir, "keep/file"));
	assert_int_equal(remove_at(dir->fd, "pushed"), 0);
}

static void makes_directories(void **state)
{
	struct vm_dir *dir = *state;
	char *path = format("%s/a b/c//d/", dir->path);
	struct stat st;

	assert_int_equal(make_dirs(path, 0700), 0);
	assert_int_equal(make_dirs(path, 0777), 0);
	assert_int_equal(fstatat(dir->fd, "a b/c/d", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	free(path);
	put(dir, "file", "x");
	path = format("%s/file/sub", dir->path);
	assert_int_equal(make_dirs(path, 0777), -ENOTDIR);
	free(path);
}

static void reads_files(void **state)
{
	struct vm_dir *dir = *state;
	char *big = must(malloc(100000)), *text;
	size_t len;

	memset(big, 'x', 100000);
	assert_int_equal(write_at(dir->fd, "big", big, 100000), 0);
	assert_int_equal(read_at(dir->fd, "big", 100000, &text, &len), 0);
	assert_int_equal(len, 100000);
	assert_memory_equal(text, big, len);
	free(text);
	free(big);
	assert_int_equal(read_at(dir->fd, "big", 99999, &text, &len), -EFBIG);
	assert_int_equal(read_at(dir->fd, "none", 10, &text, &len), -ENOENT);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, dir_setup, dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleans),
		IN_DIR(takes_the_tail),
		IN_DIR(takes_the_tail_of_a_large_file),
		IN_DIR(finds_the_panic),
		cmocka_unit_test(substitutes),
		cmocka_unit_test(reads_seconds),
		cmocka_unit_test(tells_command_lines_apart),
		IN_DIR(removes_trees_but_follows_no_link),
		IN_DIR(makes_directories),
		IN_DIR(reads_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
