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

# baseline_begin COMMAND: what COMMAND of scripts/load-report, scripts/jit-cost does about BASELINE first.  If
# it cannot be written, that is told before an hour of work and not after it.  With KEEP, which says that it
# will be written, no COMMAND but baseline reads it.
baseline_begin()
{
	case ${BASELINE:+$1}${KEEP:+.keep} in
	baseline*|check.keep)
		if [ ! -d "$(dirname "$BASELINE")" ] || [ -d "$BASELINE" ]; then
			die_with 2 "BASELINE: $BASELINE cannot be written" "Name a file in a directory that is there."
		fi ;;
	esac
	[ "$1" = baseline ] || [ -z "${KEEP-}" ] || BASELINE=
}
