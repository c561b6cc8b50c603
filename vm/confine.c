// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * What works for a guest on this machine makes no file that gives its users rights
 * which the guest chooses: none that is setuid or setgid, and no device. A directory
 * that is shared with the guest would else be a way to this machine's root.
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
/* set in the types of both kinds of device, and of nothing else that mknod() makes */
#define DEVICE S_IFCHR

/* of Linux 6.6; everywhere the same number */
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
/* From now on, for this process and all that it becomes and starts. */
int confine(void)
{
	static const struct sock_filter code[] = {
		REFUSE_BITS(__NR_fchmod, 1, SET_ID),
		REFUSE_BITS(__NR_fchmodat, 2, SET_ID),
		REFUSE_BITS(__NR_fchmodat2, 2, SET_ID),
		REFUSE_BITS(__NR_openat, 3, SET_ID),
		REFUSE_BITS(__NR_mknodat, 2, SET_ID | DEVICE),
	/* architectures that are not so new have these, too */
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
		/* its mode is in memory, where a filter cannot look: as if the kernel were older */
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
	"Become COMMAND, which then can make no file setuid or setgid, and no device; neither\n"
	"can what it starts. QEMU is always run so.\n"
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
