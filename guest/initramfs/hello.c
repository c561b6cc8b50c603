// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * An init for the shortest boot: it prints a line, and waits to be killed. It proves that a
 * machine runs, and `make bench` compares other boots with it.
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
