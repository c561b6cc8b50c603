# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# Splats on a VM's console while tests run: WARN, BUG, KASAN, UBSAN, lockdep, RCU stalls.
# extras/splats says what counts and what is known.  No function starts a process: the runners of
# tests call them for each result.
#
#   splat_watch CONSOLE   begins: what the file CONSOLE has so far is not looked at
#   splat_poll            looks at what came since, by $splat_reader (splat_take) LINE; then
#     splat_head          is the first line of the first splat that is not known, or empty,
#     splat_lines         has these splats with their traces,
#     splat_known         has the first lines of known ones, each with the reason
#   splat_take LINE       the same for one line, from another source than a console
#   splat_clear           forgets them

splat_fd='' splat_part='' splat_left=0 splat_reader=splat_take
splat_starts=() splat_excused=() splat_reasons=()

while IFS= read -r splat_line; do
	[[ $splat_line =~ ^(splat|known)\ (.*)\ #\ (.*)$ ]] || continue
	if [ "${BASH_REMATCH[1]}" = splat ]; then
		splat_starts+=("${BASH_REMATCH[2]}")
	else
		splat_excused+=("${BASH_REMATCH[2]}")
		splat_reasons+=("${BASH_REMATCH[3]}")
	fi
done <"${SPLATS-extras/splats}"
splat_start=$(IFS='|'; echo "${splat_starts[*]}")

splat_clear() { splat_head='' splat_lines=() splat_known=(); }
splat_clear

splat_watch()
{
	local line

	[ -z "$splat_fd" ] || exec {splat_fd}<&-
	splat_fd='' splat_part='' splat_left=0
	splat_clear
	[ -e "$1" ] || return 0
	exec {splat_fd}<"$1"
	while IFS= read -r -u "$splat_fd" line; do :; done
	splat_part=$line
}

# A splat's trace is the lines up to its end mark, or so many.
splat_poll()
{
	local line

	[ -n "$splat_fd" ] || return 0
	while IFS= read -r -u "$splat_fd" line; do
		"$splat_reader" "${splat_part}${line%$'\r'}"
		splat_part=
	done
	# The rest of this line is still to come.
	splat_part+=$line
}

splat_take()
{
	local text=$1 i

	[[ ! $text =~ ^\[\ *[0-9]+\.[0-9]+\]\ *(\[\ *[TC][0-9]+\]\ *)?(.*)$ ]] || text=${BASH_REMATCH[2]}
	if [[ $text =~ $splat_start ]]; then
		splat_left=40
		for i in "${!splat_excused[@]}"; do
			if [[ $text =~ ${splat_excused[i]} ]]; then
				splat_known+=("$text (${splat_reasons[i]})") splat_left=0
				return
			fi
		done
		splat_head=${splat_head:-$text}
	fi
	[ $splat_left -gt 0 ] || return 0
	splat_lines+=("$text")
	splat_left=$((splat_left - 1))
	[[ $text != *"[ end trace "* ]] || splat_left=0
}
