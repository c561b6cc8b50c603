#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# make report: results of every kind in every form, from files of the test's own. No VM.
# shellcheck disable=SC2154 # bats' run sets output
load lib

bats_require_minimum_version 1.5.0

setup_file() {
	export dir=$BATS_FILE_TMPDIR/report table=$BATS_FILE_TMPDIR/table
	mkdir -p "$dir"/{arm64-trixie,s390x-sid}
	printf '%s\n' 1..3 'ok 1 ring: passes in 120ms' "not ok 2 ring: a <b> & \"c\" | d" "# expected: ]]> <tag>" \
		"#   got: \\n is no line, $(printf 'bytes \xff\x01 and \xc3\xa9')" 'ok 3 ring: root # skip no <user> here' >"$dir/ring.tap"
	printf '%s\n' 1..4 'ok 1 ring: here, too in 40ms' 'ok 2 b' >"$dir/arm64-trixie/ring.tap"
	printf '%s\n' 'KTAP version 1' 1..3 'not ok 1 arm64 trixie ring: it did not run to its end' \
		'ok 2 s390x sid ring # SKIP there is no QEMU' 'not ok 3 s390x sid tc: it cannot be built: a log' >"$dir/matrix.ktap"
	printf '%s\n' 'KTAP version 1' 1..3 'ok 1 test_bpf.0 TAX # jited, 25 26 ns' 'not ok 2 test_bpf.1 # TODO known failure: old' \
		'not ok 3 test_bpf.2 \#1 # jited; FAIL' '# | trace' >"$dir/test_bpf-x86_64-trixie-jit.ktap"
	printf '%s\n' 'KTAP version 1' 'ok 1 first' 'Bail out! the target is gone' >"$dir/test_maps.ktap"
	printf '%s\n' arch,kernel,release,object,program,section,type,verdict,class,insns,why \
		'x86_64,sid,7.2,a.bpf.o,count,"a, ""b""",xdp,pass,,4000,' x86_64,sid,7.2,b.bpf.o,none,tc,,fail,helper,,no >"$dir/load.csv"
	printf '%s\n' '{' '  "label": "x86_64-trixie",' '  "results": [' '      "name": "cold",' '      "what": "boot",' '      "median": 2.67,' '} ]' >"$dir/bench-x86_64-trixie.json"
	mk REPORT="$dir" report >"$table"
}

@test "the table counts every run and cell, and names what failed" {
	run -0 cat "$table"
	says "5 passed, 5 failed, 2 skipped, 1 known to fail" "FAIL  check, ring: a <b> & \"c\" | d" \
		"FAIL  check arm64-trixie, ring: (the run): it did not run to its end: 2 of 4 tests" \
		"FAIL  check s390x-sid, tc: (all): it cannot be built: a log" "FAIL  test_maps, (the run): Bail out! the target is gone"
	[[ $output =~ check\ arm64-trixie\ +2\ +1\ +0\ +0 ]]
	[[ $output =~ test_bpf-x86_64-trixie-jit\ +1\ +1\ +0\ +1 ]]
	run -2 mk REPORT="$BATS_TEST_TMPDIR" report
	says "there are no results in $BATS_TEST_TMPDIR" "make check"
}

@test "what a benchmark measured is its number" {
	printf '%s\n' 'KTAP version 1' 1..1 'ok 1 trig-fentry # 0.877 M/s, stddev 0.423' >"$BATS_TEST_TMPDIR/test_bench-x-jit.ktap"
	mk REPORT="$BATS_TEST_TMPDIR" report
	grep -F 'data-n="0.877"' "$BATS_TEST_TMPDIR/report.html"
}

@test "the JUnit XML is valid, and its reader sees the same numbers" {
	run -0 xmllint --noout --schema tests/junit.xsd "$dir/report.xml"
	run -0 /usr/bin/python3 -c 'if True:
		import junitparser, sys
		xml = junitparser.JUnitXml.fromfile(sys.argv[1])
		cases = [(suite, case) for suite in xml for case in suite]
		kinds = [case.result[0].__class__.__name__ if case.result else "passed" for suite, case in cases]
		print(xml.tests, xml.failures, xml.skipped, *(kinds.count(kind) for kind in ("passed", "Failure", "Skipped")))
		for suite, case in cases:
			print(suite.name, "|", case.name, "|", case.time, *((case.result[0].message, case.result[0].text) if case.result else ()))
		' "$dir/report.xml"
	says "13 5 3 5 5 3" "check ring | ring: passes | 0.12" 'ring: a <b> & "c" | d | 0.0  expected: ]]> <tag>' 'got: \n is no line, bytes  and é' \
		"ring: root | 0.0 no <user> here" "test_bpf.1 | 0.0 known failure: old" "test_bpf.2 #1 | 0.0 jited; FAIL trace"
}

@test "the Markdown has the failures, each closed, and stays as short as a comment must" {
	run -0 cat "$dir/report.md"
	says "5 passed, 5 failed" "| check arm64-trixie | 2 | 1 | 0 | 0 |" "<details><summary>ring: a &lt;b&gt; &amp; " \
		"| ring: root | skip | no &lt;user&gt; here | check |"
	[ "$(grep -c '^<details>' <<<"$output")" = "$(grep -c '^</details>' <<<"$output")" ]
	{ echo 1..3000; for i in $(seq 3000); do echo "not ok $i test $i"; echo "# why $i"; done; } >"$BATS_TEST_TMPDIR/many.tap"
	mk REPORT="$BATS_TEST_TMPDIR" report >/dev/null
	[ "$(wc -m <"$BATS_TEST_TMPDIR/report.md")" -lt 60000 ]
	grep -E '^[0-9]+ more failures did not fit' "$BATS_TEST_TMPDIR/report.md"
}

@test "the page needs no other file; in a browser it filters, sorts, opens a failure, and makes no error" {
	run -1 grep -nE '<(script|img|link|iframe)[^>]* (src|href)="[^d]|@import|url\(' "$dir/report.html"
	grep 'href="arm64-trixie/ring.tap"' "$dir/report.html"
	command -v chromium-headless-shell || skip "there is no chromium-headless-shell here"
	# what a reader does, done by a script at the end of the page; its words are the title
	{ cat "$dir/report.html"; cat <<-'EOF'; } >"$dir/driven.html"
		<script>
		const said = [], seen = () => [...document.querySelectorAll("#rows tbody tr")].filter(row => row.checkVisibility());
		addEventListener("error", event => said.push("ERROR " + event.message));
		said.push("all " + seen().length, "first " + seen()[0].className);
		query.value = "RING arm64"; query.dispatchEvent(new Event("input"));
		said.push("filtered " + seen().length, location.hash.includes("q=RING+arm64") ? "kept" : "lost");
		query.value = ""; query.dispatchEvent(new Event("input"));
		document.querySelector("nav input[value=pass]").click();
		said.push("without passes " + seen().length);
		document.querySelector("nav input[value=pass]").click();
		const head = document.querySelectorAll("#rows th button")[4];
		head.click(); head.click();
		said.push("largest " + seen()[0].cells[4].textContent, document.querySelectorAll("th[aria-sort=descending]").length);
		const details = document.querySelector(".fail details"), pre = details.querySelector("pre");
		said.push(pre.checkVisibility() ? "open" : "closed");
		details.querySelector("summary").click();
		said.push(details.open && pre.textContent.includes("]]> <tag>") ? "opens" : "does not open");
		document.title = said.join("; ");
		</script>
	EOF
	run -0 --separate-stderr chromium-headless-shell --no-sandbox --disable-gpu --user-data-dir="$BATS_TEST_TMPDIR/chromium" \
		--enable-logging=stderr --dump-dom "file://$dir/driven.html"
	run -0 sed -n 's,.*<title>\(.*\)</title>.*,\1,p' <<<"$output"
	says "all 15; first fail; filtered 3; kept; without passes 10; largest 4000 insns; 1; closed; opens"
	# shellcheck disable=SC2154 # bats' run sets stderr
	[[ $output != *ERROR* && $stderr != *CONSOLE* ]]
}
