// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The state file, and the status of a VM by it. */
#include <sys/stat.h>

#include "test.h"

/* The state of a VM whose QEMU is the process @pid. */
static void describe(struct vm_state *st, pid_t pid)
{
	char *const argv[] = { "qemu", "-append", "a \"b\" c", NULL };

	*st = (struct vm_state){
		.pid = pid,
		.starttime = start_of(pid),
		.running = true,
		.label = must(strdup("x-trixie")),
		.accel = must(strdup("tcg")),
		.port = 34567,
		.started = 1700000000,
		.hash = "0123456789abcdef",
		.argv = state_argv(argv),
	};
	proc_boot_id(st->boot_id);
}

/* Saves @st in @dir, frees it, and returns the result of state_inspect(). */
static enum vm_status inspect(const struct vm_dir *dir, struct vm_state *st, bool locked)
{
	enum vm_status status;
	struct vm_state now;

	assert_int_equal(state_save(dir->fd, st), 0);
	state_free(st);
	status = state_inspect(dir, &now, locked);
	state_free(&now);
	return status;
}

static void keeps_everything(void **state)
{
	struct vm_dir *dir = *state;
	struct vm_state a, b;

	describe(&a, getpid());
	assert_int_equal(state_save(dir->fd, &a), 0);
	assert_int_equal(state_load(dir->fd, &b), 0);
	assert_int_equal(a.pid, b.pid);
	assert_int_equal(a.starttime, b.starttime);
	assert_string_equal(a.boot_id, b.boot_id);
	assert_true(b.running);
	assert_string_equal(a.label, b.label);
	assert_string_equal(a.accel, b.accel);
	assert_int_equal(a.port, b.port);
	assert_int_equal(a.started, b.started);
	assert_string_equal(a.hash, b.hash);
	assert_true(json_equal(a.argv, b.argv));
	assert_false(exists(dir, "state.json.tmp"));
	state_free(&a);
	state_free(&b);
}

/* File names need not be UTF-8, JSON must. */
static void takes_any_bytes(void **state)
{
	char *const argv[] = { "caf\xe9", "caf\xc3\xa9", NULL };
	struct vm_dir *dir = *state;
	struct vm_state st;

	describe(&st, getpid());
	json_decref(st.argv);
	st.argv = state_argv(argv);
	free(st.label);
	st.label = must(strdup("\xff"));
	assert_int_equal(state_save(dir->fd, &st), 0);
	state_free(&st);
	assert_int_equal(state_load(dir->fd, &st), 0);
	assert_string_equal(st.label, "?");
	assert_string_equal(json_string_value(json_array_get(st.argv, 0)), "caf?");
	assert_string_equal(json_string_value(json_array_get(st.argv, 1)), "caf\xc3\xa9");
	state_free(&st);
}

static void finds_none(void **state)
{
	struct vm_dir *dir = *state;
	struct vm_state st;

	assert_int_equal(state_inspect(dir, &st, false), VM_ABSENT);
	state_free(&st);
}

/* Makes @json, which is freed, the state file of @dir. */
static void put_json(struct vm_dir *dir, json_t *json)
{
	char *text = json_dumps(json, 0);

	put(dir, "state.json", text);
	free(text);
	json_decref(json);
}

/* Every prefix of a good file is a damaged one, as is any with a wrong field. */
static void recognises_damage(void **state)
{
	static const char *const wrong[][2] = {
		{ "pid", "-1" },	  { "pid", "0" },	   { "pid", "1" },
		{ "pid", "99999999999" }, { "pid", "\"12\"" },	   { "pid", "1.5" },
		{ "starttime", "-5" },	  { "starttime", "null" }, { "phase", "\"dancing\"" },
		{ "phase", "1" },	  { "boot_id", "[]" },	   { "argv", "{}" },
		{ "argv", "\"qemu\"" },	  { "label", "3" },	   { "port", "\"x\"" },
		{ "hash", "false" },
	};
	struct vm_dir *dir = *state;
	struct vm_state st;
	json_t *good, *bad;
	char *text;
	size_t len;

	describe(&st, getpid());
	assert_int_equal(state_save(dir->fd, &st), 0);
	state_free(&st);
	text = get(dir, "state.json");
	len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		assert_int_equal(write_at(dir->fd, "state.json", text, i), 0);
		assert_int_equal(state_inspect(dir, &st, false), VM_DAMAGED);
		state_free(&st);
	}

	/* a copy of the directory is not the VM's */
	good = json_loads(text, 0, NULL);
	assert_non_null(good);
	bad = json_copy(good);
	json_object_set_new(bad, "directory",
			    json_integer(json_integer_value(json_object_get(good, "directory")) +
					 1));
	json_decref(good);
	put_json(dir, bad);
	assert_int_equal(state_inspect(dir, &st, false), VM_ABSENT);
	state_free(&st);

	good = json_loads(text, 0, NULL);
	assert_non_null(good);
	free(text);
	for (size_t i = 0; i < N_OF(wrong); i++) {
		bad = json_copy(good);
		json_object_set_new(bad, wrong[i][0],
				    json_loads(wrong[i][1], JSON_DECODE_ANY, NULL));
		put_json(dir, bad);
		assert_int_equal(state_inspect(dir, &st, false), VM_DAMAGED);
		assert_int_equal(st.pid, 0);
		state_free(&st);
	}
	json_decref(good);
}

static void knows_a_running_vm(void **state)
{
	struct vm_state st;

	describe(&st, getpid());
	assert_int_equal(inspect(*state, &st, false), VM_RUNNING);
}

static void knows_a_reused_pid(void **state)
{
	struct vm_state st;

	describe(&st, getpid());
	st.starttime--;
	assert_int_equal(inspect(*state, &st, false), VM_GONE);
	assert_int_equal(proc_open_same(getpid(), start_of(getpid()) - 1), -ESRCH);
}

static void knows_another_boot(void **state)
{
	struct vm_state st;

	describe(&st, getpid());
	strcpy(st.boot_id, "00000000-0000-0000-0000-000000000000");
	assert_int_equal(inspect(*state, &st, false), VM_REBOOTED);
}

static void knows_a_zombie_and_a_ghost(void **state)
{
	struct vm_dir *dir = *state;
	unsigned long long starttime;
	struct vm_state st, zombie;
	int pidfd;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		for (;;)
			pause();
	starttime = start_of(pid);
	describe(&st, pid);
	assert_int_equal(inspect(dir, &st, false), VM_RUNNING);
	pidfd = proc_open_same(pid, starttime);
	assert_true(pidfd >= 0);
	assert_false(proc_wait(pidfd, now_ms()));

	assert_int_equal(proc_signal(pidfd, SIGKILL), 0);
	assert_true(proc_wait(pidfd, now_ms() + PATIENCE_MS));
	close(pidfd);
	assert_int_equal(state_inspect(dir, &zombie, false), VM_GONE);
	state_free(&zombie);

	assert_int_equal(end_of(pid), 128 + SIGKILL);
	assert_int_equal(state_inspect(dir, &zombie, false), VM_GONE);
	state_free(&zombie);
	assert_int_equal(proc_open_same(pid, starttime), -ESRCH);
}

static void knows_a_start_that_goes_on(void **state)
{
	struct vm_dir *dir = *state;
	struct vm_state st;
	int lock;

	describe(&st, getpid());
	st.running = false;
	assert_int_equal(inspect(dir, &st, false), VM_INTERRUPTED);
	lock = lock_take(dir, "vm start", 0);
	assert_true(lock >= 0);
	assert_int_equal(state_inspect(dir, &st, false), VM_STARTING);
	state_free(&st);
	/* a caller that holds the lock knows that no other process starts the VM */
	assert_int_equal(state_inspect(dir, &st, true), VM_INTERRUPTED);
	state_free(&st);
	close(lock);
}

/* The name of a process may contain the separators of the fields after it. */
static void reads_odd_process_names(void **state)
{
	char name[] = "a) Z (b", status;
	unsigned long long starttime, again;
	long uptime;
	int to[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(to), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		int fd = open("/proc/self/comm", O_WRONLY);

		if (fd < 0 || write(fd, name, strlen(name)) < 0 || write(to[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(to[0], &c, 1), 1);
	assert_int_equal(proc_stat(pid, &status, &starttime), 0);
	assert_true(status == 'S' || status == 'R');
	assert_int_equal(proc_stat(getpid(), &status, &again), 0);
	assert_true(starttime >= again);
	uptime = proc_uptime(starttime);
	assert_true(uptime >= 0 && uptime <= proc_uptime(again));
	assert_true(proc_rss_mib(getpid()) > 0);
	kill(pid, SIGKILL);
	end_of(pid);
	close(to[0]);
	close(to[1]);
}

static void clears(void **state)
{
	static const char *const gone[] = { "state.json", "state.json.tmp", "qmp.sock",
					    "console.sock", "ssh_config" };
	struct vm_dir *dir = *state;

	for (size_t i = 0; i < N_OF(gone); i++)
		put(dir, gone[i], "x");
	put(dir, "console.log", "x");
	put(dir, "qemu.log", "x");
	state_clear(dir);
	for (size_t i = 0; i < N_OF(gone); i++)
		assert_false(exists(dir, gone[i]));
	assert_true(exists(dir, "console.log"));
	assert_true(exists(dir, "qemu.log"));
}

static void saves_whole_or_not_at_all(void **state)
{
	struct vm_dir *dir = *state;
	struct vm_state st, now;
	int full, err;

	describe(&st, getpid());
	assert_int_equal(state_save(dir->fd, &st), 0);
	/* the temporary file cannot be made: the old state must stay */
	assert_int_equal(mkdirat(dir->fd, "state.json.tmp", 0755), 0);
	st.port = 1;
	err = state_save(dir->fd, &st);
	assert_int_equal(err, -EISDIR);
	assert_int_equal(state_load(dir->fd, &now), 0);
	assert_int_equal(now.port, 34567);
	state_free(&now);
	assert_int_equal(unlinkat(dir->fd, "state.json.tmp", AT_REMOVEDIR), 0);

	/* the temporary file cannot be written */
	full = symlinkat("/dev/full", dir->fd, "state.json.tmp");
	assert_int_equal(full, 0);
	assert_int_equal(state_save(dir->fd, &st), -ENOSPC);
	assert_int_equal(state_load(dir->fd, &now), 0);
	assert_int_equal(now.port, 34567);
	state_free(&now);
	state_free(&st);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, dir_setup, dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(keeps_everything),
		IN_DIR(takes_any_bytes),
		IN_DIR(finds_none),
		IN_DIR(recognises_damage),
		IN_DIR(knows_a_running_vm),
		IN_DIR(knows_a_reused_pid),
		IN_DIR(knows_another_boot),
		IN_DIR(knows_a_zombie_and_a_ghost),
		IN_DIR(knows_a_start_that_goes_on),
		IN_DIR(reads_odd_process_names),
		IN_DIR(clears),
		IN_DIR(saves_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
