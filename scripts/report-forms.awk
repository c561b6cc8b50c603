# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The rows of report-rows.awk in one form: table, md, xml or html.  made, commit and host
# say when, of what and where; page is the page's template.

# --- what all forms need ----------------------------------------------------------------

{
	n++
	run[n] = $1; cell[n] = $2; suite[n] = $3; test[n] = $4; verdict[n] = $5
	value[n] = $6; unit[n] = $7; comment[n] = $8; file[n] = $9; detail[n] = $10
	group = $1 "\t" $2
	if (!(group in tests)) {
		groups[++ngroups] = group
		tests[group] = 0
	}
	if ($5 != "number")
		tests[group]++
	count[group, $5]++
	total[$5]++
	if ($6 != "" && $6 + 0 > most[$1, $7])
		most[$1, $7] = $6 + 0
}

# lines(TEXT): a detail's own new lines and backslashes
function lines(text,	out, i)
{
	out = ""
	while ((i = index(text, "\\"))) {
		out = out substr(text, 1, i - 1) (substr(text, i + 1, 1) == "n" ? "\n" : "\\")
		text = substr(text, i + 2)
	}
	return out text
}

# where(I): a row's run and cell, as a reader calls them
function where(i) { return run[i] (cell[i] != "" ? " " cell[i] : "") }
function title(group,	part) { split(group, part, "\t"); return part[1] (part[2] != "" ? " " part[2] : "") }

# full(I): the name of a test with its suite, unless it says that itself
function full(i) { return index(test[i], suite[i]) == 1 || suite[i] == run[i] ? test[i] : suite[i] ": " test[i] }

function sum_up()
{
	return total["pass"] + 0 " passed, " total["fail"] + 0 " failed, " total["skip"] + 0 " skipped, " total["known"] + 0 " known to fail"
}

function xml(text)
{
	gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); gsub(/"/, "\\&quot;", text)
	return text
}

# --- the terminal's table ------------------------------------------------------------------

function table(	g, name, width, i, shown)
{
	width = 4
	for (g = 1; g <= ngroups; g++)
		if (length(title(groups[g])) > width)
			width = length(title(groups[g]))
	printf "%-" width "s %8s %8s %8s %8s\n", "", "passed", "failed", "skipped", "known"
	for (g = 1; g <= ngroups; g++)
		if (tests[groups[g]])
			printf "%-" width "s %8d %8d %8d %8d\n", title(groups[g]), count[groups[g], "pass"], count[groups[g], "fail"], \
				count[groups[g], "skip"], count[groups[g], "known"]
	print "\n" sum_up()
	for (i = 1; i <= n && shown < 20; i++)
		if (verdict[i] == "fail") {
			printf "  FAIL  %s, %s%s\n", where(i), full(i), comment[i] != "" ? ": " comment[i] : ""
			shown++
		}
	if (total["fail"] > shown)
		print "  ... and " total["fail"] - shown " more"
}

# --- Markdown ------------------------------------------------------------------------------

function md_text(text) { text = xml(text); gsub(/[|*_`\[\]]/, "\\\\&", text); return text }

# say(TEXT): prints it if it fits into a comment
function say(text)
{
	if ((used += length(text) + 1) > 58000)
		return 0
	print text
	return 1
}

function md(	g, i, text, key, keys, nkeys, where_skipped, cut, body, part)
{
	say("### " (total["fail"] ? "❌" : "✅") " " sum_up() "\n")
	say("`" commit "`, " made " UTC\n")
	say("| run | passed | failed | skipped | known |\n|---|--:|--:|--:|--:|")
	for (g = 1; g <= ngroups; g++)
		if (tests[groups[g]])
			say("| " md_text(title(groups[g])) " | " count[groups[g], "pass"] + 0 " | " count[groups[g], "fail"] + 0 " | " \
				count[groups[g], "skip"] + 0 " | " count[groups[g], "known"] + 0 " |")
	if (total["fail"])
		say("\n#### Failed\n")
	for (i = 1; i <= n; i++) {
		if (verdict[i] != "fail")
			continue
		text = "**" md_text(full(i)) "** (" md_text(where(i)) ")" (comment[i] != "" ? ": " md_text(comment[i]) : "")
		if (detail[i] != "") {
			body = substr(lines(detail[i]), 1, 3000)
			gsub(/```/, "'''", body)
			text = "<details><summary>" xml(full(i)) " (" xml(where(i)) ")" (comment[i] != "" ? ": " xml(comment[i]) : "") \
				"</summary>\n\n```\n" body "\n```\n\n</details>"
		}
		if (!say(text "\n"))
			cut++
	}
	if (cut)
		print "\n" cut " more failures did not fit: see the page or the logs."
	if (total["skip"] + total["known"]) {
		for (i = 1; i <= n; i++)
			if (verdict[i] == "skip" || verdict[i] == "known") {
				key = verdict[i] "\t" full(i) "\t" comment[i]
				if (!(key in where_skipped))
					keys[++nkeys] = key
				where_skipped[key] = where_skipped[key] (where_skipped[key] != "" ? ", " : "") where(i)
			}
		if (say("\n<details><summary>Skipped, and known to fail</summary>\n\n| test | | reason | where |\n|---|---|---|---|")) {
			for (i = 1; i <= nkeys; i++) {
				split(keys[i], part, "\t")
				if (!say("| " md_text(part[2]) " | " part[1] " | " md_text(part[3]) " | " md_text(where_skipped[keys[i]]) " |"))
					break
			}
			print "\n</details>"
		}
	}
}

# --- JUnit XML -----------------------------------------------------------------------------

# seconds(I): of a test, if it says
function seconds(i) { return unit[i] == "ms" ? value[i] / 1000 : unit[i] == "ns" ? value[i] / 1e9 : 0 }

function junit(	i, key, keys, nkeys, of, s, k, list, m, j)
{
	for (i = 1; i <= n; i++) {
		if (verdict[i] == "number")
			continue
		key = where(i) "\t" suite[i]
		if (!(key in of))
			keys[++nkeys] = key
		of[key] = of[key] " " i
		s["n", key]++
		s[verdict[i], key]++
		s["time", key] += seconds(i)
		s["time"] += seconds(i)
	}
	print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	printf "<testsuites name=\"eBPF testbench\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.6f\">\n", \
		total["pass"] + total["fail"] + total["skip"] + total["known"], total["fail"], total["skip"] + total["known"], s["time"]
	for (k = 1; k <= nkeys; k++) {
		key = keys[k]
		split(key, list, "\t")
		printf "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.6f\" timestamp=\"%s\" hostname=\"%s\">\n", \
			xml(list[1] (list[1] == list[2] ? "" : " " list[2])), s["n", key], s["fail", key], \
			s["skip", key] + s["known", key], s["time", key], made, xml(host)
		m = split(of[key], list, " ")
		for (j = 1; j <= m; j++) {
			i = list[j]
			printf "    <testcase classname=\"%s\" name=\"%s\" time=\"%.6f\"", xml(where(i) "." suite[i]), xml(test[i]), seconds(i)
			if (verdict[i] == "pass")
				print "/>"
			else if (verdict[i] == "fail")
				printf ">\n      <failure type=\"failure\" message=\"%s\">%s</failure>\n    </testcase>\n", \
					xml(comment[i]), xml(lines(detail[i]))
			else
				printf ">\n      <skipped message=\"%s\"/>\n    </testcase>\n", \
					xml((verdict[i] == "known" ? "known failure: " : "") comment[i])
		}
		print "  </testsuite>"
	}
	print "</testsuites>"
}

# --- the page ------------------------------------------------------------------------------

# link(FILE): as a part of a URL
function link(text) { gsub(/%/, "%25", text); gsub(/\?/, "%3F", text); gsub(/#/, "%23", text); gsub(/"/, "%22", text); return xml(text) }

function html_rows(	i, text, share)
{
	for (i = 1; i <= n; i++) {
		share = value[i] != "" && most[run[i], unit[i]] > 0 ? 100 * value[i] / most[run[i], unit[i]] : 0
		text = xml(comment[i])
		if (detail[i] != "")
			text = "<details><summary>" (text != "" ? text : "what it said") "</summary><pre>" xml(lines(detail[i])) "</pre></details>"
		printf "<tr class=%s><td>%s<td>%s<td>%s<td>%s<td data-n=\"%s\">%s<td>%s<td><a href=\"%s\">log</a>\n", verdict[i], verdict[i], \
			xml(where(i)), xml(suite[i]), xml(test[i]), value[i], \
			value[i] == "" ? "" : sprintf("<i style=\"--w:%.1f%%\"></i>%s %s", share, value[i], unit[i]), text, link(file[i])
	}
}

function html_groups(	g)
{
	for (g = 1; g <= ngroups; g++)
		if (tests[groups[g]])
			printf "<tr><td>%s<td>%d<td class=%s>%d<td>%d<td>%d\n", xml(title(groups[g])), count[groups[g], "pass"], \
				count[groups[g], "fail"] ? "bad" : "good", count[groups[g], "fail"], count[groups[g], "skip"], count[groups[g], "known"]
}

# plots is a file of figures.
function html_plots(	line)
{
	while ((getline line <plots) > 0)
		print line
}

function html(	line)
{
	while ((getline line <page) > 0) {
		if (line == "@ROWS@")
			html_rows()
		else if (line == "@GROUPS@")
			html_groups()
		else if (line == "@PLOTS@")
			html_plots()
		else {
			gsub(/@SUM@/, sum_up(), line)
			gsub(/@MADE@/, made " UTC, " xml(commit), line)
			print line
		}
	}
}

END {
	if (form == "table") table()
	else if (form == "md") md()
	else if (form == "xml") junit()
	else html()
}
