/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What the two halves of bootstrap share. Fixed-size types and explicit padding:
 * the kernel half is always compiled for 64 bits, the user half perhaps for 32.
 */
#ifndef BOOTSTRAP_H
#define BOOTSTRAP_H

#define COMM_LEN     16
#define FILENAME_LEN 128

struct event {
	__u64 duration_ns; /* exit: since the exec, 0 if that was not seen */
	__u32 pid;
	__u32 ppid; /* always the kernel's own number */
	__u8 is_exit;
	__u8 exit_code;
	__u8 exit_signal; /* the signal that killed it, or 0 */
	__u8 pad[5];
	char comm[COMM_LEN];
	char filename[FILENAME_LEN]; /* exec: what was executed */
};

#endif
