// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The init of the shortest boot there is: it says hello, and waits to be
 * killed.  It proves that a machine runs, and is the floor that `make bench`
 * measures other boots against.
 */
#include <unistd.h>

int main(void)
{
	static const char hello[] = "ebpf-testbench: hello\n";

	if (write(STDOUT_FILENO, hello, sizeof(hello) - 1) < 0)
		return 1;
	for (;;)
		pause();
}
