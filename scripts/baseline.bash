# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# BASELINE, a text file of earlier results: a head line, then sorted lines of fields with tabs
# between them, so that it merges as text does.  lib.sh comes first.

# baseline_check GOAL HEAD ROW: stops if BASELINE is none that make GOAL-baseline has written.  ROW is
# awk's condition of a right line after the head.
baseline_check()
{
	local line

	[ -f "$BASELINE" ] || die_with 2 "BASELINE: there is no file $BASELINE" "Write it: make $1 $1-baseline BASELINE=$BASELINE"
	line=$(awk -F '\t' -v head="$2" '
		NR == 1 { if ($0 != head) { print 1; exit } next }
		!('"$3"') { print NR; exit }
		END { if (!NR) print 1 }' "$BASELINE")
	[ -z "$line" ] || die_with 2 "BASELINE: line $line of $BASELINE is none that make $1-baseline writes" \
		"Write the file anew: make $1 $1-baseline BASELINE=$BASELINE"
}

# baseline_writable: stops if BASELINE cannot be written, before an hour of work and not after it
baseline_writable()
{
	if [ ! -d "$(dirname "$BASELINE")" ] || [ -d "$BASELINE" ]; then
		die_with 2 "BASELINE: $BASELINE cannot be written" "Name a file in a directory that is there."
	fi
}
