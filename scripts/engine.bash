# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# Functions of the engines that use other machines.  work is their directory: asked has the cells as
# scripts/matrix names them, cells as a copy does, back/NAME the results that are home.

# todo: writes the cells that have no results to $work/todo; fails if there are none
# shellcheck disable=SC2154 # the engine sets work
todo()
{
	local arch kernel name

	while read -r arch kernel name; do
		[ -e "$REPORTS/$name/sums" ] || echo "$arch $kernel $name"
	done <"$work/cells" >"$work/todo"
	[ -s "$work/todo" ]
}

# sweep: takes the results that are whole.  A cell that two machines have run counts once.
sweep()
{
	local result name

	for result in "$work/back/"*/sums; do
		result=${result%/sums}
		name=${result##*/}
		[ ! -e "$REPORTS/$name/sums" ] || continue
		scripts/cell complete "$result" || continue
		[ ! -e "$REPORTS/$name/build.log" ] || cp "$REPORTS/$name/build.log" "$result/"
		rm -rf "${REPORTS:?}/$name"
		mv "$result" "$REPORTS/$name"
		echo "@end $name $(head -n 1 "$REPORTS/$name/sums" | cut -d' ' -f2)"
	done
}

# leave_out MACHINE REASON [MORE]: tells the user
leave_out()
{
	say HOST "$1 is left out: $2${3:+$'\n'$(sed 's/^/             /' <<<"$3")}"
}
