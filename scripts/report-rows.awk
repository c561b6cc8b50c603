# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Results to rows: reads the .tap and .ktap files, load.csv and bench-*.json of a report directory,
# named relative to it, and prints a line a test, with tabs between:
#
#   run cell suite test verdict value unit comment log detail
#
# verdict is pass, fail, skip, known (to fail), or number (a measurement, no test).  value is a
# duration or what was measured, in unit.  In detail "\n" stands for a new line and "\\" for "\".
# scripts/ktap.awk, which reads the lines, comes before it.
# archs: the architectures, by which "ARCH KERNEL app" is known for a cell and a test.

function clean(text) { gsub(/\t/, " ", text); gsub(/[\001-\010\013-\037\177]/, "", text); return text }

function row(test, verdict, value, unit, comment, detail)
{
	print run "\t" cell "\t" suite "\t" clean(test) "\t" verdict "\t" value "\t" unit "\t" clean(comment) "\t" file "\t" detail
}

# A test's row is printed when its details are known.
function flush_test()
{
	if (verdict != "")
		row(test, verdict, value, unit, comment, verdict == "pass" || verdict == "skip" ? "" : detail)
	verdict = detail = ""
	lines = 0
}

function end_file()
{
	flush_test()
	if (kind == "tap" && !summary) {
		if (bailed != "")
			row("(the run)", "fail", "", "", bailed, "")
		else if (planned == "")
			row("(the run)", "fail", "", "", "it has no plan: it did not run, or not to its end", "")
		else if (seen < planned)
			row("(the run)", "fail", "", "", "it did not run to its end: " seen + 0 " of " planned " tests", "")
	}
}

FNR == 1 {
	if (file != "")
		end_file()
	file = FILENAME
	base = file
	sub(/.*\//, "", base)
	run = "check"
	cell = ""
	if (base != file) {
		cell = file
		sub(/\/.*/, "", cell)
	}
	kind = base ~ /\.k?tap$/ ? "tap" : base ~ /\.csv$/ ? "csv" : "bench"
	suite = base
	sub(/\.[a-z]*$/, "", suite)
	if (base ~ /\.ktap$/ && base != "matrix.ktap")
		run = suite
	if (kind == "bench")
		run = "bench"
	if (kind == "csv")
		run = suite
	planned = seen = bailed = ""
	summary = base == "matrix.ktap"
	nr = split(archs, list, " ")
	for (i = 1; i <= nr; i++)
		arch[list[i]]
}

kind == "bench" {
	if (match($0, /^ *"(name|what|label)": /)) {
		key = $1
		text = substr($0, RSTART + RLENGTH)
		gsub(/^"|",?$/, "", text)
		if (key ~ /label/) cell = text
		else if (key ~ /name/) bench_name = text
		else bench_what = text
	} else if ($1 == "\"median\":")
		row(bench_name, "number", $2 + 0, "s", bench_what, "")
	next
}

# The head of the file says which column is what.
kind == "csv" {
	n = csv($0, column)
	if (FNR == 1) {
		for (i = 1; i <= n; i++)
			at[column[i]] = i
		next
	}
	if (("insns" in at) && column[at["insns"]] != "") {
		cell = column[at["arch"]] "-" column[at["kernel"]]
		suite = column[at["object"]]
		row(column[at["program"]], "number", column[at["insns"]], "insns", "", "")
	}
	next
}

# csv(LINE, OUT): its fields; quotes around a field are doubled inside
function csv(text, out,	n, part)
{
	n = 0
	delete out
	while (text != "" || n == 0) {
		if (match(text, /^"([^"]|"")*"/)) {
			part = substr(text, 2, RLENGTH - 2)
			gsub(/""/, "\"", part)
			text = substr(text, RLENGTH + 1)
		} else {
			match(text, /^[^,]*/)
			part = substr(text, 1, RLENGTH)
			text = substr(text, RLENGTH + 1)
		}
		out[++n] = part
		if (text == ",")
			out[++n] = ""
		sub(/^,/, "", text)
	}
	return n
}

/^[0-9]+\.\.[0-9]+/ {
	ktap()
	if (planned == 0)
		seen = 0
	next
}
/^Bail out!/ { bailed = $0; next }

/^[ \t]*(not )?ok [0-9]+/ {
	flush_test()
	if ($0 !~ /^[ \t]/)
		seen++
	ktap()
	if (verdict == "todo")
		verdict = "known"
	sub(/^(TODO:? *)?(known failure: )?/, "", comment)
	line = name
	value = unit = ""
	# how long it took, what was measured, or what it costs: test_bpf, test_bench and the lab write it
	# into the comment
	if (took != "") {
		value = took
		unit = "ms"
	} else if (comment ~ /^-?[0-9.]+ insns$/) {
		value = comment + 0
		unit = "insns"
		comment = ""
	} else if (match(comment, /[0-9]+ ns/)) {
		value = substr(comment, RSTART, RLENGTH - 3)
		unit = "ns"
	} else if (comment ~ /^[0-9.e+-]+ (M\/s|k\/s|us|%)(,|$)/) {
		split(comment, word, /[ ,]+/)
		value = word[1]
		unit = word[2]
	}
	test = line
	split(line, word, " ")
	if (word[1] in arch) {
		cell = word[1] "-" word[2]
		sub(/^[^ ]+ [^ ]+ */, "", test)
		# a failure's reason stands behind its name
		if (verdict == "fail" && comment == "" && match(test, /: /)) {
			comment = substr(test, RSTART + 2)
			test = substr(test, 1, RSTART - 1)
		}
		# A cell's own file, if there is one, has all the tests of the app.
		if (summary) {
			suite = test
			gsub(/\//, "_", cell)
			if ((cell "/" test ".tap") in given)
				verdict = ""
			else
				test = "(all)"
		}
	}
	next
}

# The output of a test follows its line.
/^[ \t]*#/ && verdict != "" && lines < 200 {
	sub(/^[ \t]*# ?(\| )?/, "")
	text = clean($0)
	gsub(/\\/, "\\\\&", text)
	detail = detail (lines++ ? "\\n" : "") text
}

BEGIN {
	for (i = 1; i < ARGC; i++)
		given[ARGV[i]]
}
END { if (file != "") end_file() }
