# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# Writes KTAP, the format of all results; ktap.awk reads it.  Every program
# that makes results or turns them into another form uses these two files.

# ktap_line VERDICT NUMBER NAME [COMMENT]: the line of a test.  VERDICT is ok, "not ok" or
# skip, of which COMMENT is the reason.  A "#" in NAME would begin a comment.
ktap_line()
{
	local verdict=$1 name=${3//#/\\#} comment=${4-}

	[ "$verdict" != skip ] || verdict=ok comment="SKIP $comment"
	echo "$verdict $2 $name${comment:+ # $comment}"
}

# ktap_awk PROGRAM [VARIABLE=VALUE...] [FILE...]: awk with the functions of ktap.awk.
ktap_awk()
{
	local program=$1

	shift
	awk "$(<"${BASH_SOURCE[0]%/*}/ktap.awk")
$program" "$@"
}
