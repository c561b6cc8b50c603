// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* Explains to the user why a VM does not run. */
#include <stdlib.h>
#include <string.h>

#include "vm.h"

/* The last line of QEMU's log that is not a warning; NULL if there is none. To be freed. */
static char *qemu_words(int dirfd)
{
	char *tail = text_tail(dirfd, "qemu.log", 20), *words = NULL, *save = NULL;

	for (char *line = strtok_r(tail, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, "warning:"))
			continue;
		free(words);
		words = must(strdup(line));
	}
	free(tail);
	return words;
}

/*
 * How the guest ended by itself, by its kernel's last line, which is the same on every
 * architecture; NULL if there is no such line.
 */
const char *report_goodbye(int dirfd)
{
	char *tail = text_tail(dirfd, "console.log", 5);
	const char *why = NULL;

	if (strstr(tail, "reboot: Power down"))
		why = "the guest powered off";
	else if (strstr(tail, "reboot: Restarting system"))
		why = "the guest rebooted, which ends its VM";
	else if (strstr(tail, "reboot: System halted"))
		why = "the guest halted";
	free(tail);
	return why;
}

/* Why a VM with this @status does not run, in a few words; the caller frees it. */
char *report_why(const struct vm_dir *dir, enum vm_status status)
{
	char *panic, *words, *why;
	const char *bye;

	switch (status) {
	case VM_ABSENT:
		return format("it was not started");
	case VM_STARTING:
		return format("it is still starting");
	case VM_RUNNING:
		return format("it is running");
	case VM_DAMAGED:
		return format("its state file was damaged");
	case VM_REBOOTED:
		return format("this machine was rebooted");
	case VM_INTERRUPTED:
		return format("its start was interrupted");
	case VM_GONE:
		break;
	}
	panic = text_panic(dir->fd);
	if (panic) {
		free(panic);
		return format("the guest's kernel panicked");
	}
	bye = report_goodbye(dir->fd);
	if (bye)
		return format("%s", bye);
	words = qemu_words(dir->fd);
	if (words)
		why = format("QEMU ended, saying: %s", words);
	else
		why = format("QEMU was killed, or ended without a word");
	free(words);
	return why;
}

/* Prints the last console lines of a VM that ended by itself. */
void report_details(const struct vm_dir *dir, enum vm_status status)
{
	char *lines;

	if (status != VM_GONE)
		return;
	lines = text_panic(dir->fd);
	if (!lines)
		lines = text_tail(dir->fd, "console.log", 10);
	text_print(lines);
	fprintf(stderr, "    The whole console is in %s/console.log.\n", dir->path);
	free(lines);
}

void report_not_running(const struct vm_dir *dir, const struct vm_state *st, enum vm_status status)
{
	char *why = report_why(dir, status);

	say("%s is not running: %s", state_label(dir, st), why);
	free(why);
	report_details(dir, status);
}

/* Advice for known messages of QEMU. */
static const struct {
	const char *words;
	const char *advice;
} hints[] = {
	{ "Could not set up host forwarding rule",
	  "its port is in use: choose another one with SSH_PORT=, or leave SSH_PORT unset to get a free one" },
	{ "Bad host port",
	  "SSH_PORT= is a port from 1 to 65535; leave it unset to get a free one" },
	{ "Failed to find an available port",
	  "its port is in use: choose another one with GDB_PORT=, or leave GDB_PORT unset to get a socket of the VM's own" },
	{ "could not configure /dev/net/tun",
	  "a VM has a TAP device for itself, and the device must be yours: sudo make tap TAP_NAME=..." },
	{ "Cannot allocate memory",
	  "this machine has too little memory for it: give the VM less, or end other programs" },
	{ "annot set up guest memory",
	  "this machine has too little memory for it: give the VM less, or end other programs" },
	{ "could not open kernel", "check that KERNEL names a kernel image that you can read" },
	{ "could not load kernel", "check that KERNEL names a kernel image for this architecture" },
	{ "load initrd", "the initial root image cannot be read; remove it to have it made again" },
	{ "Failed to get", "another VM may have the same image open for writing" },
	{ "Could not open", "a file of its command line is missing or not readable" },
	{ "KVM", "KVM does not work here: use ACCEL=tcg" },
	{ "kvm", "KVM does not work here: use ACCEL=tcg" },
	{ "No machine specified", "the command line lacks -machine" },
	{ "unsupported machine type",
	  "this QEMU lacks that machine: it is too old, or not the right one" },
	{ "unable to find CPU model",
	  "this QEMU lacks that CPU model: it is too old, or not the right one" },
	{ "nvalid parameter",
	  "this QEMU does not know an option of its command line: it may be too old" },
	{ "nvalid option",
	  "this QEMU does not know an option of its command line: it may be too old" },
};

/*
 * Explains that QEMU, a child of this process, ended with @wait_status before the guest was
 * ready.
 */
void report_qemu_exit(const struct vm_dir *dir, int wait_status)
{
	char *status = child_status_text(wait_status), *log, *console;
	const char *bye = report_goodbye(dir->fd);
	const char *advice = NULL;

	log = text_tail(dir->fd, "qemu.log", 10);
	console = text_tail(dir->fd, "console.log", 10);
	if (bye)
		fprintf(stderr, "  Why:  %s (QEMU: %s). Its console:\n", bye, status);
	else
		fprintf(stderr, "  Why:  QEMU ended with %s%s\n", status,
			*log ? ":" : " and said nothing");
	free(status);
	text_print(bye ? console : log);
	if (!bye && *console) {
		fprintf(stderr, "  The guest's last words:\n");
		text_print(console);
	}

	for (size_t i = 0; !advice && i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strstr(log, hints[i].words))
			advice = hints[i].advice;
	/*
	 * with -no-reboot a reset ends QEMU; the kernel prints the reason, unless it resets
	 * too early
	 */
	if (!advice && !bye && !wait_status && !*log && !*console)
		advice =
			"the guest reset its machine before it could say anything: give it more memory "
			"(MEM=), or have it say more (BOOT_ARGS='loglevel=7 earlyprintk=serial')";
	if (advice)
		fprintf(stderr, "  Do:   %s.\n", advice);
	else
		fprintf(stderr, "  Do:   look at %s/qemu.log and %s/console.log.\n", dir->path,
			dir->path);
	free(log);
	free(console);
}
