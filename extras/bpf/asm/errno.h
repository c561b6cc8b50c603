/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * For BPF halves, which are of no architecture and have no header of one: libbpf's
 * usdt.bpf.h wants <linux/errno.h>, and that wants this.
 */
#include <asm-generic/errno.h>
