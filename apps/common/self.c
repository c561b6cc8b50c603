// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* See self.h. */
#include <unistd.h>
#include <linux/types.h>

#include "common/app.h"
#include "common/self.h"

struct self app_self(void)
{
	struct self self = { .pid = getpid() };
	uint64_t dev, ino;

	app_pid_namespace(&dev, &ino);
	self.pidns_dev = dev;
	self.pidns_ino = ino;
	return self;
}
