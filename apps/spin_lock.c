// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/*
 * The user half of spin_lock: several processes, on different CPUs if there are, run the
 * program at once, while this process reads the value. It passes if no transfer got lost
 * and none was seen half done. On a machine with one CPU the lock has little to do:
 * make SMP=4 VM_NAME=smp run-spin_lock shows that the count without a lock is wrong.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "common/app.h"
#include "common/run.h"
#include "spin_lock.h"
#include "spin_lock.skel.h"

#define MAX_PROCESSES 64
#define BURST	      1000 /* transfers between two checks of stop */

static unsigned int count = 20000;
static unsigned int processes = 4;

static const struct app_option options[] = {
	APP_NUMBER('n', "count", "N", "make N transfers in each process", &count, 1, 10000000),
	APP_NUMBER('p', "processes", "N", "have N processes make them", &processes, 1,
		   MAX_PROCESSES),
	{},
};

/*
 * Each process runs this, on the @nth CPU if there is one: transfers, until it has made
 * all of its own, or the first process sets stop.
 */
static int make_transfers(struct spin_lock_bpf *skel, unsigned int nth)
{
	unsigned int left, n;
	int ret = 0;

	run_on_cpu(nth % libbpf_num_possible_cpus());
	for (left = count; left && !ret && !skel->bss->stop; left -= n) {
		n = left < BURST ? left : BURST;
		ret = run_prog(skel->progs.transfer, n);
	}
	return ret;
}

/* Reads the value under its lock and compares. Returns 0, or the verdict. */
static int look(int map, struct locked_account *account)
{
	__u32 key = 0;

	if (bpf_map_lookup_elem_flags(map, &key, account, BPF_F_LOCK))
		return app_fail("cannot read the value under its lock: %m; -v says more");
	if (account->to == account->transfers && account->from + account->to == 0)
		return 0;
	return app_fail("the value was seen half changed: %u transfers, %lld taken, %lld given",
			account->transfers, -(long long)account->from, (long long)account->to);
}

static int run(struct spin_lock_bpf *skel)
{
	int map = bpf_map__fd(skel->maps.accounts), status, ret = 0;
	unsigned int running, reads = 0, expected = processes * count;
	struct locked_account account = {};
	pid_t pid;

	for (running = 0; running < processes; running++) {
		pid = fork();
		if (!pid)
			_exit(make_transfers(skel, running));
		if (pid < 0) {
			ret = app_fail("cannot fork: %m; try a smaller -p");
			break;
		}
	}
	while (running) {
		if (!ret) {
			ret = look(map, &account);
			reads++;
		}
		skel->bss->stop = ret || app_stop;
		while (waitpid(-1, &status, ret ? 0 : WNOHANG) > 0) {
			running--;
			if (status && !ret) /* it has printed the reason */
				ret = APP_FAIL;
		}
	}
	if (!ret)
		ret = look(map, &account);
	if (ret)
		return ret;

	printf("transfers under the lock: %u, by %u processes on %d CPUs\n", account.transfers,
	       processes, libbpf_num_possible_cpus());
	printf("counted without a lock:   %u\n", skel->bss->unlocked);
	printf("reads meanwhile:          %u, all of them whole\n", reads);
	if (account.transfers != expected && !app_stop)
		return app_fail("it should be %u transfers", expected);
	return app_pass("no transfer lost, and none seen half done");
}

int main(int argc, char **argv)
{
	struct spin_lock_bpf *skel;
	int err, ret;

	app_init(argc, argv,
		 "Several processes have a BPF program change one value at once, under a lock in\n"
		 "that value. Example: ./spin_lock -p 8",
		 options);

	skel = spin_lock_bpf__open();
	if (!skel)
		return app_fail("cannot open the BPF object: %m; rebuild the app");
	err = spin_lock_bpf__load(skel);
	ret = err ? app_load_failed(skel->obj, err) : run(skel);
	spin_lock_bpf__destroy(skel);
	return ret;
}
