// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * QEMU's command line: the caller's words, and before them the options that this program
 * depends on: the VM's name, its console, its control socket, and as asked for the agent's
 * socket, memory that can be saved, and a port that leads to the guest's SSH server.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

/* The words of a command line; ends with NULL once it is taken. */
struct words {
	char **list;
	size_t n;
};

/* Takes @word over. */
static void add(struct words *w, char *word)
{
	w->list = must(reallocarray(w->list, w->n + 1, sizeof(*w->list)));
	w->list[w->n++] = word;
}

static void add_option(struct words *w, const char *option, char *value)
{
	add(w, must(strdup(option)));
	add(w, value);
}

/*
 * The guest's memory: a file that can be copied while QEMU runs, or for a VM that is
 * restored the copy, of which QEMU has its private view.
 */
static void add_memory(struct words *w, const struct cmdline *c, enum cmdline_use use)
{
	add_option(w, "-machine", format("memory-backend=ram"));
	if (use == CMDLINE_RESTORE)
		add_option(w, "-object",
			   format("memory-backend-file,id=ram,share=off,mem-path=" SAVED_RAM
				  ",size=%dM",
				  c->memory_mib));
	else
		add_option(w, "-object",
			   format("memory-backend-memfd,id=ram,share=on,size=%dM", c->memory_mib));
}

/*
 * The command line for @use, to be released with cmdline_free(). CMDLINE_KIND is the same
 * for all VMs that can be restored from one state: it lacks the name and the port.
 */
char **cmdline_make(const struct cmdline *c, enum cmdline_use use)
{
	const char *label = use == CMDLINE_KIND ? "" : c->label;
	int port = use == CMDLINE_KIND ? 0 : c->ssh_port;
	struct words w = { 0 };

	add(&w, must(strdup(c->argv[0])));
	add_option(&w, "-name", must(strdup(label)));
	/* the log of a VM that is restored begins with that of the saved one */
	add_option(&w, "-chardev",
		   format("socket,id=console,path=console.sock,server=on,wait=off,"
			  "logfile=console.log,logappend=%s",
			  use == CMDLINE_RESTORE ? "on" : "off"));
	add_option(&w, "-serial", format("chardev:console"));
	add_option(&w, "-qmp", format(QMP_SOCKET "server=on,wait=off"));
	if (c->agent)
		add_option(&w, "-chardev",
			   format("socket,id=agent,path=agent.sock,server=on,wait=off"));
	if (c->memory_mib)
		add_memory(&w, c, use);
	if (c->ssh_port != NO_SSH_PORT)
		add_option(&w, "-netdev",
			   format("user,id=net0,hostfwd=tcp:127.0.0.1:%d-:22", port));
	for (char *const *arg = c->argv + 1; *arg; arg++)
		add(&w, must(strdup(*arg)));
	if (use == CMDLINE_RESTORE)
		add_option(&w, "-incoming", format("defer"));
	add(&w, NULL);
	return w.list;
}

void cmdline_free(char **argv)
{
	for (char **arg = argv; *arg; arg++)
		free(*arg);
	free(argv);
}

/* Makes the link in @dirfd, where QEMU runs, that the command line shares. */
int cmdline_link(const struct cmdline *c, int dirfd)
{
	int err = remove_at(dirfd, "share");

	return !err && c->share && symlinkat(c->share, dirfd, "share") ? -errno : err;
}

/* Prints @word so that a shell reads it as one word. */
static void print_quoted(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_@%+=:,./-";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, stdout);
		return;
	}
	putchar('\'');
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*word);
	putchar('\'');
}

/* Prints a line that starts the QEMU of @argv in @dir when it is pasted into a shell. */
void cmdline_print(const char *dir, char *const argv[])
{
	fputs("cd ", stdout);
	print_quoted(dir);
	fputs(" &&", stdout);
	for (; *argv; argv++) {
		putchar(' ');
		print_quoted(*argv);
	}
	putchar('\n');
	fflush(stdout);
}

/*
 * Reads the options that "vm start" and "vm probe" have in common (CMDLINE_OPTIONS). Returns
 * GO_ON, or an exit code that it has explained.
 */
int cmdline_option(struct cmdline *c, int opt, const char *value)
{
	int err = 0;

	switch (opt) {
	case 'l':
		c->label = value;
		break;
	case 'g':
		c->agent = true;
		break;
	case 'M':
		err = parse_int("--memory", value, 1, 1 << 30, &c->memory_mib);
		break;
	case 'H':
		c->share = value;
		break;
	case 'P':
		err = parse_int("--ssh-port", value, 0, 65535, &c->ssh_port);
		break;
	}
	return err ? VM_EXIT_USAGE : GO_ON;
}
