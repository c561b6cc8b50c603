// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * vm start, stop, probe and the rest as commands, with this very program in the place of QEMU:
 * "test_start fake SCRIPT", where each word of SCRIPT is an action. The bats files test real
 * VMs; these are tests of rare failures.
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "test.h"

#define PANIC "[    2.0] what led to it\r\n[    2.1] Kernel panic - not syncing: no init\r\n"

/* -- the fake QEMU; it runs in the VM's directory -- */

static void guest_says(const char *text)
{
	int fd = open("console.log", O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(90);
	close(fd);
}

/* Prints more than any limit; must not be killed when the limit is reached. */
static void say_much(void)
{
	char text[4096];
	int fd = open("console.log", O_WRONLY | O_APPEND);

	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 1000; i++)
		if (write(fd, text, sizeof(text)) < 0 && errno != EFBIG)
			_exit(95);
	close(fd);
}

/* Writes the pid to a file, then to the fifo of a test that waits for it, if there is one. */
static void tell_pid(void)
{
	int fd = open("pids", O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (fd < 0 || dprintf(fd, "%d\n", getpid()) < 0)
		_exit(91);
	close(fd);
	fd = open("started", O_WRONLY);
	if (fd < 0)
		return;
	if (dprintf(fd, "%d", getpid()) < 0)
		_exit(92);
	close(fd);
}

static int listen_qmp(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX, .sun_path = "qmp.sock" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1))
		_exit(93);
	return fd;
}

/* Answers commands for ever; @quits: ends at the command quit. */
static void __attribute__((noreturn)) serve_qmp(int listener, bool quits)
{
	static const char usernet[] =
		"TCP[HOST_FORWARD]  11       127.0.0.1 42419       10.0.2.15    22     0     0\\r\\n";
	char line[4096];

	/* as QEMU does: vm may only see whether it is there */
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL), id;
		FILE *f = fd < 0 ? NULL : fdopen(fd, "r+");

		if (!f)
			_exit(94);
		fputs("{\"QMP\": {}}\r\n", f);
		fflush(f);
		while (fgets(line, sizeof(line), f)) {
			const char *p = strstr(line, "\"id\":");

			id = p ? atoi(p + 5) : 0;
			if (strstr(line, "\"quit\"") && quits)
				_exit(0);
			if (strstr(line, "\"flood\""))
				say_much();
			fprintf(f, "{\"return\": \"%s\", \"id\": %d}\r\n",
				strstr(line, "usernet") ? usernet : "", id);
			fflush(f);
		}
		fclose(f);
	}
}

/* A word that this program does not know must not pass for one that does nothing. */
#define NO_SUCH_WORD 97

static void __attribute__((noreturn)) hang(void)
{
	for (;;)
		pause();
}

/*
 * Does what @word of a script says; returns 0, or the status that the fake QEMU ends with.
 * @restored: vm has started it to be restored.
 */
static int fake_word(const char *word, bool restored)
{
	static int listener = -1;

	if (!strcmp(word, "listen")) { /* make qmp.sock */
		listener = listen_qmp();
	} else if (!strcmp(word, "serve")) { /* answer QMP commands, end at "quit" */
		serve_qmp(listener, true);
	} else if (!strcmp(word, "serve-no-quit")) { /* the same, but ignore "quit" */
		serve_qmp(listener, false);
	} else if (!strcmp(word, "boot")) { /* the guest prints its first line */
		guest_says("[    0.0] booting\r\n");
	} else if (!strcmp(word, "ready")) { /* its last one, in two pieces */
		guest_says("ebpf-testbench: rea");
		guest_says("dy\r\n");
	} else if (!strcmp(word, "panic")) { /* the guest's kernel panics */
		guest_says(PANIC);
	} else if (!strcmp(word, "escapes")) { /* escape sequences of a terminal */
		guest_says("a \033]0;evil\atitle\xc2\x9b"
			   "2J, ");
	} else if (!strcmp(word, "hang")) {
		hang();
	} else if (!strcmp(word, "hang-restored")) {
		if (restored)
			hang();
	} else if (!strcmp(word, "refuse-state")) {
		if (restored) {
			fprintf(stderr, "fake: cannot load that state\n");
			return 1;
		}
	} else if (!strcmp(word, "port-in-use")) { /* QEMU's words about it */
		fprintf(stderr, "fake: Could not set up host forwarding rule 'tcp::5-:22'\n");
	} else if (!strcmp(word, "fail")) {
		fprintf(stderr, "fake: warning: of no matter\nfake: something is wrong\n");
		return 3;
	} else if (!strcmp(word, "be-killed")) {
		raise(SIGKILL);
	} else {
		fprintf(stderr, "fake: there is no word '%s'\n", word);
		return NO_SUCH_WORD;
	}
	return 0;
}

/*
 * QEMU, as "PROGRAM [OPTION]... fake SCRIPT [OPTION]...": does the words of SCRIPT one after
 * another, and then ends. "parent" before all others: the directory above this one is the
 * test's. @at: the place of SCRIPT in @argv.
 */
static int fake(int argc, char **argv, int at)
{
	bool restored = !strcmp(argv[argc - 2], "-incoming");
	char *save = NULL, *word;
	int status = 0;

	word = strtok_r(argv[at], " ", &save);
	if (word && !strcmp(word, "parent")) {
		if (chdir(".."))
			return 98;
		word = strtok_r(NULL, " ", &save);
	}
	tell_pid();
	for (; word && !status; word = strtok_r(NULL, " ", &save))
		status = fake_word(word, restored);
	return status;
}

/* -- the tests -- */

#define FAKE(script) "--", "/proc/self/exe", "fake", script, NULL
/* clang-format off */
#define START(dir, ...)	(char *[]){ "vm start", "--dir", (char *)(dir)->path, \
				    "--label", "x-trixie", __VA_ARGS__ }
#define STOP(dir, ...)	(char *[]){ "vm stop", "--dir", (char *)(dir)->path, __VA_ARGS__ }
#define PROBE(dir, ...)	(char *[]){ "vm probe", "--dir", (char *)(dir)->path, __VA_ARGS__ }
/* clang-format on */

/* The pid of the last fake QEMU that ran, and how many there were. */
static pid_t last_pid(const struct vm_dir *dir, int *count)
{
	char *text = get(dir, "pids"), *save = NULL;
	pid_t pid = 0;

	*count = 0;
	for (char *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
		pid = atoi(p);
		++*count;
	}
	free(text);
	return pid;
}

/* Asserts that no fake QEMU runs, and that no file of a running VM is left. */
static void assert_nothing_runs(const struct vm_dir *dir)
{
	int count;

	assert_false(pid_alive(last_pid(dir, &count)));
	assert_false(exists(dir, "state.json"));
	assert_false(exists(dir, "qmp.sock"));
	assert_false(exists(dir, "ssh_config"));
	assert_false(lock_is_held(dir));
}

static void assert_status(const struct vm_dir *dir, enum vm_status want)
{
	struct vm_state st;

	assert_int_equal(state_inspect(dir, &st, false), want);
	state_free(&st);
}

static void assert_start(const struct vm_dir *dir, const char *script, int code, const char *words)
{
	char *output;
	int ret;

	ret = run(dir, cmd_start, START(dir, FAKE((char *)script)), &output);
	assert_contains(output, words);
	assert_int_equal(ret, code);
	free(output);
	if (code)
		assert_nothing_runs(dir);
}

static void assert_stop(const struct vm_dir *dir, const char *words)
{
	char *output;

	assert_int_equal(run(dir, cmd_stop, STOP(dir, NULL), &output), VM_EXIT_OK);
	assert_contains(output, words);
	free(output);
	assert_nothing_runs(dir);
}

static void qemu_exits(void **state)
{
	struct vm_dir *dir = *state;

	assert_start(dir, "fail", VM_EXIT_QEMU,
		     "exit status 3:\n    | fake: warning: of no matter\n"
		     "    | fake: something is wrong\n");
	assert_start(dir, "boot fail", VM_EXIT_QEMU, "    | [    0.0] booting");
	assert_start(dir, "", VM_EXIT_QEMU, "exit status 0 and said nothing");
	assert_start(dir, "", VM_EXIT_QEMU, "more memory (MEM=)");
	assert_start(dir, "be-killed", VM_EXIT_QEMU, "signal 9 (Killed)");
	assert_start(dir, "port-in-use fail", VM_EXIT_QEMU, "SSH_PORT=");
	/* ready, but ended before it can be asked for its port */
	assert_start(dir, "ready fail", VM_EXIT_QEMU, "something is wrong");
	assert_true(exists(dir, "console.log"));
}

static void qemu_is_missing(void **state)
{
	struct vm_dir *dir = *state;
	char *output;

	assert_int_equal(run(dir, cmd_start, START(dir, "--", "/nowhere/qemu", NULL), &output),
			 VM_EXIT_QEMU);
	assert_contains(output, "cannot run /nowhere/qemu: No such file");
	free(output);
	assert_false(exists(dir, "state.json"));
}

static void guest_panics(void **state)
{
	struct vm_dir *dir = *state;

	assert_start(dir, "boot panic", VM_EXIT_PANIC,
		     "    | [    0.0] booting\n"
		     "    | [    2.0] what led to it\n    | [    2.1] Kernel panic");
	/* a kernel that does not end QEMU after the panic */
	assert_start(dir, "boot panic hang", VM_EXIT_PANIC, "the guest's kernel panicked");
}

/*
 * Runs @command with a @timeout, a word of @argv, that grows until the output has @words: the
 * fake needs longer on a busy machine.
 */
static int run_for(const struct vm_dir *dir, command_fn command, char **argv, char timeout[16],
		   const char *words)
{
	char *output;
	bool found;
	int ret;

	for (int ms = 200;; ms *= 2) {
		snprintf(timeout, 16, "%g", ms / 1000.0);
		ret = run(dir, command, argv, &output);
		found = strstr(output, words);
		if (!found && ms > PATIENCE_MS)
			fail_msg("'%s' is not in: %s", words, output);
		free(output);
		if (found)
			return ret;
	}
}

static void nothing_is_heard(void **state)
{
	struct vm_dir *dir = *state;
	char *output, timeout[16];

	assert_int_equal(run(dir, cmd_start, START(dir, "--timeout", "0.2", FAKE("hang")), &output),
			 VM_EXIT_TIMEOUT);
	assert_contains(output, "within 0.2 s the guest printed nothing at all");
	assert_contains(output, "VM_TIMEOUT=");
	free(output);
	assert_nothing_runs(dir);

	assert_int_equal(run_for(dir, cmd_start,
				 START(dir, "--timeout", timeout, FAKE("boot hang")), timeout,
				 "did not say that it is ready. Its console:\n"
				 "    | [    0.0] booting\n"),
			 VM_EXIT_TIMEOUT);
	assert_nothing_runs(dir);
}

static void says_what_it_waits_for(void **state)
{
	struct vm_dir *dir = *state;
	char *output;

	assert_int_equal(run(dir, cmd_start, START(dir, "--timeout", "2.1", FAKE("hang")), &output),
			 VM_EXIT_TIMEOUT);
	assert_contains(output, "  VM       x-trixie: waiting for \"ebpf-testbench: ready\"");
	free(output);
}

static void starts_once(void **state)
{
	struct vm_dir *dir = *state;
	struct vm_state st;
	char *output, *text, *want, *template;
	int count;

	/* files of an earlier VM, which must not be taken for this one's */
	put(dir, "console.log", "Kernel panic - not syncing: long ago\nebpf-testbench: ready\n");
	put(dir, "qmp.sock", "");
	put(dir, "ssh_config", "old");
	assert_int_equal(mkdirat(dir->fd, "pushed", 0755), 0);
	put(dir, "pushed/stamp", "");

	put(dir, "template", "Port @PORT@\nFile \"@DIR@/key\"\n");
	template = format("%s/template", dir->path);
	assert_int_equal(run(dir, cmd_start,
			     START(dir, "--accel", "tcg", "--ssh-config", template,
				   FAKE("listen boot ready serve")),
			     &output),
			 VM_EXIT_OK);
	assert_contains(output, "  VM       x-trixie ready in ");
	assert_contains(output, " s (tcg, ssh port 42419)\n");
	free(output);

	text = get(dir, "ssh_config");
	want = format("Port 42419\nFile \"%s/key\"\n", dir->path);
	assert_string_equal(text, want);
	free(text);
	free(want);
	assert_false(exists(dir, "pushed"));
	assert_int_equal(state_inspect(dir, &st, false), VM_RUNNING);
	assert_int_equal(st.pid, last_pid(dir, &count));
	assert_int_equal(getsid(st.pid), st.pid);
	assert_int_equal(st.port, 42419);
	assert_string_equal(st.accel, "tcg");
	state_free(&st);

	/* again: no output, and no second QEMU */
	assert_start(dir, "listen boot ready serve", VM_EXIT_OK, "");
	text = get(dir, "output");
	assert_string_equal(text, "");
	free(text);
	assert_start(dir, "listen ready serve", VM_EXIT_OK,
		     "note: x-trixie runs with another command line");
	last_pid(dir, &count);
	assert_int_equal(count, 1);

	assert_stop(dir, "  VM       x-trixie stopped\n");
	assert_stop(dir, "not running");
	assert_true(exists(dir, "console.log"));
	free(template);
}

/* A VM of which nobody has seen the guest ready yet is started anew, too. */
static void early_is_reset(void **state)
{
	struct vm_dir *dir = *state;
	char *output;
	int count;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(run(dir, cmd_start,
				     START(dir, i ? "--reset" : "--early",
					   FAKE("listen ready serve")),
				     &output),
				 VM_EXIT_OK);
		free(output);
	}
	last_pid(dir, &count);
	assert_int_equal(count, 2);
	assert_stop(dir, "stopped");
}

/* A VM that runs an older kernel than the one at hand is ended. */
static void kernel_is_newer(void **state)
{
	const struct timespec later[2] = { { .tv_nsec = UTIME_OMIT },
					   { .tv_sec = time(NULL) + 3600 } };
	const struct timespec ready[2] = { { .tv_nsec = UTIME_OMIT },
					   { .tv_sec = time(NULL) + 7200 } };
	struct vm_dir *dir = *state;
	char *file = format("%s/release", dir->path), *output;
	int count;

	put(dir, "release", "6.12\n");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run(dir, cmd_start,
				     START(dir, "--kernel-file", file, FAKE("listen ready serve")),
				     &output),
				 VM_EXIT_OK);
		if (i == 2)
			assert_contains(output,
					"x-trixie: its kernel is not the newest, ending it\n");
		else
			assert_lacks(output, "not the newest");
		free(output);
		last_pid(dir, &count);
		assert_int_equal(count, i == 2 ? 2 : 1);
		if (i == 1)
			assert_int_equal(utimensat(AT_FDCWD, file, later, 0), 0);
	}
	/* the kernel is made while the VM boots: its state file is written when it is ready */
	assert_int_equal(utimensat(dir->fd, "state.json", ready, 0), 0);
	assert_int_equal(run(dir, cmd_start,
			     START(dir, "--kernel-file", file, FAKE("listen ready serve")),
			     &output),
			 VM_EXIT_OK);
	assert_contains(output, "not the newest");
	free(output);
	assert_stop(dir, "stopped");
	free(file);
}

/* The link is that of the VM that runs; another start leaves it alone. */
static void shares_a_directory(void **state)
{
	struct vm_dir *dir = *state;
	char *share[] = { "vm get", "--dir", (char *)dir->path, "share", NULL };
	char *output, link[16] = "";

	for (int i = 0; i < 2; i++) {
		assert_int_equal(run(dir, cmd_start,
				     START(dir, "--share", i ? "/b" : "/a",
					   FAKE("listen ready serve")),
				     &output),
				 VM_EXIT_OK);
		free(output);
		assert_int_equal(run(dir, cmd_get, share, &output), VM_EXIT_OK);
		assert_string_equal(output, "/a\n");
		free(output);
		assert_int_equal(readlinkat(dir->fd, "share", link, sizeof(link) - 1), 2);
		assert_string_equal(link, "/a");
	}
	assert_stop(dir, "stopped");
	assert_start(dir, "listen ready serve", VM_EXIT_OK, "ready");
	assert_false(exists(dir, "share"));
	assert_stop(dir, "stopped");
}

static void template_without_port(void **state)
{
	struct vm_dir *dir = *state;
	char *template = format("%s/template", dir->path), *output;
	int ret;

	ret = run(dir, cmd_start, START(dir, "--ssh-config", template, FAKE("listen ready serve")),
		  &output);
	assert_int_equal(ret, VM_EXIT_ERROR);
	assert_contains(output, "cannot read --ssh-config");
	free(output);
	assert_false(exists(dir, "pids"));
	free(template);
}

static void starts_one_of_many(void **state)
{
	struct vm_dir *dir = *state;
	pid_t pid[5];
	int count;

	for (size_t i = 0; i < N_OF(pid); i++)
		pid[i] = launch(dir, "output", cmd_start,
				START(dir, FAKE("listen boot ready serve")));
	for (size_t i = 0; i < N_OF(pid); i++)
		assert_int_equal(end_of(pid[i]), VM_EXIT_OK);
	last_pid(dir, &count);
	assert_int_equal(count, 1);
	assert_status(dir, VM_RUNNING);
	assert_stop(dir, "stopped");
}

/* Begins a start that does not end by itself. Returns the pid of its QEMU, which runs. */
static pid_t begin(const struct vm_dir *dir, command_fn command, char **argv, pid_t *vm_pid)
{
	char *fifo = format("%s/started", dir->path), text[16] = "";
	int fd;

	assert_int_equal(mkfifo(fifo, 0600), 0);
	*vm_pid = launch(dir, "output", command, argv);
	fd = open(fifo, O_RDONLY);
	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	assert_int_equal(unlink(fifo), 0);
	free(fifo);
	return atoi(text);
}

static void is_interrupted(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct vm_dir *dir = *state;
	pid_t vm_pid, qemu;

	for (size_t i = 0; i < N_OF(signals); i++) {
		qemu = begin(dir, cmd_start, START(dir, FAKE("boot hang")), &vm_pid);
		assert_true(pid_alive(qemu));
		assert_status(dir, VM_STARTING);
		kill(vm_pid, signals[i]);
		assert_int_equal(end_of(vm_pid), 128 + signals[i]);
		assert_false(pid_alive(qemu));
		assert_nothing_runs(dir);
	}
}

static void vm_is_killed(void **state)
{
	struct vm_dir *dir = *state;
	pid_t vm_pid, qemu;

	qemu = begin(dir, cmd_start, START(dir, FAKE("listen boot serve-no-quit")), &vm_pid);
	kill(vm_pid, SIGKILL);
	assert_int_equal(end_of(vm_pid), 128 + SIGKILL);
	assert_true(pid_alive(qemu));
	assert_status(dir, VM_INTERRUPTED);

	assert_start(dir, "listen boot ready serve", VM_EXIT_OK,
		     "its start was interrupted; the QEMU that was left");
	assert_false(pid_alive(qemu));
	assert_status(dir, VM_RUNNING);
	assert_stop(dir, "stopped");

	/* stop does it as well */
	qemu = begin(dir, cmd_start, START(dir, FAKE("hang")), &vm_pid);
	kill(vm_pid, SIGKILL);
	end_of(vm_pid);
	assert_stop(dir, "a QEMU that was left behind");
	assert_false(pid_alive(qemu));
}

static void state_is_lost(void **state)
{
	struct vm_dir *dir = *state;
	pid_t qemu;
	int count;

	assert_start(dir, "listen ready serve", VM_EXIT_OK, "ready");
	qemu = last_pid(dir, &count);
	assert_int_equal(unlinkat(dir->fd, "state.json", 0), 0);
	assert_start(dir, "listen ready serve", VM_EXIT_OK, "its state file was lost");
	assert_false(pid_alive(qemu));

	qemu = last_pid(dir, &count);
	put(dir, "state.json", "{\"pid\": 1");
	assert_start(dir, "listen ready serve", VM_EXIT_OK,
		     "its state file was damaged; the QEMU that was left");
	assert_false(pid_alive(qemu));

	put(dir, "state.json", "");
	assert_stop(dir, "a QEMU that was left behind");
}

/* A QEMU whose directory was removed is found, and ended. */
static void directory_is_removed(void **state)
{
	struct vm_dir *dir = *state;
	char *path = format("%s/vms/one", dir->path), *below = format("%s/vms", dir->path);
	char *start[] = { "vm start",
			  "--dir",
			  path,
			  "--label",
			  "x-one",
			  "--",
			  "/proc/self/exe",
			  "fake",
			  "listen ready serve",
			  NULL };
	char *status[] = { "vm status", "--below", below, NULL }, *output, *pids;
	char *stops[][5] = { { "vm stop", "--dir", path, NULL },
			     { "vm stop", "--lost", below, NULL } };
	pid_t qemu;

	for (size_t i = 0; i <= N_OF(stops); i++) {
		assert_int_equal(run(dir, cmd_start, start, &output), VM_EXIT_OK);
		free(output);
		pids = get(dir, "vms/one/pids");
		qemu = atoi(pids);
		free(pids);
		assert_int_equal(run(dir, cmd_status, status, &output), VM_EXIT_OK);
		assert_string_equal(output, "no VMs\n");
		free(output);
		assert_int_equal(remove_at(dir->fd, "vms"), 0);
		assert_int_equal(run(dir, cmd_status, status, &output), VM_EXIT_OK);
		assert_contains(output, "x-one  lost ");
		free(output);
		/* a start in its place ends it, too */
		assert_int_equal(i < N_OF(stops) ? run(dir, cmd_stop, stops[i], &output) :
						   run(dir, cmd_start, start, &output),
				 VM_EXIT_OK);
		assert_contains(output,
				i < N_OF(stops) ? " stopped" : "the QEMU that was left of it");
		free(output);
		assert_false(pid_alive(qemu));
	}
	assert_int_equal(run(dir, cmd_stop, stops[0], &output), VM_EXIT_OK);
	free(output);
	free(below);
	free(path);
}

static int alive(const struct vm_dir *dir, char **output)
{
	return run(dir, cmd_alive, (char *[]){ "vm alive", "--dir", (char *)dir->path, NULL },
		   output);
}

static void qemu_is_killed(void **state)
{
	struct vm_dir *dir = *state;
	char *output, *old;
	int count, pidfd;

	assert_start(dir, "listen boot ready serve", VM_EXIT_OK, "ready");
	assert_int_equal(alive(dir, &output), VM_EXIT_OK);
	assert_string_equal(output, "");
	free(output);

	pidfd = proc_open(last_pid(dir, &count));
	assert_int_equal(proc_signal(pidfd, SIGKILL), 0);
	assert_true(proc_wait(pidfd, now_ms() + PATIENCE_MS));
	close(pidfd);
	assert_int_equal(alive(dir, &output), VM_EXIT_NOT_RUNNING);
	assert_contains(output,
			"x-trixie is not running: QEMU was killed, or ended without a word\n");
	assert_contains(output, "    | [    0.0] booting\n");
	free(output);

	assert_start(dir, "listen ready serve", VM_EXIT_OK, "starts anew: QEMU was killed");
	old = get(dir, "console.log.old");
	assert_contains(old, "booting");
	free(old);
	assert_stop(dir, "stopped");
}

static void guest_panics_later(void **state)
{
	struct vm_dir *dir = *state;
	char *output;
	int count, pidfd;

	assert_start(dir, "listen boot ready panic serve", VM_EXIT_OK, "ready");
	pidfd = proc_open(last_pid(dir, &count));
	assert_int_equal(proc_signal(pidfd, SIGTERM), 0);
	assert_true(proc_wait(pidfd, now_ms() + PATIENCE_MS));
	close(pidfd);
	assert_int_equal(alive(dir, &output), VM_EXIT_NOT_RUNNING);
	assert_contains(output, "the guest's kernel panicked");
	assert_contains(output, "    | [    2.1] Kernel panic - not syncing: no init\n");
	free(output);
	assert_int_equal(run(dir, cmd_status, (char *[]){ "vm status", (char *)dir->path, NULL },
			     &output),
			 VM_EXIT_NOT_RUNNING);
	assert_contains(output, "x-trixie  dead ");
	assert_contains(output, "the guest's kernel panicked");
	free(output);
	assert_stop(dir, "not running: the guest's kernel panicked");
}

static void stops_by_command(void **state)
{
	struct vm_dir *dir = *state;
	char *output, *kill_it;
	int count;

	assert_start(dir, "listen ready serve-no-quit", VM_EXIT_OK, "ready");
	kill_it = format("echo not shown; kill %d", last_pid(dir, &count));
	assert_int_equal(run(dir, cmd_stop, STOP(dir, "--", "sh", "-c", kill_it, NULL), &output),
			 VM_EXIT_OK);
	assert_string_equal(output, "  VM       x-trixie stopped\n");
	free(output);
	free(kill_it);
	assert_nothing_runs(dir);
}

/*
 * Whether a stop that gives @command @sec seconds, and ends the VM, prints @why and @how: on a
 * busy machine the time may be too short for that.
 */
static bool stops(const struct vm_dir *dir, const char *script, char *command, double sec,
		  const char *why, const char *how)
{
	char *timeout = format("%g", sec), *output;
	bool said;

	assert_start(dir, script, VM_EXIT_OK, "ready");
	assert_int_equal(run(dir, cmd_stop,
			     STOP(dir, "--timeout", timeout, "--", "sh", "-c", command, NULL),
			     &output),
			 VM_EXIT_OK);
	assert_nothing_runs(dir);
	said = strstr(output, why) && strstr(output, how);
	free(output);
	free(timeout);
	return said;
}

static void stops_the_hard_way(void **state)
{
	static const struct {
		char *script;
		char *command;
		const char *why;
		const char *how;
	} cases[] = {
		{ "listen ready serve", "echo refused; exit 255",
		  "sh ended with exit status 255 (refused)", "; QEMU was told to quit" },
		{ "listen ready serve", "exec sleep 100", "sh did not end within ",
		  "; QEMU was told to quit" },
		{ "listen ready serve", "true", "the guest did not power off within ",
		  "; QEMU was told to quit" },
		{ "listen ready serve-no-quit", "true", "the guest did not power off within ",
		  "; QEMU was killed" },
	};
	struct vm_dir *dir = *state;

	for (size_t i = 0; i < N_OF(cases); i++)
		for (double sec = 0.4; !stops(dir, cases[i].script, cases[i].command, sec,
					      cases[i].why, cases[i].how);
		     sec *= 2)
			assert_true(sec * 1000 < PATIENCE_MS);
	assert_start(dir, "listen ready serve-no-quit", VM_EXIT_OK, "ready");
	assert_stop(dir, "QEMU did not obey and was killed");
}

#define SAVEABLE "--memory", "1"

/* The command line by which the state of a VM is found that was started with SAVEABLE. */
static char **kind_of(const char *script)
{
	const struct cmdline cmd = {
		.argv = (char *const[]){ "/proc/self/exe", "fake", (char *)script, NULL },
		.label = "x-trixie",
		.memory_mib = 1,
		.ssh_port = NO_SSH_PORT,
	};

	return cmdline_make(&cmd, CMDLINE_KIND);
}

/* A saved state, in @states, for the VM whose fake has @script. */
static void save(const struct vm_dir *dir, const char *states, char *script, bool second)
{
	char **kind = kind_of(script);
	struct snapshot snap;
	int ram = openat(dir->fd, "memory", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	put(dir, "console.log", "ready\n");
	assert_int_equal(snapshot_init(&snap, states, 100, kind, false), 0);
	cmdline_free(kind);
	snap.second = second;
	assert_int_equal(snapshot_begin(&snap), 0);
	assert_int_equal(snapshot_copy_ram(&snap, ram), 0);
	close(ram);
	snap.state = must(strdup("devices"));
	snap.state_len = 7;
	assert_int_equal(snapshot_commit(&snap, dir->fd, "a VM"), 0);
	snapshot_free(&snap);
}

/*
 * Starts a VM that cannot be restored, and so boots: the start ends with @code and prints
 * @words. It waits only shortly for a fake that hangs. Returns the result of snapshot_open()
 * for the state after that.
 */
static int boots(const struct vm_dir *dir, const char *states, char *script, int code,
		 const char *words)
{
	char **kind = kind_of(script), *output, *why;
	struct snapshot snap;
	int err;

	assert_int_equal(run(dir, cmd_start,
			     START(dir, SAVEABLE, "--snapshots", (char *)states,
				   "--restore-timeout",
				   strstr(script, "hang-restored") ? "0.05" : "60", FAKE(script)),
			     &output),
			 code);
	assert_contains(output, words);
	free(output);
	if (!code)
		assert_stop(dir, "stopped");
	assert_int_equal(snapshot_init(&snap, states, 100, kind, false), 0);
	cmdline_free(kind);
	err = snapshot_open(&snap, &why);
	free(why);
	snapshot_free(&snap);
	return err;
}

static void condemns_only_the_guilty(void **state)
{
	struct vm_dir *dir = *state;
	char *states = format("%s/states", dir->path);

	/* a QEMU that does not answer, or is killed, says nothing about the state */
	save(dir, states, "hang-restored listen ready serve", true);
	assert_int_equal(boots(dir, states, "hang-restored listen ready serve", VM_EXIT_OK,
			       "QEMU does not answer; its saved state is kept"),
			 0);
	/* the first time the state is replaced, if the guest can be saved */
	save(dir, states, "refuse-state listen ready serve", false);
	assert_int_equal(boots(dir, states, "refuse-state listen ready serve", VM_EXIT_OK,
			       "fake: cannot load that state; its state is saved anew"),
			 0);
	/* the second time it is condemned, unless the boot fails, too */
	save(dir, states, "refuse-state listen port-in-use fail", true);
	assert_int_equal(boots(dir, states, "refuse-state listen port-in-use fail", VM_EXIT_QEMU,
			       "cannot load that state"),
			 0);
	save(dir, states, "refuse-state listen ready serve", true);
	assert_int_equal(boots(dir, states, "refuse-state listen ready serve", VM_EXIT_OK,
			       "cannot load that state"),
			 -ENOTSUP);
	assert_int_equal(boots(dir, states, "refuse-state listen ready serve", VM_EXIT_OK,
			       "make clean-snapshots"),
			 -ENOTSUP);
	free(states);
}

static void qemu_is_stopped_by_a_signal(void **state)
{
	struct vm_dir *dir = *state;
	char *why[] = { "vm why", "--dir", (char *)dir->path, NULL }, *output;
	int count;
	pid_t qemu;

	assert_int_equal(run(dir, cmd_why, why, &output), VM_EXIT_NOT_RUNNING);
	assert_contains(output, ": it was not started\nmake qemu-start\n");
	free(output);
	assert_start(dir, "listen ready serve", VM_EXIT_OK, "ready");
	qemu = last_pid(dir, &count);
	assert_int_equal(kill(qemu, SIGSTOP), 0);
	/* the signal takes a moment */
	while (!proc_stopped(qemu))
		usleep(1000);
	assert_int_equal(run(dir, cmd_why, why, &output), VM_EXIT_STOPPED);
	assert_contains(output, "is stopped by a signal\nlet it go on with kill -CONT ");
	free(output);
	assert_int_equal(run(dir, cmd_status, (char *[]){ "vm status", (char *)dir->path, NULL },
			     &output),
			 VM_EXIT_OK);
	assert_contains(output, "its QEMU is stopped by a signal");
	free(output);
	assert_int_equal(run(dir, cmd_start, START(dir, FAKE("listen ready serve")), &output),
			 VM_EXIT_STOPPED);
	assert_contains(output, "is stopped by a signal");
	free(output);
	assert_int_equal(run(dir, cmd_stop, STOP(dir, "--", "touch", "asked", NULL), &output),
			 VM_EXIT_OK);
	assert_contains(output, "its QEMU was stopped by a signal; QEMU was killed");
	free(output);
	assert_false(exists(dir, "asked"));
	assert_nothing_runs(dir);
}

/* vm log prints no escape sequences, and says if the log has reached its limit. */
static void log_is_clean_and_bounded(void **state)
{
	struct vm_dir *dir = *state;
	char *log[] = { "vm log", "--dir", (char *)dir->path, NULL }, *output;
	char *flood[] = { "vm qmp", "--dir", (char *)dir->path, "flood", NULL };
	struct stat st;
	int count;

	assert_int_equal(run(dir, cmd_log, log, &output), VM_EXIT_NOT_RUNNING);
	assert_contains(output, "has no console log");
	free(output);
	assert_int_equal(run(dir, cmd_start,
			     START(dir, "--log-limit", "1", FAKE("listen escapes ready serve")),
			     &output),
			 VM_EXIT_OK);
	free(output);
	assert_int_equal(proc_file_limit(last_pid(dir, &count)), 1 << 20);
	assert_int_equal(run(dir, cmd_log, log, &output), VM_EXIT_OK);
	assert_contains(output, "a title, ebpf-testbench: ready\n");
	assert_lacks(output, "is full");
	free(output);

	assert_int_equal(run(dir, cmd_qmp, flood, &output), VM_EXIT_OK);
	free(output);
	assert_int_equal(fstatat(dir->fd, "console.log", &st, 0), 0);
	assert_int_equal(st.st_size, 1 << 20);
	assert_int_equal(run(dir, cmd_log, log, &output), VM_EXIT_OK);
	assert_contains(output, "the console log of x-trixie is full (1 MiB)");
	free(output);
	assert_stop(dir, "stopped");
}

static void facts(void **state)
{
	struct vm_dir *dir = *state;
	char *output, *path = (char *)dir->path;
	json_t *vms, *vm;

	assert_int_equal(run(dir, cmd_get, (char *[]){ "vm get", "--dir", path, "port", NULL },
			     &output),
			 VM_EXIT_NOT_RUNNING);
	free(output);
	assert_start(dir, "listen ready serve", VM_EXIT_OK, "ready");
	assert_int_equal(run(dir, cmd_get, (char *[]){ "vm get", "--dir", path, "port", NULL },
			     &output),
			 VM_EXIT_OK);
	assert_string_equal(output, "42419\n");
	free(output);
	assert_int_equal(run(dir, cmd_get, (char *[]){ "vm get", "--dir", path, "argv", NULL },
			     &output),
			 VM_EXIT_OK);
	assert_contains(output, "/proc/self/exe\n-name\nx-trixie\n");
	assert_contains(output, "\nfake\nlisten ready serve\n");
	free(output);
	assert_int_equal(run(dir, cmd_get, (char *[]){ "vm get", "--dir", path, "colour", NULL },
			     &output),
			 VM_EXIT_USAGE);
	free(output);

	assert_int_equal(run(dir, cmd_status,
			     (char *[]){ "vm status", "--json", path, "/nowhere/vm", NULL },
			     &output),
			 VM_EXIT_NOT_RUNNING);
	vms = json_loads(output, 0, NULL);
	free(output);
	assert_int_equal(json_array_size(vms), 2);
	vm = json_array_get(vms, 0);
	assert_string_equal(json_string_value(json_object_get(vm, "name")), "x-trixie");
	assert_string_equal(json_string_value(json_object_get(vm, "state")), "running");
	assert_int_equal(json_integer_value(json_object_get(vm, "port")), 42419);
	vm = json_array_get(vms, 1);
	assert_string_equal(json_string_value(json_object_get(vm, "name")), "vm");
	assert_string_equal(json_string_value(json_object_get(vm, "state")), "stopped");
	json_decref(vms);
	assert_stop(dir, "stopped");
}

/* Each of these commands is refused before it makes a file. */
static void refuses_wrong_usage(void **state)
{
	struct vm_dir *dir = *state;
	char *path = (char *)dir->path, *output;
	char **const wrong[] = {
		(char *[]){ "vm start", NULL },
		(char *[]){ "vm start", "--dir", path, NULL },
		(char *[]){ "vm start", "--", "qemu", NULL },
		START(dir, "--timeout", "soon", FAKE("listen ready serve")),
		START(dir, "--ready", "", FAKE("listen ready serve")),
		START(dir, "--colour", "red", FAKE("listen ready serve")),
		START(dir, "--log-limit", "much", FAKE("listen ready serve")),
	};

	for (size_t i = 0; i < N_OF(wrong); i++) {
		assert_int_equal(run(dir, cmd_start, wrong[i], &output), VM_EXIT_USAGE);
		free(output);
	}
	/* a command without -- must not be run */
	assert_int_equal(run(dir, cmd_stop, STOP(dir, "touch", "pids", NULL), &output),
			 VM_EXIT_USAGE);
	free(output);
	assert_false(exists(dir, "pids"));
	assert_false(exists(dir, "state.json"));
}

static void assert_probe(const struct vm_dir *dir, char **argv, int code, const char *words)
{
	char *output;
	int ret;

	ret = run(dir, cmd_probe, argv, &output);
	assert_contains(output, words);
	assert_int_equal(ret, code);
	assert_ptr_equal(strchr(output, '\n'), strrchr(output, '\n'));
	free(output);
}

static void probes(void **state)
{
	struct vm_dir *dir = *state;
	char *below = format("%s/below", dir->path), *output;
	struct vm_dir sub = { below, -1 };
	char timeout[16];
	double sec;
	int n = 0;

	assert_int_equal(run(dir, cmd_probe, PROBE(&sub, FAKE("boot ready hang")), &output),
			 VM_EXIT_OK);
	assert_int_equal(sscanf(output, "%lf\n%n", &sec, &n), 1);
	assert_int_equal(n, strlen(output));
	free(output);
	assert_probe(dir, PROBE(&sub, FAKE("boot ready")), VM_EXIT_OK, ".");
	assert_probe(dir, PROBE(&sub, "--ready", "boot", FAKE("boot hang")), VM_EXIT_OK, ".");
	assert_probe(dir, PROBE(&sub, FAKE("boot fail")), VM_EXIT_QEMU,
		     "exit status 3: fake: something is wrong");
	assert_probe(dir, PROBE(&sub, FAKE("boot panic")), VM_EXIT_PANIC,
		     "Kernel panic - not syncing: no init");
	assert_probe(dir, PROBE(&sub, "--first", "0.1", FAKE("hang")), VM_EXIT_SILENT,
		     "not a byte on the console in 0.1 s");
	assert_int_equal(run_for(dir, cmd_probe,
				 PROBE(&sub, "--timeout", timeout, FAKE("boot hang")), timeout,
				 "the last line was: [    0.0] booting"),
			 VM_EXIT_TIMEOUT);
	assert_probe(dir, PROBE(&sub, "--", "/nowhere/qemu", NULL), VM_EXIT_QEMU, "cannot run");
	/* no probe has left a file, so the directory is empty */
	assert_int_equal(rmdir(below), 0);
	free(below);
}

static void probe_is_interrupted(void **state)
{
	static const int signals[] = { SIGTERM, SIGKILL };
	struct vm_dir *dir = *state;
	pid_t vm_pid, qemu;
	int pidfd;

	for (size_t i = 0; i < N_OF(signals); i++) {
		qemu = begin(dir, cmd_probe, PROBE(dir, FAKE("parent hang")), &vm_pid);
		pidfd = proc_open(qemu);
		kill(vm_pid, signals[i]);
		assert_int_equal(end_of(vm_pid), 128 + signals[i]);
		/* after SIGKILL the kernel ends QEMU */
		if (pidfd >= 0) {
			assert_true(proc_wait(pidfd, now_ms() + PATIENCE_MS));
			close(pidfd);
		}
		assert_false(pid_alive(qemu));
	}
}

/* A test that fails must not leave its fake QEMUs behind either. */
static int teardown(void **state)
{
	struct vm_dir *dir = *state;
	char *text, *save = NULL;

	if (!read_at(dir->fd, "pids", 1 << 20, &text, NULL)) {
		for (char *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
			char *path = format("/proc/%s/cmdline", p), *name = NULL;
			size_t len = 0;

			/* the pid may be another process by now */
			if (!read_at(AT_FDCWD, path, 1 << 20, &name, &len) &&
			    memmem(name, len, "\0fake", 6))
				kill(atoi(p), SIGKILL);
			free(name);
			free(path);
		}
		free(text);
	}
	return dir_teardown(state);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, dir_setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(qemu_exits),
		IN_DIR(qemu_is_missing),
		IN_DIR(guest_panics),
		IN_DIR(nothing_is_heard),
		IN_DIR(says_what_it_waits_for),
		IN_DIR(starts_once),
		IN_DIR(early_is_reset),
		IN_DIR(kernel_is_newer),
		IN_DIR(shares_a_directory),
		IN_DIR(template_without_port),
		IN_DIR(starts_one_of_many),
		IN_DIR(is_interrupted),
		IN_DIR(vm_is_killed),
		IN_DIR(state_is_lost),
		IN_DIR(directory_is_removed),
		IN_DIR(qemu_is_killed),
		IN_DIR(guest_panics_later),
		IN_DIR(stops_by_command),
		IN_DIR(stops_the_hard_way),
		IN_DIR(condemns_only_the_guilty),
		IN_DIR(qemu_is_stopped_by_a_signal),
		IN_DIR(log_is_clean_and_bounded),
		IN_DIR(facts),
		IN_DIR(refuses_wrong_usage),
		IN_DIR(probes),
		IN_DIR(probe_is_interrupted),
	};

	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "fake"))
			return fake(argc, argv, i + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
