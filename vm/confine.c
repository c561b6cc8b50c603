// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * A seccomp filter for the programs that serve a guest: they can make no setuid or setgid file
 * and no device. By such a file in a shared directory the guest could become root on this
 * machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vm.h"

#define SET_ID (S_ISUID | S_ISGID)
/* this bit is set in the types of both kinds of device, and in no other type of mknod() */
#define DEVICE S_IFCHR

/* new in Linux 6.6; the number is the same on all architectures */
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW sizeof(__u32)
#else
#define LOW 0
#endif

#define DATA(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ARG(n)	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]) + LOW)
#define REFUSE	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ALLOW	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* clang-format off */
/* System call @call is refused if its argument @n has a bit of @bits. */
#define REFUSE_BITS(call, n, bits) \
	DATA(nr), \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3), \
	ARG(n), \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1), \
	REFUSE

/* clang-format on */
/* Confines this process, the programs that it executes, and the processes that it starts. */
int confine(void)
{
	static const struct sock_filter code[] = {
		REFUSE_BITS(__NR_fchmod, 1, SET_ID),
		REFUSE_BITS(__NR_fchmodat, 2, SET_ID),
		REFUSE_BITS(__NR_fchmodat2, 2, SET_ID),
		REFUSE_BITS(__NR_openat, 3, SET_ID),
		REFUSE_BITS(__NR_mknodat, 2, SET_ID | DEVICE),
	/* older architectures have these system calls, too */
#ifdef __NR_chmod
		REFUSE_BITS(__NR_chmod, 1, SET_ID),
#endif
#ifdef __NR_open
		REFUSE_BITS(__NR_open, 2, SET_ID),
#endif
#ifdef __NR_creat
		REFUSE_BITS(__NR_creat, 1, SET_ID),
#endif
#ifdef __NR_mknod
		REFUSE_BITS(__NR_mknod, 1, SET_ID | DEVICE),
#endif
		/*
		 * the mode is in memory, which a filter cannot read: pretend that the kernel
		 * lacks the call
		 */
		DATA(nr),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		ALLOW,
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]),
					    (struct sock_filter *)code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -errno;
	return 0;
}

static const char usage[] =
	"Usage: vm confine -- COMMAND [ARGUMENT]...\n"
	"\n"
	"Run COMMAND confined: it, and the processes that it starts, can make no setuid or setgid\n"
	"file and no device. QEMU is always confined.\n"
	"\n"
	"Exit status: that of COMMAND; 1 the host refused; 2 wrong usage.\n";

int cmd_confine(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int opt, err;

	optind = 0;
	while ((opt = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		if (opt != 'h')
			return bad_usage(argv[0]);
		fputs(usage, stdout);
		return VM_EXIT_OK;
	}
	if (optind == argc) {
		say("confine needs a command after --");
		return bad_usage(argv[0]);
	}
	err = confine();
	if (err) {
		say("cannot confine %s: no seccomp filter: %s", argv[optind], strerror(-err));
		return VM_EXIT_ERROR;
	}
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[optind], argv + optind);
	say("cannot run %s: %s", argv[optind], strerror(errno));
	return VM_EXIT_ERROR;
}
