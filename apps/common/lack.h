/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What a kernel lacks of what BPF programs need. The kernel is asked (a small program is
 * loaded, a name is looked up in its BTF), never its version. libbpf's log is read only
 * for what the programs want, and the verifier's only for its JIT's refusals: what the
 * verifier refuses for the program's own fault is a lack of no kernel.
 */
#ifndef LACK_H
#define LACK_H

#include <stdbool.h>

struct bpf_object;

enum lack_class {
	LACK_NOTHING,
	LACK_SYSCALL,		/* the bpf system call */
	LACK_BTF,		/* the kernel's description of its types */
	LACK_PROG_TYPE,
	LACK_TARGET,		/* what a program is attached to by BTF: function, event, hook, iterator */
	LACK_TRAMPOLINE,	/* the code by which a function calls programs */
	LACK_PROG_FLAG,		/* xdp.frags, sleepable programs */
	LACK_MAP_TYPE,
	LACK_HELPER,
	LACK_KFUNC,		/* a function of the kernel's for BPF programs */
	LACK_CONFIG,		/* an option of its configuration, or the file that has it */
	LACK_GLOBAL_POINTER,	/* pointers as arguments of global functions */
	LACK_ATOMICS,
	LACK_JIT,
	LACK_32_BITS,		/* what libbpf cannot do for kernels of 32 bits */
	LACK_LINK,		/* a way to attach: kprobe.multi, uprobe.multi */
};

struct lack {
	enum lack_class class;
	char what[256];		/* "kernel has no BPF maps of type ringbuf" */
};

/*
 * Why an object could not be loaded, if it is for something that the kernel lacks.
 * @err: what load returned, negative. @log: what libbpf said, at least its end.
 */
bool lack_load(struct lack *lack, const struct bpf_object *obj, int err, const char *log);

/*
 * Why a program could not be attached, if it is for a way to attach that the kernel lacks.
 * @section: the program's, "kprobe.multi/vfs_*". @err: what attach returned, negative.
 */
bool lack_attach(struct lack *lack, const char *section, int err);

/* The line of the log in which the JIT, or the interpreter, refuses a program. */
bool lack_jit(struct lack *lack, const char *log);

#endif
