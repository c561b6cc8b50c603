// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* QEMU's command line: what is added to it, and what the key of a saved state covers. */
#include "test.h"

static char *const qemu[] = { "qemu", "-m", "512", "-append", "a b='c'", NULL };

static const struct cmdline all = {
	.argv = qemu,
	.label = "x-trixie",
	.memory_mib = 512,
	.agent = true,
	.ssh_port = 2022,
};

/* The words of the command line that is made of @c for @use, one a line; to be freed. */
static char *made(const struct cmdline *c, enum cmdline_use use)
{
	char **argv = cmdline_make(c, use), *text = format("%s", ""), *longer;

	for (char **arg = argv; *arg; arg++) {
		longer = format("%s%s\n", text, *arg);
		free(text);
		text = longer;
	}
	cmdline_free(argv);
	return text;
}

static void assert_made(const struct cmdline *c, enum cmdline_use use, const char *want)
{
	char *text = made(c, use);

	assert_string_equal(text, want);
	free(text);
}

#define CONSOLE(append) \
	"-chardev\nsocket,id=console,path=console.sock,server=on,wait=off," \
	"logfile=console.log,logappend=" append "\n-serial\nchardev:console\n" \
	"-qmp\nunix:qmp.sock,server=on,wait=off\n"
#define AGENT	       "-chardev\nsocket,id=agent,path=agent.sock,server=on,wait=off\n"
#define MEMORY(object) "-machine\nmemory-backend=ram\n-object\n" object ",size=512M\n"
#define BOOT_MEMORY    MEMORY("memory-backend-memfd,id=ram,share=on")
#define NETDEV(port)   "-netdev\nuser,id=net0,hostfwd=tcp:127.0.0.1:" port "-:22\n"
#define REST	       "-m\n512\n-append\na b='c'\n"

static void boots(void **state)
{
	const struct cmdline least = { .argv = qemu, .label = "", .ssh_port = NO_SSH_PORT };

	(void)state;
	assert_made(&least, CMDLINE_BOOT, "qemu\n-name\n\n" CONSOLE("off") REST);
	assert_made(&all, CMDLINE_BOOT,
		    "qemu\n-name\nx-trixie\n" CONSOLE("off") AGENT BOOT_MEMORY NETDEV("2022") REST);
}

/* QEMU waits for its state, has a private view of the saved memory, and the log goes on. */
static void is_restored(void **state)
{
	(void)state;
	assert_made(&all, CMDLINE_RESTORE,
		    "qemu\n-name\nx-trixie\n" CONSOLE("on") AGENT MEMORY(
			    "memory-backend-file,id=ram,share=off,mem-path=snapshot/ram")
			    NETDEV("2022") REST "-incoming\ndefer\n");
}

/* Whether a VM of @c can be restored from the state of one of @all. */
static bool same_kind(const struct cmdline *c)
{
	char *one = made(&all, CMDLINE_KIND), *other = made(c, CMDLINE_KIND);
	bool same = !strcmp(one, other);

	free(one);
	free(other);
	return same;
}

/* All that the command line says counts, except for the name and the port. */
static void has_a_kind(void **state)
{
	char *const other[] = { "qemu", "-m", "512", "-append", "a b='d'", NULL };
	struct cmdline c = all;

	(void)state;
	c.label = "x-sid";
	c.ssh_port = 0;
	assert_true(same_kind(&c));
	c.ssh_port = NO_SSH_PORT;
	assert_false(same_kind(&c));
	c = all;
	c.memory_mib = 256;
	assert_false(same_kind(&c));
	c = all;
	c.agent = false;
	assert_false(same_kind(&c));
	c = all;
	c.argv = other;
	assert_false(same_kind(&c));
}

static int print(int argc, char **argv)
{
	(void)argc;
	cmdline_print("/a dir", argv);
	return 0;
}

static void is_printed_for_a_shell(void **state)
{
	struct vm_dir *dir = *state;
	char *output;

	assert_int_equal(run(dir, print, (char **)qemu, &output), 0);
	assert_string_equal(output, "cd '/a dir' && qemu -m 512 -append 'a b='\\''c'\\'''\n");
	free(output);
}

static void refuses_wrong_options(void **state)
{
	struct vm_dir *dir = *state;
	char *path = (char *)dir->path, *output;
	char **const wrong[] = {
		(char *[]){ "vm start", "--dir", path, "--memory", "512M", "--", "qemu", NULL },
		(char *[]){ "vm start", "--dir", path, "--ssh-port", "65536", "--", "qemu", NULL },
		(char *[]){ "vm start", "--dir", path, "--snapshots", path, "--", "qemu", NULL },
	};
	static const char *const why[] = { "--memory '512M'", "--ssh-port '65536'",
					   "needs --memory" };

	for (size_t i = 0; i < N_OF(wrong); i++) {
		assert_int_equal(run(dir, cmd_start, wrong[i], &output), VM_EXIT_USAGE);
		assert_contains(output, why[i]);
		free(output);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boots),
		cmocka_unit_test(is_restored),
		cmocka_unit_test(has_a_kind),
		cmocka_unit_test_setup_teardown(is_printed_for_a_shell, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(refuses_wrong_options, dir_setup, dir_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
