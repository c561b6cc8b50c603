# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Reads what a benchmark of the kernel's selftests prints, and prints one line, with tabs
# between:  value unit stddev.  Each kind of benchmark words its summary in its own way; of one that
# has a line for each CPU, the sum is printed.  Nothing is printed if there is no number.

# after(WORDS): the number that follows WORDS in the line
function after(words,	at, text)
{
	at = index($0, words " ")
	text = at ? substr($0, at + length(words) + 1) : ""
	return match(text, /^[0-9]+(\.[0-9]+)?/) ? substr(text, 1, RLENGTH) : ""
}

function summary(words, what)
{
	value = after(words)
	stddev = after(words " " value " ±")
	unit = what
}

{
	sub(/\r$/, "")
	gsub(/[ \t]+/, " ")
}
/^Summary: hits /		{ summary("hits", "M/s") }
/^Summary: hits throughput /	{ summary("hits throughput", "M/s") }
/^Summary: throughput /		{ summary("throughput", "M/s") }
/^Summary: per-prod-op /	{ summary("per-prod-op", "k/s") }
/^Summary: creates /		{ summary("creates", "k/s") }
/^Summary: .* Percentage = /	{ summary("Percentage =", "%") }
/^SUMMARY .*latency avg /	{ summary("latency avg", "us"); stddev = after("stddev") }
# a line for each CPU
/^cpu[0-9]+: lookup / {
	sum += after("lookup")
	squares += after("lookup " after("lookup") "M ±") ^ 2
	value = sum
	stddev = sqrt(squares)
	unit = "M/s"
}
/^[0-9]+:hash_map_full_perf / {
	sum += after("hash_map_full_perf") / 1e6
	value = sum
	unit = "M/s"
}
END {
	if (value != "")
		print value "\t" unit "\t" stddev
}
