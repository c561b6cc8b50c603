// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Finding a text in the guest's output: match.c, and watch.c on a real file. */
#include "test.h"

/* The place in @stream where the text is complete for the first time; -1 if it is not. */
static int find(const char *text, const char *stream, size_t len)
{
	struct match m;
	int at = -1;

	match_init(&m, text);
	for (size_t i = 0; at < 0 && i < len; i++)
		if (match_byte(&m, stream[i]))
			at = i;
	match_free(&m);
	return at;
}

#define FIND(text, stream) find(text, stream, sizeof(stream) - 1)

static void finds(void **state)
{
	(void)state;
	assert_int_equal(FIND("ready", "ready"), 4);
	assert_int_equal(FIND("ready", "[ 1.0] not yet, now: ready\n"), 25);
	assert_int_equal(FIND("x", "abcx"), 3);
	assert_int_equal(FIND("two\nlines", "one two\r\nlines"), 13);
}

static void does_not_find(void **state)
{
	(void)state;
	assert_int_equal(FIND("ready", ""), -1);
	assert_int_equal(FIND("ready", "read read reaDy"), -1);
	assert_int_equal(FIND("ready", "rea\ndy"), -1);
}

/* A simple matcher that starts over at a mismatch misses these. */
static void finds_after_false_starts(void **state)
{
	(void)state;
	assert_int_equal(FIND("aab", "aaab"), 3);
	assert_int_equal(FIND("abab!", "ababab!"), 6);
	assert_int_equal(FIND("ready", "rereready"), 8);
}

static void ignores_cr_and_nul(void **state)
{
	(void)state;
	assert_int_equal(FIND("ready", "\0r\re\0a\r\rd\0\0y"), 11);
}

static void finds_again(void **state)
{
	static const char stream[] = "aXaXaXa";
	int hits = 0;
	struct match m;

	(void)state;
	match_init(&m, "aXa");
	for (const char *p = stream; *p; p++)
		hits += match_byte(&m, *p);
	assert_int_equal(hits, 3);
	match_free(&m);
}

static void finds_in_a_long_line(void **state)
{
	size_t len = 1 << 20;
	char *stream = must(malloc(len));

	(void)state;
	memset(stream, 'r', len);
	memcpy(stream + len - 5, "ready", 5);
	assert_int_equal(find("ready", stream, len), len - 1);
	free(stream);
}

/* The arguments of watch_wait() besides the log: a QEMU that runs, and no signals. */
struct scene {
	struct watch w;
	int log;
	int pidfd;
	int sigfd;
	pid_t qemu;
	int signo;
};

static void open_scene(struct scene *s, const struct vm_dir *dir)
{
	assert_int_equal(watch_open(&s->w, dir->fd, "ready"), 0);
	s->log = openat(dir->fd, "console.log", O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(s->log >= 0);
	s->sigfd = signals_open();
	assert_true(s->sigfd >= 0);
	s->qemu = fork();
	assert_true(s->qemu >= 0);
	if (!s->qemu)
		for (;;)
			pause();
	s->pidfd = proc_open(s->qemu);
	assert_true(s->pidfd >= 0);
}

static void close_scene(struct scene *s)
{
	kill(s->qemu, SIGKILL);
	waitpid(s->qemu, NULL, 0);
	close(s->pidfd);
	close(s->sigfd);
	close(s->log);
	watch_close(&s->w);
}

static void guest_says(struct scene *s, const char *text)
{
	assert_int_equal(write(s->log, text, strlen(text)), strlen(text));
}

static enum watch_result wait_for(struct scene *s, int64_t ms)
{
	return watch_wait(&s->w, s->pidfd, s->sigfd, now_ms() + ms, &s->signo);
}

static void watch_across_writes(void **state)
{
	struct scene s;

	open_scene(&s, *state);
	assert_int_equal(wait_for(&s, 1), WATCH_TIMEOUT);
	assert_false(s.w.heard);
	guest_says(&s, "\r\r");
	assert_int_equal(wait_for(&s, 1), WATCH_TIMEOUT);
	assert_false(s.w.heard);
	guest_says(&s, "booting\r\nrea");
	assert_int_equal(wait_for(&s, 1), WATCH_TIMEOUT);
	assert_true(s.w.heard);
	guest_says(&s, "dy\r\n");
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_READY);
	close_scene(&s);
}

static void watch_is_woken(void **state)
{
	struct scene s;
	pid_t guest;

	open_scene(&s, *state);
	guest = fork();
	assert_true(guest >= 0);
	if (!guest) {
		usleep(100000);
		_exit(write(s.log, "ready\n", 6) != 6);
	}
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_READY);
	assert_int_equal(end_of(guest), 0);
	close_scene(&s);
}

/* The text may cross the boundary of the buffer for the log. */
static void watch_across_buffers(void **state)
{
	struct scene s;

	open_scene(&s, *state);
	for (int i = 0; i < 8190; i++)
		guest_says(&s, "x");
	guest_says(&s, "ready");
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_READY);
	close_scene(&s);
}

static void watch_sees_panic(void **state)
{
	struct scene s;

	open_scene(&s, *state);
	guest_says(&s, "[    1.0] Kernel panic - not ");
	assert_int_equal(wait_for(&s, 1), WATCH_TIMEOUT);
	guest_says(&s, "syncing: VFS\r\n");
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_PANIC);
	close_scene(&s);
}

/* The first text counts, and the end of QEMU only when the whole log was read. */
static void watch_keeps_order(void **state)
{
	struct scene s;

	open_scene(&s, *state);
	guest_says(&s, "Kernel panic - not syncing: x\nready\n");
	kill(s.qemu, SIGKILL);
	proc_wait(s.pidfd, now_ms() + PATIENCE_MS);
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_PANIC);
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_READY);
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_EXITED);
	close_scene(&s);
}

static void watch_sees_exit(void **state)
{
	struct scene s;

	open_scene(&s, *state);
	guest_says(&s, "some words\n");
	kill(s.qemu, SIGKILL);
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_EXITED);
	close_scene(&s);
}

static void watch_sees_signal(void **state)
{
	struct scene s;

	open_scene(&s, *state);
	raise(SIGTERM);
	assert_int_equal(wait_for(&s, PATIENCE_MS), WATCH_SIGNAL);
	assert_int_equal(s.signo, SIGTERM);
	close_scene(&s);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, dir_setup, dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(does_not_find),
		cmocka_unit_test(finds_after_false_starts),
		cmocka_unit_test(ignores_cr_and_nul),
		cmocka_unit_test(finds_again),
		cmocka_unit_test(finds_in_a_long_line),
		IN_DIR(watch_across_writes),
		IN_DIR(watch_is_woken),
		IN_DIR(watch_across_buffers),
		IN_DIR(watch_sees_panic),
		IN_DIR(watch_keeps_order),
		IN_DIR(watch_sees_exit),
		IN_DIR(watch_sees_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
