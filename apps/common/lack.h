/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Features that BPF programs need and a kernel lacks. The kernel is probed (a small program
 * is loaded, a name is looked up in its BTF); its version is never used. libbpf's log is
 * read only for the features that the programs use, and the verifier's log only for
 * refusals by the JIT: a program that the verifier rejects for a fault of its own is a
 * failure, not a lack. common/why.h has the class of such failures, too.
 */
#ifndef LACK_H
#define LACK_H

#include <stdbool.h>

struct bpf_object;

enum lack_class {
	LACK_NOTHING,
	LACK_SYSCALL, /* the bpf system call */
	LACK_BTF,     /* the kernel's BTF */
	LACK_PROG_TYPE,
	LACK_TARGET,	 /* of a program that is attached by BTF: function, event, hook, iterator */
	LACK_TRAMPOLINE, /* the code by which a function calls programs */
	LACK_PROG_FLAG,	 /* xdp.frags, sleepable programs */
	LACK_MAP_TYPE,
	LACK_HELPER,
	LACK_KFUNC,	     /* a kernel function for BPF programs */
	LACK_CONFIG,	     /* a kernel option, or the file with the configuration */
	LACK_GLOBAL_POINTER, /* pointers as arguments of global functions */
	LACK_ATOMICS,
	LACK_INSNS, /* instructions of a newer set: v2, v3, v4 */
	LACK_JIT,
	LACK_32_BITS, /* a feature that libbpf does not support on 32-bit kernels */
	LACK_LINK,    /* a way to attach: kprobe.multi, uprobe.multi */

	/* Failures that are no lack of the kernel: lack_load() and lack_attach() never give these. */
	WHY_BYTE_ORDER, /* an object of the other byte order */
	WHY_LOADER,	/* a program that only its own loader can load or attach */
	WHY_SKIPPED,	/* a loader of the user's own says so */
	WHY_OBJECT,	/* no BPF object, or one that libbpf cannot open */
	WHY_VALUE,	/* a value that a variable of the object cannot have */
	WHY_RIGHTS,
	WHY_MEMORY,
	WHY_FIELD,    /* a CO-RE relocation that found no field, type or enumerator */
	WHY_COMPLEX,  /* too much for the verifier's limits */
	WHY_VERIFIER, /* refused by it for the program's own fault */
	WHY_LIBBPF,   /* libbpf itself could not load it */
	WHY_ATTACH,   /* it was loaded, and could not be attached */
	WHY_HANG,
	WHY_DIED,   /* a signal, or the end of the kernel */
	WHY_STATUS, /* the exit status of a loader of the user's own */
	LACK_CLASSES,
};

struct lack {
	enum lack_class class;
	char what[256]; /* "kernel has no BPF maps of type ringbuf" */
};

/*
 * Finds the reason of a failed load, if the kernel lacks a feature.
 * @err: the error of the load, negative. @log: libbpf's log, at least its end.
 */
bool lack_load(struct lack *lack, const struct bpf_object *obj, int err, const char *log);

/*
 * Finds the reason of a failed attach, if the kernel lacks that way to attach.
 * @section: the program's, "kprobe.multi/vfs_*". @err: the error of the attach, negative.
 */
bool lack_attach(struct lack *lack, const char *section, int err);

/* Finds the line of the log in which the JIT, or the interpreter, refuses a program. */
bool lack_jit(struct lack *lack, const char *log);

#endif
