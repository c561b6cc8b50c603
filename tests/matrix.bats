#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# make matrix: where programs load, what that costs, and why not.  The programs are those of
# tests/kernel/, one for each class of failures; one VM loads them all, a second one commands.
# shellcheck disable=SC2154 # bats' run sets output, and setup_file objects
load lib

bats_require_minimum_version 1.5.0

setup_file() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	local names=(values field limits huge newest lacks lacks_kfunc)

	export OBJECTS="$BATS_FILE_TMPDIR/$ARCH" SEEN="$BATS_FILE_TMPDIR/seen" RESULTS="$BATS_FILE_TMPDIR/report"
	mkdir "$OBJECTS"
	names=("${names[@]/#//apps/}")
	names=("${names[@]/%/.bpf.o}")
	mk APPS_DIR=tests/kernel "${names[@]/#/$O_GIVEN/$ARCH}"
	cp "${names[@]/#/$OUT/$ARCH}" "$OBJECTS/"
	# Of the other byte order are, in its head, the mark of it and the machine.
	cp "$OBJECTS/values.bpf.o" "$OBJECTS/other.bpf.o"
	if [ "$(od -An -tu1 -j5 -N1 "$OBJECTS/other.bpf.o")" -eq 1 ]; then
		printf '\2' | patch_at 5
		printf '\0\367' | patch_at 18
	else
		printf '\1' | patch_at 5
		printf '\367\0' | patch_at 18
	fi
	echo "no object" >"$OBJECTS/text.bpf.o"
	cp "$VM" "$OBJECTS/native.o"
	mk OBJ="$BATS_FILE_TMPDIR/{arch}" OBJ_RODATA='small=-100 name=hello kind=LARGE, wild=true, small=200, name=123456789, depth=1' \
		REPORT="$RESULTS" matrix >"$SEEN" 2>&1 || echo "exit status $?" >>"$SEEN"
}

teardown_file() {
	local dir

	[ "$TARGET" = vm ] || return 0
	for dir in "$OUT/$ARCH/vm/$KERNEL_NAME"*-matrix "$OUT/$ARCH/vm/$KERNEL_NAME-machine-of-mine"; do
		[ ! -e "$dir/state.json" ] || "$VM" stop --dir "$dir"
	done
}

patch_at() {
	dd of="$OBJECTS/other.bpf.o" bs=1 seek="$1" conv=notrunc status=none
}

# seen ROW...: each is a line of the output, with one space where there are several
seen() {
	local row

	for row; do
		sed 's/^ *//; s/  */ /g' "$SEEN" | grep -Fx -- "$row" || { cat "$SEEN"; return 1; }
	done
}

# has_btf: the kernel describes its types
has_btf() {
	grep -q '^CONFIG_DEBUG_INFO_BTF=y' "$OUT/$ARCH/kernel/$KERNEL_NAME/config"
}

@test "matrix: values of variables make rows of their own, where the object has them" {
	seen "values.bpf.o ok" "values.bpf.o [small=-100 name=hello kind=LARGE] ok" "values.bpf.o [wild=true] refused" \
		"values.bpf.o [small=200] bad-value" "values.bpf.o [name=123456789] bad-value" \
		"FAILED bad-value: OBJ_RODATA: small is 8 bits wide and cannot be 200" \
		"FAILED: no object has a variable of OBJ_RODATA: depth=1"
	run -1 grep -E "^(huge|text|other).*\[" "$SEEN"
}

@test "matrix: what is no BPF object, or one of the other byte order, is a row that says so" {
	seen "text.bpf.o bad-object" "native.o bad-object" "other.bpf.o byte-order" \
		"FAILED bad-object: it is no object file (ELF)"
	grep -E "^ok [0-9]+ $ARCH $KERNEL other.bpf.o # SKIP byte-order: it is (big|little)-endian" "$RESULTS/load.ktap"
}

@test "matrix: each kind of failure has its class, the verifier's words, and a cure" {
	seen "branches too-complex" "huge.bpf.o no-memory" "null refused"
	grep -F "; return *value;" "$SEEN"
	grep -F "R0 invalid mem access 'map_value_or_null'" "$SEEN"
	seen "The verifier wants a test of the pointer for NULL before it is used."
	if has_btf; then
		seen "field.bpf.o no-field" "event no-target" "lacks_kfunc.bpf.o no-kfunc" \
			"FAILED no-field: kernel has no struct task_struct.no_such_field, which a CO-RE relocation asks for"
	else
		seen "field.bpf.o no-btf" "event no-btf"
	fi
	grep -Ex "newest.bpf.o +(ok|no-insns|no-jit)" "$SEEN"
	seen "exit status 2"
}

@test "matrix: figures of the verifier, and a hole where there is none" {
	run -0 grep -F "values.bpf.o,look," "$RESULTS/load.csv"
	# insns, states, peak, stack, size, jited, usec
	[[ $output =~ ^"$ARCH,$KERNEL,"[^,]+,values.bpf.o,look,tc,sched_cls,ok,ok,[1-9][0-9]*,[0-9]+,[0-9]+,[0-9]+,[1-9][0-9]*,([1-9][0-9]*)?,[0-9]+,$ ]]
	grep -F ",lacks.bpf.o,null,tc,sched_cls,fail,refused,,,,,,,,R0 invalid mem access" "$RESULTS/load.csv"
}

@test "matrix: a loader of the user's own gives the verdicts; one hangs, one makes the kernel warn, one ends it" {
	local dir="$BATS_TEST_TMPDIR" what

	for what in good skip bad hang hangs warn calm panic after; do
		touch "$dir/$what.o"
	done
	cat >"$dir/loader" <<-'EOS'
		#!/bin/sh
		case $2 in
		*skip*)	echo "kernel has no luck"; exit 4 ;;
		*bad*)	echo "no such thing" >&2; exit 3 ;;
		*hang*)	sleep 1000 & wait ;;
		# A kernel with LKDTM has a real one.
		*warn*)	echo WARNING >/sys/kernel/debug/provoke-crash/DIRECT 2>/dev/null ||
				echo '<4>WARNING: CPU: 0 PID: 1 at kernel/bpf/core.c:1 nothing+0x1/0x2' >/dev/kmsg ;;
		*panic*) echo c >/proc/sysrq-trigger; sleep 1000 ;;
		*)	[ "$1" = --flag ] && [ -e "$2" ] ;;
		esac
	EOS
	chmod +x "$dir/loader"
	run -2 mk CMD='./loader --flag {}' FILES="$dir/loader" OBJ="$dir/good.o $dir/skip.o $dir/bad.o $dir/hang.o $dir/hangs.o $dir/warn.o $dir/calm.o $dir/panic.o $dir/after.o" \
		TEST_TIMEOUT=20 REPORT="$dir/report" matrix
	echo "$output" >"$SEEN"
	seen "good.o ok" "skip.o skipped" "bad.o status" "hang.o hang" "hangs.o hang" "warn.o splat" "calm.o ok" "panic.o died" "after.o ok" \
		"skipped: exit status 4: kernel has no luck" "FAILED status: exit status 3: no such thing"
	grep "^FAILED splat: the kernel printed: WARNING: " "$SEEN"
	grep "Kernel panic" "$SEEN"
}

@test "matrix: Ctrl-C, or a signal to make, ends its VM; the result before is left" {
	local dir="$BATS_TEST_TMPDIR" vm way

	for way in INT TERM; do
		cp -r "$RESULTS" "$dir/$way"
		mk_job "$dir/log" CMD='sleep 1000' REPORT="$dir/$way" matrix
		eventually 120 grep -q ^begin "$dir/$way/load/$ARCH-$KERNEL/load.new"
		vm=$(echo "$OUT/$ARCH/vm/$KERNEL_NAME"*-matrix)
		[ -e "$vm/state.json" ]
		if [ $way = INT ]; then
			interrupt
		else
			kill -TERM "$job"
			fails "$job"
		fi
		eventually 10 test ! -e "$vm/state.json"
		run -1 pgrep -f -- "$vm/"
		cmp "$RESULTS/load/results.tsv" "$dir/$way/load/results.tsv"
		cmp "$RESULTS/load.csv" "$dir/$way/load.csv"
	done
}

# --- without a VM -------------------------------------------------------------------------

# report COMMAND NAME=VALUE...: scripts/load-report on what the first matrix has left
report() {
	local command=$1

	shift
	env "$@" scripts/load-report "$command" "$RESULTS"
}

@test "matrix: what is worse than BASELINE fails, worst first; other cells' lines stay" {
	local file="$BATS_TEST_TMPDIR/base" tab=$'\t'

	# the shape that no object has variables for is a failure of its own
	sed -i '/^absent/d' "$RESULTS/load/$ARCH-$KERNEL/load.tsv"
	report baseline BASELINE="$file"
	run -0 report matrix BASELINE="$file"
	says "nothing is worse than in $file by more than 10 %"
	# what fails and is not in it, and a matrix in which nothing ran
	grep -v "lacks.bpf.o${tab}null" "$file" >"$file.2"
	run -1 report matrix BASELINE="$file.2"
	says "failed, and not in $file.2:" "$ARCH $KERNEL: lacks.bpf.o null: refused"
	cp "$RESULTS/load/$ARCH-$KERNEL/load.tsv" "$BATS_TEST_TMPDIR/"
	grep -v "^result" "$BATS_TEST_TMPDIR/load.tsv" >"$RESULTS/load/$ARCH-$KERNEL/load.tsv"
	run -1 report matrix BASELINE="$file"
	cp "$BATS_TEST_TMPDIR/load.tsv" "$RESULTS/load/$ARCH-$KERNEL/"
	awk -F '\t' -v OFS='\t' '
		$4 == "look" && $3 == "values.bpf.o" { $6 = int($6 / 2); $8 = int($8 * 0.95) }
		$4 == "null" { $5 = "ok" }
		{ print }
		$4 == "look" && $3 ~ /LARGE/ { $4 = "older"; print; $3 = "none.bpf.o"; print }' "$file" >"$file.2"
	printf 'vax\ttrixie\tvalues.bpf.o\tlook\tok\t1\t1\t1\n' >>"$file.2"
	run -2 report matrix BASELINE="$file.2"
	[[ ${lines[-3]} =~ "lacks.bpf.o null "+loads\ +ok\ +refused$ ]]
	[[ ${lines[-2]} =~ "kind=LARGE] older "+loads\ +ok\ +gone$ ]]
	[[ ${lines[-1]} =~ "values.bpf.o look "+instructions\ +[0-9]+\ +[0-9]+\ \(\+[0-9]+\ %\)$ ]]
	report baseline BASELINE="$file.2"
	grep "^vax" "$file.2"
	grep "none.bpf.o" "$file.2"
	run -1 grep "LARGE\] older" "$file.2"
	report matrix BASELINE="$file.2"
}

@test "matrix: answers over several kernels" {
	local old="$RESULTS/load/$ARCH-old"

	mkdir "$old"
	awk -F '\t' -v OFS='\t' '$1 == "kernel" { $2 = "1.2.3-old" }
		$1 == "result" && $2 == "values.bpf.o" { $6 = "skip"; $7 = "no-helper"; $15 = "kernel has no bpf_x()" }
		$1 == "result" && $3 == "look" { $8 = $9 = $10 = $11 = $12 = $13 = $14 = "" }
		{ print }' "$RESULTS/load/$ARCH-$KERNEL/load.tsv" >"$old/load.tsv"
	echo "$ARCH old" >>"$RESULTS/load/cells"
	run -1 report matrix
	says "from 1.2.3 (old):" "($KERNEL): 1: values.bpf.o"
	run -0 report diff A="$ARCH/old" B="$ARCH/$KERNEL"
	[ "${lines[0]}" = "Only $ARCH/$KERNEL takes these; $ARCH/old does not:" ]
	[ "${lines[1]}" = "  no-helper: kernel has no bpf_x()" ]
	[ "${lines[2]}" = "    values.bpf.o look" ]
	says "make features-diff A=$ARCH/old B=$ARCH/$KERNEL"
	run -2 report diff A="$ARCH/old" B=vax/none
	says "the last matrix has no cell 'vax/none'" "A=$ARCH/"
}

@test "matrix: the cheapest instruction set of each program, where it loads" {
	# of values.bpf.o, with 100, 90 and 90 instructions, and 64 bytes of native code more for v2
	cp -r "$RESULTS" "$BATS_TEST_TMPDIR/"
	printf '%s\n' "$ARCH $KERNEL" >"$BATS_TEST_TMPDIR/report/load/cells"
	awk -F '\t' -v OFS='\t' '
		function variant(cpu, insns, size) { $2 = cpu "/values.bpf.o"; $8 = insns; $13 = size; print }
		$1 == "kernel"
		$1 == "result" && $2 == "values.bpf.o" && $3 == "look" {
			variant("v1", 100, 500); variant("v2", 90, 564); variant("v3", 90, 500)
			$6 = "skip"; $7 = "no-insns"; $15 = "kernel has no v4"; variant("v4", "", "")
		}' "$RESULTS/load/$ARCH-$KERNEL/load.tsv" >"$BATS_TEST_TMPDIR/report/load/$ARCH-$KERNEL/load.tsv"
	run -0 env MATRIX_CPUS='v1 v2 v3 v4' scripts/load-report matrix "$BATS_TEST_TMPDIR/report"
	[[ $output =~ "values.bpf.o look "+100\ +90\ +90\ +no-insns\ +v3 ]]
	says "cheapest: v1 for 0, v2 for 0, v3 for 1, v4 for 0, the same for 0 of 1"
}

@test "matrix: other goals in each cell: one stream, one table, their time; a cell that cannot run a goal is skipped" {
	local report="$BATS_TEST_TMPDIR/bench-local" other="$OUT/$ARCH/vm/$KERNEL_NAME-machine-of-mine"

	mk VM_NAME=machine-of-mine qemu-start
	run -0 mk ARCH="$ARCH/$KERNEL" GOAL=test-bpf TEST_ID=1 TEST_JIT=nojit REPORT="$BATS_TEST_TMPDIR" bench-cells
	[[ $output =~ (^|$'\n')"$ARCH-$KERNEL "\ +[0-9]+\ +[1-9][0-9]*\ [^$'\n']+$'\n'"all cells " ]]
	[[ $output =~ $'\n'"the whole run "\ +[0-9]+$'\n' ]]
	run -0 cat "$report/log"
	says "TEST     $ARCH-$KERNEL: of 1: 1 passed, 0 failed" "1 passed, 0 failed, 0 skipped, 0 known to fail, in 1 cell"
	grep -E "^ok 1 $ARCH $KERNEL nojit test_bpf.1 " "$report/test-bpf.ktap"
	[ ! -e "$OUT/$ARCH/vm/$KERNEL_NAME-matrix/state.json" ]
	# a cell ends its own VMs alone
	"$VM" alive --dir "$other"
	run -2 mk ARCH="$ARCH/$KERNEL" REPORT="$BATS_TEST_TMPDIR" test-verifier
	says "skipped: it needs a kernel from source: KERNEL=src" "0 passed, 0 failed, 0 skipped, 0 known to fail, in 1 cell; 1 of them cannot run it"
	run -2 mk ARCH="$ARCH/$KERNEL" bisect
	says "error: bisect is for one architecture" "start one for each ARCH"
}

@test "matrix: a cell that runs is ended, and no process that has the PID of one whose machine was switched off" {
	local cells="$BATS_TEST_TMPDIR/cells" cell other

	mkdir "$cells"
	sleep 300 3>&- &
	cell=$!
	sleep 300 3>&- &
	other=$!
	awk -v pid=$cell '{ sub(/.*\) /, ""); print pid, $20 }' /proc/$cell/stat >"$cells/$cell"
	echo "$other 1" >"$cells/$other"
	O=$BATS_TEST_TMPDIR scripts/cell end
	run -143 wait $cell
	kill $other
	[ -z "$(ls "$cells")" ]
}

@test "arch-table: a cell with all facts has a new row; other rows stay" {
	local page="$BATS_TEST_TMPDIR/page.md" facts="$BATS_TEST_TMPDIR/facts.ktap"

	printf '%s\n' before "<!-- arch-table -->" "| architecture | kernel |" "|---|---|" \
		"| s390x | sid | old |" "| s390x | trixie | kept |" "<!-- end of arch-table -->" after >"$page"
	{
		printf 'ok 1 s390x sid jit %s\n' "release # 7.2.1" "btf # yes" "jit # yes" "atomics # 18 of 18" "trampolines # yes" \
			"kfuncs # yes"
		printf 'ok 2 arm trixie jit %s\n' "release # 6.12.1" "btf # SKIP no file" "jit # yes" "atomics # 0 of 18" \
			"trampolines # SKIP kernel has no BTF" "kfuncs # SKIP kernel has no BTF"
		printf 'ok 3 parisc64 src jit %s\n' "release # 6.12.1" "btf # yes" "jit # yes" "atomics # 0 of 18" \
			"trampolines # SKIP no" && echo "not ok 4 parisc64 src jit kfuncs # kfunc ended with status 255"
		echo "not ok 3 arm64 sid jit release # the target died"
		echo "ok 4 arc src arch-facts # SKIP there is no QEMU"
	} >"$facts"
	run -0 scripts/arch-table "$facts" "$page"
	diff - "$page" <<-EOT
		before
		<!-- arch-table -->
		| architecture | kernel |
		|---|---|
		| arm | trixie | 6.12.1 | little, 32 | no | yes | no | no | 0 of 18 |
		| parisc64 | src | 6.12.1 | big, 64 | yes | yes | no | fails | 0 of 18 |
		| s390x | sid | 7.2.1 | big, 64 | yes | yes | yes | yes | 18 of 18 |
		| s390x | trixie | kept |
		<!-- end of arch-table -->
		after
	EOT
}

@test "check-all: the page of results keeps what it said of other cells" {
	local report="$BATS_TEST_TMPDIR/results" page="$BATS_TEST_TMPDIR/page.md"

	mkdir -p "$report" "$BATS_TEST_TMPDIR/o/arm64/kernel/"{sid,trixie}
	echo 7.2.1 >"$BATS_TEST_TMPDIR/o/arm64/kernel/sid/release"
	echo 6.12.1 >"$BATS_TEST_TMPDIR/o/arm64/kernel/trixie/release"
	printf '%s\n' "ok 1 arm64 sid ring" "not ok 2 arm64 sid fentry: no event" "ok 3 arm64 trixie ring" \
		"ok 4 arm64 trixie fentry # SKIP kernel has no a | b" >"$report/matrix.ktap"
	run -0 scripts/results "$BATS_TEST_TMPDIR/o" "$report" "$page"
	cp <(echo "$output") "$page"
	run -0 grep -c '^| arm64 ' "$page"
	[ "$output" = 2 ]

	# Another run of one of the cells, and of a new one.
	printf '%s\n' "ok 1 arm64 sid ring" "ok 2 arm64 sid fentry # SKIP kernel has no a | b" \
		"ok 3 arm sid fentry # SKIP kernel has no a | b" "not ok 4 arm sid ring" >"$report/matrix.ktap"
	run -0 scripts/results "$BATS_TEST_TMPDIR/o" "$report" "$page"
	cp <(echo "$output") "$page"
	sed -n '/^| arm/s/| [-0-9]* | [-0-9a-z]* | [^|]* |/| ... |/p' "$page" | diff - <(cat <<-EOT
		| arm | sid | unknown | ... | 0 | 1 | 1 |
		| arm64 | trixie | 6.12.1 | ... | 1 | 1 | 0 |
		| arm64 | sid | 7.2.1 | ... | 1 | 1 | 0 |
	EOT
	)
	sed '1,/^| test /d' "$page" | diff - <(cat <<-'EOT'
		|---|---|---|---|
		| fentry | skipped | kernel has no a \| b | arm sid, arm64 trixie, arm64 sid |
		| ring | **failed** |  | arm sid |
	EOT
	)
	# The same run again changes nothing.
	run -0 scripts/results "$BATS_TEST_TMPDIR/o" "$report" "$page"
	diff "$page" <(echo "$output")
}

@test "matrix: cells that failed beside their tests, were cut off, or lack the tests' module" {
	local dir="$BATS_TEST_TMPDIR/jit-isa" cell

	mkdir -p "$dir"/arm64-{a,b,c,d,e,f_g}
	printf '%s\n' 1..3 "ok 1 add # interpreted" "not ok 2 neg # wrong" "# | why" "not ok 3 mul # TODO known failure: old" >"$dir/arm64-a/jit-isa-arm64-jit.ktap"
	printf '%s\n' 1..2 "ok 1 add" >"$dir/arm64-b/jit-isa-arm64-jit.ktap"
	printf '%s\n' 1..1 "ok 1 add" >"$dir/arm64-c/jit-isa-arm64-interpreter.ktap"
	printf '%s\n' "error: no such thing" "  It is not there." "failed with status 2" | tee "$dir/arm64-a/check.log" >"$dir/arm64-c/check.log"
	touch "$dir"/arm64-{b,d,e}/check.log
	echo "1..0 # SKIP cannot load test_bpf" >"$dir/arm64-d/test_bpf-none.ktap"
	echo "it cannot be built" >"$dir/arm64-e/failed"
	echo "no kernel" >"$dir/arm64-f_g/lacks"
	run -1 scripts/ktap-cells jit-isa "$dir" <<<"$(for cell in a b c d e f/g; do echo "arm64 $cell"; done)"
	tr -s ' ' <<<"$output" >"$BATS_TEST_TMPDIR/table"
	diff - "$BATS_TEST_TMPDIR/table" <<-EOT
		not ok 2 arm64 a jit neg # wrong
		# | why
		not ok 5 arm64 b jit # it did not run to its end: 1 of 2 tests
		not ok 7 arm64 c jit-isa # it failed with status 2 ($dir/arm64-c/check.log)
		# error: no such thing
		# It is not there.
		not ok 9 arm64 e jit-isa # it cannot be built

		jit-isa passed failed skipped known
		arm64 a jit 1 1 0 1
		arm64 b jit 1 1 0 0
		arm64 c interpreter 1 0 0 0
		 FAILED: it failed with status 2 ($dir/arm64-c/check.log)
		arm64 d skipped: cannot load test_bpf
		arm64 e FAILED: it cannot be built
		arm64 f/g skipped: no kernel

		3 passed, 4 failed, 0 skipped, 1 known to fail, in 6 cells; 2 of them cannot run it
		kept in $dir.ktap
	EOT
	grep -Fx "1..10" "$dir.ktap"
	grep -Fx "ok 10 arm64 f/g jit-isa # SKIP no kernel" "$dir.ktap"
	scripts/report "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/report"
	grep -E "jit-isa .*arm64-b|arm64-b .*jit-isa" "$BATS_TEST_TMPDIR/report"
}

@test "matrix: mistakes are told before anything is built" {
	local file="$BATS_TEST_TMPDIR/base"

	run -2 mk OBJ='nothing/*.o' matrix
	says "error: OBJ: nothing/*.o names no file"
	run -2 mk OBJ="$OBJECTS/values.bpf.o" OBJ_RODATA='small' matrix
	says "error: OBJ_RODATA: 'small' is not name=value"
	run -2 mk CMD='./nothing {}' matrix
	says "error: CMD: there is no file ./nothing"
	run -2 mk CMD='true {}' matrix
	says "error: CMD has {} in it, and no object to put there"
	run -2 mk BASELINE="$file" matrix
	says "error: BASELINE: there is no file $file"
	run -2 mk BASELINE=README.md matrix
	says "error: BASELINE: line 1 of README.md is none that make matrix-baseline writes"
	run -2 mk THRESHOLD=x matrix
	says "THRESHOLD=x is not a whole number"
	run -2 mk MATRIX_CPUS='v1 v9' matrix
	says "MATRIX_CPUS: v9 is no BPF instruction set. Known: v1 v2 v3 v4"
	run -2 mk MATRIX_CPUS=v1 OBJ=README.md matrix
	says "MATRIX_CPUS is for apps, which have sources: leave out OBJ"
	run -2 mk matrix-baseline
	says "error: matrix-baseline needs the name of a file"
	run -2 mk BASELINE="$file/base" matrix matrix-baseline
	says "error: BASELINE: $file/base cannot be written"
	run -2 report diff A="$ARCH/$KERNEL" B=
	says "error: matrix-diff compares two cells: A and B"
}

@test "matrix: a cell that cannot be built says why; it fails alone" {
	mkdir "$BATS_TEST_TMPDIR/apps"
	echo '#include "nothing.h"' >"$BATS_TEST_TMPDIR/apps/broken.bpf.c"
	run -2 mk APPS_DIR="$BATS_TEST_TMPDIR/apps" REPORT="$BATS_TEST_TMPDIR/report" matrix
	says "FAILED: it cannot be built: " "broken.bpf.c:1:10: fatal error: 'nothing.h' file not found" \
		"0 loaded, 0 skipped, 0 failed, in 1 cell"
	grep "^# .*broken.bpf.c:1:10: fatal error" "$BATS_TEST_TMPDIR/report/load.ktap"
}

@test "check: a cell is not run again with the inputs of its last pass, unless one changes or AGAIN=1 asks" {
	local apps="$BATS_TEST_TMPDIR/apps" reports="$BATS_TEST_TMPDIR/report" cell="$ARCH-${KERNEL//\//_}"
	# verdict WORDS [ARG...]: the line of the cell.  A bats does not run with the variables of another.
	verdict() {
		local words=$1

		shift
		run -0 bash -c 'unset "${!BATS_@}"; PATH=${PATH/#*bats-core:/}; "$@"' check "${MK[@]}" ARCH="$ARCH/$KERNEL" \
			FILTER='^freplace: options$' APPS_DIR="$apps" REPORT="$reports" "$@" check </dev/null
		says "CHECK    $cell: $words"
	}

	mkdir "$apps"
	echo "/* before */" >"$apps/common.h"
	verdict "Result: PASS"
	cp -r "$reports" "$BATS_TEST_TMPDIR/first"
	verdict "passed before with the same inputs (AGAIN=1 runs it)"
	cmp "$reports/matrix.ktap" "$BATS_TEST_TMPDIR/first/matrix.ktap"
	cmp "$reports/$cell/freplace.tap" "$BATS_TEST_TMPDIR/first/$cell/freplace.tap"
	# of the same size and time
	touch -r "$apps/common.h" "$BATS_TEST_TMPDIR/time"
	echo "/* after. */" >"$apps/common.h"
	touch -r "$BATS_TEST_TMPDIR/time" "$apps/common.h"
	verdict "Result: PASS"
	verdict "Result: PASS" AGAIN=1
}
