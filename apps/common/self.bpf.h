/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef SELF_BPF_H
#define SELF_BPF_H

#include "common/pid.bpf.h"
#include "common/self.h"

/* Whether the user half is the current process. */
static __always_inline bool is_self(const volatile struct self *self)
{
	return current_pid(self->pidns_dev, self->pidns_ino) == self->pid;
}

#endif
