// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The JIT lab in the guest.  It is told what to do by scripts/jit, or by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

static const char usage[] =
	"usage: jit isa [-m MODE] [-t NAMES] [-f] [-n FIRST] [-k N] [-x]\n"
	"       jit cost [-m MODE] [-t NAMES] [-n FIRST] [-k N]\n"
	"       jit program ID DATA CONTEXT\n"
	"       jit list [-t NAMES]\n"
	"       jit list-cost [-t NAMES]\n"
	"       jit random [-m MODE] [-s SEED] [-c COUNT] [-l LEN] [-n FIRST] [-k N] [-w N]\n"
	"                  [-x | -p]\n"
	"\n"
	"isa     each instruction of RFC 9669 in this machine's kernel, against a reference\n"
	"        interpreter; KTAP\n"
	"random  the same with random programs\n"
	"cost    the instructions that each BPF instruction, call, map operation takes, on a machine\n"
	"        whose clock counts them; KTAP\n"
	"program the same of a loaded program, from one run to the next, and of an empty one;\n"
	"        on the contents of the files DATA and CONTEXT, or '' for none\n"
	"list    the names of the instructions; list-cost: of the costs\n"
	"\n"
	"  -m MODE   jit, blinding, interpreter or flags (JIT with BPF_F_TEST_RND_HI32 and\n"
	"            BPF_F_TEST_STATE_FREQ) [jit]\n"
	"  -t NAMES  some instructions: names, parts of names, conformance groups\n"
	"  -f        more programs and operands\n"
	"  -s SEED   of the random programs [1]\n"
	"  -c COUNT  how many [300]\n"
	"  -l LEN    instructions of each [40]\n"
	"  -n FIRST  leave out the first FIRST\n"
	"  -k N      leave a mark in the kernel's log (/dev/kmsg) before each N'th test\n"
	"  -w N      make the first N wrong programs as small as they go, and show them [5]\n"
	"  -p        print the programs, and run none\n"
	"  -x        spoil each result of the reference: all must fail\n"
	"\n"
	"Exit status: 0 all passed, 1 not, 2 wrong usage, 4 the kernel does not have the mode.\n";

static int wrong_usage(void)
{
	fputs(usage, stderr);
	return 2;
}

int main(int argc, char **argv)
{
	unsigned int first = 0, count = 300, len = 40, shown = 5;
	const struct mode *mode = find_mode("jit");
	const char *run = argc > 1 ? argv[1] : "";
	static struct kernel kernel;
	const char *tests = "", *why;
	uint64_t seed = 1;
	bool full = false, print_only = false;
	int option, status;

	if (!strcmp(run, "-h") || !strcmp(run, "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	if (!strcmp(run, "program"))
		return argc == 5 ? cost_program(strtoul(argv[2], NULL, 10), argv[3], argv[4]) :
				   wrong_usage();
	if (strcmp(run, "isa") && strcmp(run, "list") && strcmp(run, "random") &&
	    strcmp(run, "cost") && strcmp(run, "list-cost"))
		return wrong_usage();
	while ((option = getopt(argc - 1, argv + 1, "m:t:n:s:c:l:k:w:fpx")) != -1) {
		switch (option) {
		case 'm':
			mode = find_mode(optarg);
			if (!mode)
				return wrong_usage();
			break;
		case 't':
			tests = optarg;
			break;
		case 'n':
			first = strtoul(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			count = strtoul(optarg, NULL, 10);
			break;
		case 'l':
			len = strtoul(optarg, NULL, 10);
			break;
		case 'f':
			full = true;
			break;
		case 'k':
			ktap_marks = strtoul(optarg, NULL, 10);
			break;
		case 'w':
			shown = strtoul(optarg, NULL, 10);
			break;
		case 'p':
			print_only = true;
			break;
		case 'x':
			spoil = true;
			break;
		default:
			return wrong_usage();
		}
	}
	if (!len || len > LEN_MAX) {
		fprintf(stderr, "error: LEN=%u: a program has 1 to %u instructions\n", len,
			LEN_MAX);
		return 2;
	}
	if (!strcmp(run, "list"))
		return list_isa(tests);
	if (!strcmp(run, "list-cost"))
		return list_cost(tests);
	modes_open();
	why = set_mode(mode);
	if (why) {
		printf("KTAP version 1\n1..0 # SKIP %s\n", why);
		return 4;
	}
	kernel_open(&kernel);
	if (!strcmp(run, "random") && print_only) {
		print_random(&kernel, mode, seed, count, len, first);
		return 0;
	}
	if (!strcmp(run, "random"))
		status = run_random(&kernel, mode, seed, count, len, first, shown);
	else if (!strcmp(run, "cost"))
		status = run_cost(&kernel, mode, tests, first);
	else
		status = run_isa(&kernel, mode, tests, full, first);
	ktap_note("end");
	return status;
}
