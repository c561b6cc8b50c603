# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# Functions for a script that runs commands in process groups of their own: a signal to the script
# alone then ends all that they have started.

# in_group COMMAND...: runs it in a process group of its own, and returns its status
in_group()
{
	local status=0

	set -m
	"$@" &
	set +m
	wait $! || status=$?
	return $status
}

# end_groups SECONDS: ends what in_group runs, for a trap.  What has not ended after SECONDS is killed.
# bash's list of jobs has a group from its fork on; a variable would not be set yet when a signal comes
# right after that.
end_groups()
{
	local group

	for group in $(jobs -p); do
		kill -TERM -- "-$group" 2>/dev/null || continue
		for _ in $(seq $(($1 * 5))); do
			kill -0 -- "-$group" 2>/dev/null || continue 2
			sleep 0.2
		done
		kill -KILL -- "-$group" 2>/dev/null || :
	done
}
