// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vm: picks the command. Every command explains itself with -h. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

/* clang-format off */
static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
	bool prints; /* its output is what it is for */
} commands[] = {
	{ "start",	cmd_start,	"start a VM, unless it is running, and wait until it is ready", false },
	{ "stop",	cmd_stop,	"end a VM, cleanly if possible", false },
	{ "status",	cmd_status,	"table of VMs: state, pid, port, uptime, memory", true },
	{ "alive",	cmd_alive,	"say nothing if a VM is running, else why it is not", false },
	{ "why",	cmd_why,	"say what is wrong with a VM that runs but is not reached", false },
	{ "get",	cmd_get,	"print one fact about a running VM", true },
	{ "log",	cmd_log,	"print what the guest printed on its console", true },
	{ "console",	cmd_console,	"attach this terminal to a VM's console", false },
	{ "local",	cmd_local,	"say whether VMs can be in a directory", false },
	{ "probe",	cmd_probe,	"boot once, time it, throw it away", false },
	{ "qmp",	cmd_qmp,	"send QEMU one QMP command", true },
	{ "confine",	cmd_confine,	"run a command that can make no setuid file and no device", false },
};

/* clang-format on */
#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void help(FILE *to)
{
	fputs("Usage: vm COMMAND [OPTION]...\n"
	      "Start, find and stop QEMU virtual machines, each in a directory of its own.\n"
	      "\n",
	      to);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(to, "  %-8s  %s\n", commands[i].name, commands[i].what);
	fputs("\n"
	      "'vm COMMAND -h' explains a command, 'vm help' all of them.\n"
	      "\n"
	      "Exit status:\n"
	      "  0  done\n"
	      "  1  the host refused something: a file, a directory, a process\n"
	      "  2  wrong usage\n"
	      "  3  the VM is not running\n"
	      "  4  QEMU ended before the guest was ready\n"
	      "  5  the guest's kernel panicked before it was ready\n"
	      "  6  the guest was not ready in time\n"
	      "  7  the guest was silent: not a byte on its console (probe --first)\n"
	      "  8  another process is starting or stopping the VM and did not finish\n"
	      "  10-16  what is wrong with a VM that runs ('vm why -h')\n"
	      "  128+N  ended by signal N\n",
	      to);
}

/* Whether all output has been written. A pipe's reader may have seen enough: head. */
static bool is_printed(void)
{
	bool all = !fflush(stdout) && !ferror(stdout);
	struct stat st;

	return all ||
	       (!fstat(STDOUT_FILENO, &st) && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)));
}

static int run(const struct command *command, int argc, char **argv)
{
	char *name = format("vm %s", command->name), *word = argv[0];
	int ret;

	/* getopt names argv[0] in its messages */
	argv[0] = name;
	ret = command->run(argc, argv);
	if (command->prints && !is_printed()) {
		say("cannot write all of the output: %s", strerror(errno));
		ret = ret ? ret : VM_EXIT_ERROR;
	}
	argv[0] = word;
	free(name);
	return ret;
}

/* The help of all commands, with headings that help2man knows. */
static int help_all(void)
{
	help(stdout);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		printf("\n*vm %s*\n\n", commands[i].name);
		run(&commands[i], 2, (char *[]){ "", "-h", NULL });
	}
	return VM_EXIT_OK;
}

int main(int argc, char **argv)
{
	/* a closed pipe or socket must fail the write, not end this process */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		help(stderr);
		return VM_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		help(stdout);
		return VM_EXIT_OK;
	}
	if (!strcmp(argv[1], "help"))
		return help_all();
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run(&commands[i], argc - 1, argv + 1);
	say("there is no command '%s'; 'vm -h' lists all commands", argv[1]);
	return VM_EXIT_USAGE;
}
