# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Reads TAP and KTAP: scripts/ktap.bash puts this before an awk program.

# ktap(): true if the line $0 is the result of a test.  Then
#   verdict        is pass, fail, skip, or todo (a failure that was expected)
#   number, name   are those of the test
#   comment        is what follows the name: of skip and todo it is the reason
#   took           is the time in milliseconds that bats writes behind the name, or ""
# A subtest is a line like another one, except that it is indented.
# The plan, unless it is that of subtests, sets planned, the number of tests.
function ktap(	line) {
	line = $0
	sub(/^[ \t]+/, "", line)
	if (line == $0 && line ~ /^[0-9]+\.\.[0-9]+( |$)/)
		planned = substr(line, index(line, "..") + 2) + 0
	if (line !~ /^(not )?ok [0-9]+/)
		return 0
	verdict = line ~ /^ok/ ? "pass" : "fail"
	sub(/^(not )?ok /, "", line)
	number = line + 0
	sub(/^[0-9]+ *(- )?/, "", line)
	comment = ""
	if (match(line, /(^| )# /)) {
		comment = substr(line, RSTART + RLENGTH)
		line = substr(line, 1, RSTART - 1)
	}
	took = ""
	if (match(line, / in [0-9]+ms$/)) {
		took = substr(line, RSTART + 4, RLENGTH - 6)
		line = substr(line, 1, RSTART - 1)
	}
	name = line
	gsub(/\\#/, "#", name)
	if (comment ~ /^[Ss][Kk][Ii][Pp]/) {
		verdict = "skip"
		sub(/^....:? */, "", comment)
	} else if (verdict == "fail" && comment ~ /^TODO/) {
		verdict = "todo"
		sub(/^TODO:? */, "", comment)
	}
	return 1
}
