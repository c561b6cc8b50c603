# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Arranges native code for scripts/inspect: each part of it below the source line
# that it was made from; with side=xlated, the BPF instructions at its left.
#
# First come the lines "symbol": addresses of the kernel and their names.
# A program is the lines "prog", then "line" and "xlated" in any order, then for
# each function a "func" and its "native" instructions.

BEGIN { FS = "\t" }

# fields FROM: the rest of the input line, TABs made spaces
function fields(from,	i, text) {
	for (i = from; i <= NF; i++)
		text = text (i > from ? " " : "") $i
	return text
}

# The part that ends here: n native instructions, from BPF instruction x on.
function flush(	end, i, left) {
	if (!n)
		return
	for (end = x + 1; x >= 0 && end <= last_x && !(end in starts); )
		end++
	for (i = 1; i <= n || (x >= 0 && x < end && x <= last_x); i++) {
		left = ""
		while (x >= 0 && x < end && x <= last_x && left == "") {
			if (x in xlated)
				left = sprintf("%4d: %s", x, xlated[x])
			x++
		}
		if (left == "" && i > n)
			break
		printf "  %-48s | %s\n", left, i <= n ? native[i] : ""
	}
	n = 0
}

# An instruction, with the name of what it calls or jumps to.
function named(text,	addr) {
	addr = text
	sub(/.*[ ,]0x/, "", addr)
	return text ((addr in symbols) ? " <" symbols[addr] ">" : "")
}

$1 == "symbol" { symbols[$2] = $3 }
$1 == "prog" {
	flush()
	printf "%s# %s\n", (progs++ ? "\n" : ""), $2
	split("", source); split("", starts); split("", xlated)
	last_x = -1
	funcs = lines = 0
}
$1 == "line" {
	# Two lines may begin at one address; the last one made the code.
	source[$2] = fields(5) "  [" $4 "]"
	insn[$2] = $3
	starts[$3]
	lines++
}
$1 == "xlated" { xlated[$2] = fields(3); last_x = $2 }
$1 == "func" {
	flush()
	printf "\n%s:\n", $2
	# Without line numbers, at least the first function's two are told.
	x = (funcs++ || lines) ? -1 : 0
	shown = ""
}
$1 == "native" {
	if ($2 in source) {
		flush()
		if (source[$2] != shown)
			print "; " source[$2]
		shown = source[$2]
		x = insn[$2]
	}
	if (side == "xlated")
		native[++n] = $2 ": " named(fields(4))
	else
		print "  " $2 ": " $3 "\t" named(fields(4))
}
END { flush() }
