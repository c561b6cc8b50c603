// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* The JIT lab in the guest.  It is told what to do by scripts/jit, or by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

static const char usage[] =
	"usage: jit isa [-m MODE] [-t NAMES] [-f] [-n FIRST] [-x]\n"
	"       jit list [-t NAMES]\n"
	"\n"
	"isa   each instruction of RFC 9669 in this machine's kernel, against a reference\n"
	"      interpreter; KTAP\n"
	"list  the names of the instructions\n"
	"\n"
	"  -m MODE   jit, blinding, interpreter or flags (JIT with BPF_F_TEST_RND_HI32 and\n"
	"            BPF_F_TEST_STATE_FREQ) [jit]\n"
	"  -t NAMES  some instructions: names, parts of names, conformance groups\n"
	"  -f        more programs and operands\n"
	"  -n FIRST  leave out the first FIRST\n"
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
	const struct mode *mode = find_mode("jit");
	static struct kernel kernel;
	const char *tests = "", *why;
	unsigned int first = 0;
	bool full = false;
	int option;

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc < 2 || (strcmp(argv[1], "isa") && strcmp(argv[1], "list")))
		return wrong_usage();
	while ((option = getopt(argc - 1, argv + 1, "m:t:n:fx")) != -1) {
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
		case 'f':
			full = true;
			break;
		case 'x':
			spoil = true;
			break;
		default:
			return wrong_usage();
		}
	}
	if (!strcmp(argv[1], "list"))
		return list_isa(tests);
	modes_open();
	why = set_mode(mode);
	if (why) {
		printf("KTAP version 1\n1..0 # SKIP %s\n", why);
		return 4;
	}
	kernel_open(&kernel);
	return run_isa(&kernel, mode, tests, full, first);
}
