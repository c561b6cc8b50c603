// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* vm status, vm alive, vm get: the status of VMs, for people and scripts. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "vm.h"

static const char status_usage[] =
	"Usage: vm status [--json] [--below DIR] [DIR]...\n"
	"\n"
	"Print a table of the VMs in these directories.\n"
	"\n"
	"  --below DIR  list also the QEMUs whose directory, DIR or below it, was removed\n"
	"  --json       print a JSON array instead: name, dir, state, why, accel, pid, port,\n"
	"               uptime (seconds), memory (MiB in RAM), console_log\n"
	"\n"
	"The state is running, starting, stopped, dead (ended, but not by vm stop), or lost (it\n"
	"runs, but its directory was removed).\n"
	"\n"
	"Exit status: 0 all run, 2 wrong usage, 3 some do not.\n";

static const char alive_usage[] =
	"Usage: vm alive --dir DIR\n"
	"\n"
	"Print nothing if the VM of DIR runs, else the reason why it does not.\n"
	"\n"
	"Exit status: 0 it runs, 1 DIR cannot be read, 2 wrong usage, 3 it does not run.\n";

static const char get_usage[] =
	"Usage: vm get --dir DIR KEY\n"
	"\n"
	"Print one fact about a running VM: pid, port, accel, label, phase, started (seconds\n"
	"since 1970), starttime (ticks since boot), boot_id, hash, share (the directory of 'vm start\n"
	"--share'), argv (one word a line).\n"
	"\n"
	"Exit status: 0 printed, 1 DIR cannot be read, 2 wrong usage or no such KEY, 3 the\n"
	"VM is not running.\n";

static const char *state_name(enum vm_status status)
{
	switch (status) {
	case VM_RUNNING:
		return "running";
	case VM_STARTING:
		return "starting";
	case VM_ABSENT:
		return "stopped";
	default:
		return "dead";
	}
}

/* One VM as JSON, from which the table is made, too. */
static json_t *describe(const char *path, enum vm_status *status)
{
	struct vm_state st = { 0 };
	struct vm_dir dir;
	char *why = NULL;
	bool lives;
	json_t *vm;
	int err;

	*status = VM_ABSENT;
	err = dir_open(&dir, path, false);
	if (!err)
		*status = state_inspect(&dir, &st, false);
	lives = *status == VM_RUNNING || *status == VM_STARTING;
	if (!lives && *status != VM_ABSENT)
		why = report_why(&dir, *status);
	else if (lives && proc_stopped(st.pid))
		why = format("its QEMU is stopped by a signal: kill -CONT %d, or make qemu-reset",
			     st.pid);
	/* clang-format off */
	vm = must(json_pack("{s:o, s:o, s:s, s:o*, s:o}",
			    "name", state_string(state_label(&dir, &st)),
			    "dir", state_string(path),
			    "state", state_name(*status),
			    "why", why ? state_string(why) : NULL,
			    "accel", state_string(st.accel ? st.accel : "")));
	/* clang-format on */
	if (lives) {
		json_object_set_new(vm, "pid", json_integer(st.pid));
		json_object_set_new(vm, "port", json_integer(st.port));
		json_object_set_new(vm, "uptime", json_integer(proc_uptime(st.starttime)));
		json_object_set_new(vm, "memory", json_integer(proc_rss_mib(st.pid)));
	}
	if (*status != VM_ABSENT) {
		char *log = format("%s/console.log", path);

		json_object_set_new(vm, "console_log", state_string(log));
		free(log);
	}
	free(why);
	state_free(&st);
	dir_close(&dir);
	return vm;
}

/* The same of a QEMU whose directory was removed, for the array @arg. */
static void describe_lost(const struct lost *lost, void *arg)
{
	/* clang-format off */
	json_array_append_new(arg, must(json_pack("{s:o, s:o, s:s, s:s, s:s, s:i, s:I, s:I}",
		"name", state_string(lost->label), "dir", state_string(lost->dir), "state", "lost",
		"why", "its directory was removed; make qemu-stop-all ends it", "accel", "",
		"pid", lost->pid, "uptime", (json_int_t)proc_uptime(lost->starttime),
		"memory", (json_int_t)proc_rss_mib(lost->pid))));
	/* clang-format on */
}

/* "5 s", "12 min", "3 h 05": the caller frees it. */
static char *duration(json_int_t sec)
{
	if (sec < 120)
		return format("%lld s", (long long)sec);
	if (sec < 7200)
		return format("%lld min", (long long)sec / 60);
	return format("%lld h %02lld", (long long)sec / 3600, (long long)sec / 60 % 60);
}

static const char *text_of(const json_t *vm, const char *key)
{
	const char *text = json_string_value(json_object_get(vm, key));

	return text && *text ? text : "-";
}

/* The integer @key as text, "-" if it is not known; the caller frees it. */
static char *number_of(const json_t *vm, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(vm, key));

	return n ? format("%lld", (long long)n) : format("-");
}

static void print_table(const json_t *vms)
{
	int width = 4;
	json_t *vm;
	size_t i;

	if (!json_array_size(vms)) {
		printf("no VMs\n");
		return;
	}
	json_array_foreach(vms, i, vm) {
		int len = strlen(text_of(vm, "name"));

		width = len > width ? len : width;
	}
	printf("%-*s  %-8s  %-5s  %7s  %5s  %8s  %s\n", width, "NAME", "STATE", "ACCEL", "PID",
	       "PORT", "UPTIME", "MEMORY");
	json_array_foreach(vms, i, vm) {
		char *pid = number_of(vm, "pid"), *port = number_of(vm, "port");
		json_t *uptime = json_object_get(vm, "uptime");
		char *memory = number_of(vm, "memory");
		char *up = uptime ? duration(json_integer_value(uptime)) : format("-");

		printf("%-*s  %-8s  %-5s  %7s  %5s  %8s  %s%s\n", width, text_of(vm, "name"),
		       text_of(vm, "state"), text_of(vm, "accel"), pid, port, up, memory,
		       *memory == '-' ? "" : " MiB");
		if (json_object_get(vm, "why"))
			printf("%*s  %s (%s)\n", width, "", text_of(vm, "why"),
			       text_of(vm,
				       json_object_get(vm, "console_log") ? "console_log" : "dir"));
		free(pid);
		free(port);
		free(memory);
		free(up);
	}
}

int cmd_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "below", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt, ret = VM_EXIT_OK;
	const char *below = NULL;
	bool json = false;
	json_t *vms;

	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'j':
			json = true;
			break;
		case 'b':
			below = optarg;
			break;
		case 'h':
			fputs(status_usage, stdout);
			return VM_EXIT_OK;
		default:
			return bad_usage(argv[0]);
		}
	}
	vms = must(json_array());
	for (; optind < argc; optind++) {
		enum vm_status status;

		json_array_append_new(vms, describe(argv[optind], &status));
		if (status != VM_RUNNING)
			ret = VM_EXIT_NOT_RUNNING;
	}
	if (below)
		lost_find(below, describe_lost, vms);
	if (json) {
		json_dumpf(vms, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		print_table(vms);
	}
	json_decref(vms);
	return ret;
}

/*
 * Reads the options of a command that has --dir and, if @timeout is not NULL, --timeout. Returns
 * GO_ON, or an exit code that it has explained.
 */
int parse_dir_options(int argc, char **argv, const char *usage, const char **path, int64_t *timeout)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	*path = NULL;
	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (opt) {
		case 'd':
			*path = optarg;
			break;
		case 't':
			if (!timeout)
				return bad_usage(argv[0]);
			if (parse_seconds("--timeout", optarg, timeout))
				return VM_EXIT_USAGE;
			break;
		case 'h':
			fputs(usage, stdout);
			return VM_EXIT_OK;
		default:
			return bad_usage(argv[0]);
		}
	}
	return GO_ON;
}

/* The same for a command with @words words after its options, no more and no fewer. */
int parse_dir(int argc, char **argv, const char *usage, int words, const char **path,
	      int64_t *timeout)
{
	int ret = parse_dir_options(argc, argv, usage, path, timeout);

	if (ret == GO_ON && (!*path || argc - optind != words)) {
		fputs(usage, stderr);
		return VM_EXIT_USAGE;
	}
	return ret;
}

int cmd_alive(int argc, char **argv)
{
	struct vm_state st = { 0 };
	struct vm_dir dir;
	const char *path;
	int ret;

	ret = parse_dir(argc, argv, alive_usage, 0, &path, NULL);
	if (ret != GO_ON)
		return ret;
	ret = find_running(&dir, &st, path);
	state_free(&st);
	dir_close(&dir);
	return ret;
}

static void print_value(const json_t *value)
{
	json_t *element;
	size_t i;

	if (json_is_string(value))
		puts(json_string_value(value));
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT "\n", json_integer_value(value));
	else
		json_array_foreach(value, i, element)
			print_value(element);
}

int cmd_get(int argc, char **argv)
{
	json_t *root = NULL, *value;
	struct vm_state st = { 0 };
	struct vm_dir dir;
	const char *path;
	char *text;
	int ret;

	ret = parse_dir(argc, argv, get_usage, 1, &path, NULL);
	if (ret != GO_ON)
		return ret;
	ret = find_running(&dir, &st, path);
	/* any field of the file: state_save() alone names the fields */
	if (!ret && !read_at(dir.fd, "state.json", 1 << 20, &text, NULL)) {
		root = json_loads(text, 0, NULL);
		free(text);
	}
	if (!ret) {
		value = json_object_get(root, argv[optind]);
		if (value) {
			print_value(value);
		} else {
			say("a VM has no '%s'; see '%s -h' for what it has", argv[optind], argv[0]);
			ret = VM_EXIT_USAGE;
		}
	}
	json_decref(root);
	state_free(&st);
	dir_close(&dir);
	return ret;
}
