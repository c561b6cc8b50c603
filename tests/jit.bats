#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The JIT lab on the target's kernel: instructions and random programs against the reference.
# shellcheck disable=SC2154 # bats' run sets output
# shellcheck disable=SC2016 # what is in single quotes is expanded on the target
load lib

bats_require_minimum_version 1.5.0

# The lab turns the JIT off and on, so it has a VM for itself.
setup_file() {
	[ "$TARGET" = vm ] || return 0
	export VM_NAME=jit-$$
	export TARGET_DIR=$TARGET_DIR-$VM_NAME
	mk qemu-start
}

teardown_file() {
	[ "$TARGET" = vm ] || return 0
	mk qemu-stop
	rm -r "${TARGET_DIR:?}"
	rm -rf "$OUT/report/jit-"*"-${VM_NAME:?}-"*
}

settings() {
	target 'cat /proc/sys/net/core/bpf_jit_enable /proc/sys/net/core/bpf_jit_harden 2>/dev/null || :'
}

@test "jit-isa: instructions pass in every mode, and the settings are as before" {
	before=$(settings)
	run -0 mk TESTS='alu32-div jmp64-jsgt-imm atomic64-cmpxchg ldx-dw call' jit-isa
	[ "$(settings)" = "$before" ]
	says "interpreter alu32-div-reg # 13 programs, 0 JITed, 936 cases" "interpreter jmp64-jsgt-imm" \
		"interpreter atomic64-cmpxchg" "interpreter ldx-dw" "interpreter call-local" "# divmul32  " " 0 failed, "
	[ -z "$before" ] || says "ok 1 jit alu32-div-reg # " "ok 8 blinding alu32-div-reg # " "flags alu32-div-reg # "
	prove -Q --ext .ktap -e cat "$OUT/report/jit-isa-"*"-${VM_NAME-}"*"-interpreter.ktap"
}

@test "jit-isa: what is not as expected fails, with its operands" {
	JIT_SPOIL=1 run -2 mk TESTS=alu64-movsx-32 MODES=interpreter jit-isa
	says "not ok 1 interpreter alu64-movsx-32-reg # 936 of 936 cases are wrong" "r0 = (s32)r1" "with r0 = 0x0, r1 = 0x0"
}

@test "jit-isa: a known failure is a TODO, and a failure once it passes" {
	version=$(target 'uname -r' | grep -oE '^[0-9]+\.[0-9]+')
	printf '%s\n' "interpreter alu64-n* # its reason" "jited alu64-neg # another" >"$BATS_TEST_TMPDIR/all-$version"
	lab() {
		KNOWN="$BATS_TEST_TMPDIR" MODES=interpreter TESTS=alu64-neg \
			scripts/jit isa "$TARGET_DIR" "$BATS_TEST_TMPDIR/report" "$OUT/$ARCH/jit/jit"
	}
	JIT_SPOIL=1 run -0 lab
	says "not ok 1 interpreter alu64-neg # TODO known failure: its reason (340 of 340 cases are wrong" "1 known to fail"
	# the list for every version
	mv "$BATS_TEST_TMPDIR/all-$version" "$BATS_TEST_TMPDIR/$ARCH"
	run -1 lab
	says "not ok 1 interpreter alu64-neg # passes, but is a known failure (its reason): take it out of $BATS_TEST_TMPDIR"

	printf '%s # its reason\n' jit 'blinding jit-isa' interpreter 'flags jit-isa' 'jit jit-random' >"$BATS_TEST_TMPDIR/all-$version"
	KNOWN="$BATS_TEST_TMPDIR" MODES='' run -0 scripts/jit isa "$TARGET_DIR" "$BATS_TEST_TMPDIR/report" "$OUT/$ARCH/jit/jit"
	says "not ok 2 blinding jit-isa # TODO known failure: its reason (not run)" \
		"not ok 3 interpreter interpreter # TODO known failure: its reason (not run)" "4 known to fail"
}

@test "a splat of the kernel is a failure with its trace, of the test that ran" {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	# The lab, with a splat before its first test, and one in its last: a kernel with LKDTM has real ones.
	cat >"$BATS_TEST_TMPDIR/warns" <<-'EOS'
		#!/bin/sh
		splat() {
			echo WARNING >/sys/kernel/debug/provoke-crash/DIRECT 2>/dev/null ||
				printf '<4>WARNING: CPU: 0 PID: 1 at kernel/bpf/core.c:1 %s+0x1/0x2\n' "$1" >/dev/kmsg
		}
		[ "$1" != list ] || exec ./jit "$@"
		splat before
		./jit "$@" && splat within
	EOS
	chmod +x "$BATS_TEST_TMPDIR/warns"
	scripts/remote "$TARGET_DIR" load "$OUT/$ARCH/jit/jit"
	KNOWN='' MODES=interpreter TESTS='alu64-mov alu64-neg' \
		run -1 scripts/jit isa "$TARGET_DIR" "$BATS_TEST_TMPDIR/report" "$BATS_TEST_TMPDIR/warns"
	says "ok 3 interpreter alu64-neg" "not ok 4 interpreter isa.kernel # the kernel printed: WARNING: " \
		"not ok 5 interpreter alu64-neg.kernel # the kernel printed: WARNING: " "# | WARNING: " "3 passed, 2 failed"

	printf '%s # its reason\n' 'interpreter isa.kernel' 'alu64-*.kernel' >"$BATS_TEST_TMPDIR/all-$(target 'uname -r' | grep -oE '^[0-9]+\.[0-9]+')"
	KNOWN=$BATS_TEST_TMPDIR MODES=interpreter TESTS='alu64-mov alu64-neg' \
		run -0 scripts/jit isa "$TARGET_DIR" "$BATS_TEST_TMPDIR/report" "$BATS_TEST_TMPDIR/warns"
	says "ok 3 interpreter alu64-neg" "not ok 5 interpreter alu64-neg.kernel # TODO known failure: its reason (the kernel printed: " \
		"2 known to fail"
}

@test "TESTS that name no instruction are an error that lists the names; LEN and MODES have bounds" {
	run -2 mk TESTS='alu32 nonesuch' jit-isa
	says "no test has the name or the part of a name 'nonesuch'" "Groups: base32 divmul32 base64" "alu32-sdiv-reg"
	[[ $output != *"KTAP version"* ]]
	run -2 mk LEN=5000 jit-random
	says "error: LEN=5000: a program has 1 to 1000 instructions"
	run -2 mk MODES=nojit jit-isa
	says "MODES=nojit is not known" "Known: jit blinding interpreter flags"
}

@test "jit-random: a seed makes the same programs, and they agree with the reference" {
	run -0 mk SEED=7 COUNT=10 MODES=interpreter jit-random
	says "ok 1 interpreter random # SEED=7 LEN=40: 10 programs, 0 JITed, 0 refused, "
}

@test "jit-random: what is not as expected is minimised" {
	JIT_SPOIL=1 run -2 mk SEED=8 COUNT=1 MODES=interpreter jit-random
	says "# program-0 (SEED=8 LEN=40) is wrong; at its smallest:" \
		"not ok 1 interpreter program-0" "area+176 (what was kept on the stack) is 0x0, wanted 0x1"
	# Nothing in the program matters to what is spoiled: it ends, with some r0.
	[ "$(grep -c '^#     ' <<<"$output")" -le 6 ]
	says "#     exit" "to repeat it: make ARCH=$ARCH" "program-0 run-wrong"
	# The app that repeats it finds the same, and nothing once the spoiled word is not.
	app=$(sed -n 's/.* APPS_DIR=\([^ ]*\) .*/\1/p' <<<"$output")
	run -2 mk APPS_DIR="$app" run-wrong
	says "area+176 is 0x0, wanted 0x1" "FAIL: 1 words are not as wanted"
	sed -i 's,\.quad 0x1\>.*/\* area+176 \*/,.quad 0,' "$app/wrong.bpf.S"
	run -0 mk APPS_DIR="$app" run-wrong
	says "words are as wanted"
}

@test "jit-random: a program with functions that are called back, and that make tail calls, runs as an app, too" {
	scripts/remote "$TARGET_DIR" load "$OUT/$ARCH/jit/jit"
	program=$(target './jit random -s 1 -n 73 -c 74 -p')
	[[ $program == *"call 181"* && $program == *"call 164"* && $program == *"  function:"*"call 12"$'\n'* ]] ||
		skip "the target's kernel does not have them, or does not JIT them"
	app=$BATS_TEST_TMPDIR/program
	mkdir "$app"
	cp guest/jit/repeat/* "$app"
	sed -n 's/^# file program-73: //p' <<<"$program" >"$app/wrong.bpf.S"
	run -0 mk APPS_DIR="$app" run-wrong
	says "words are as wanted"
}

@test "jit-random: the native code is beside the instructions; a known failure is a TODO" {
	[ -n "$(settings)" ] || skip "the target's kernel has no BPF JIT"
	version=$(target 'uname -r' | grep -oE '^[0-9]+\.[0-9]+')
	objdump="$(scripts/facts --value CROSS_COMPILE "$ARCH")objdump $(scripts/facts --value OBJDUMP_FLAGS "$ARCH")"
	echo "jited random # its reason" >"$BATS_TEST_TMPDIR/$ARCH-$version"
	run -0 env KNOWN="$BATS_TEST_TMPDIR" MODES=jit SEED=7 COUNT=1 JIT_SPOIL=1 OBJDUMP="$objdump" \
		scripts/jit random "$TARGET_DIR" "$BATS_TEST_TMPDIR/report" "$OUT/$ARCH/jit/jit"
	says "native code:" "not ok 1 jit program-0 # TODO known failure: its reason" "2 known to fail"
	grep -E '^#     exit +\| [a-z]' <<<"$output"
	run -0 env KNOWN="$BATS_TEST_TMPDIR" MODES=jit SEED=7 COUNT=1 \
		scripts/jit random "$TARGET_DIR" "$BATS_TEST_TMPDIR/report" "$OUT/$ARCH/jit/jit"
	says "no program met the known failure: its reason" "ok 1 jit random"
}

@test "jit-random: a program that ends the VM or the lab is a failure, shown; the next ones run in a new VM" {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	cp "$OUT/$ARCH/jit/jit" "$BATS_TEST_TMPDIR/real"
	# Programs 2 and 4 end the VM before their lines leave it: 2 in silence, so it runs a second time.
	cat >"$BATS_TEST_TMPDIR/lab" <<-'EOS'
		#!/bin/sh
		up_to() {
			count=$1 && shift && ./real "$@" -c "$count" | sed '/ random # /,$d'
		}
		case " $* " in
		*" -p "*|*" list "*)	exec ./real "$@" ;;
		*" -n 3 "*)	up_to 4 "$@" && echo program-4 >/proc/self/comm ;;
		*" -n 5 "*)	up_to 6 "$@" && exit 5 ;;
		*" -n 6 "*)	exec ./real "$@" ;;
		*)	up_to 3 "$@" >/dev/null ;;
		esac
		echo c >/proc/sysrq-trigger
	EOS
	chmod +x "$BATS_TEST_TMPDIR/lab"
	again="$(mk_line qemu-start) && scripts/remote $TARGET_DIR load $BATS_TEST_TMPDIR/real"
	bash -c "$again"
	MODES=interpreter SEED=7 COUNT=7 run -1 scripts/jit random "$TARGET_DIR" "$BATS_TEST_TMPDIR/report" \
		"$BATS_TEST_TMPDIR/lab" bash -c "$again"
	says "not ok 1 interpreter program-2 # the target died of it" "| " "sysrq triggered crash" \
		"program-2 (SEED=7 LEN=40):" "#     exit" "program-2 run-wrong" \
		"not ok 2 interpreter program-4 # the target died of it" "program-4 run-wrong" \
		"not ok 3 interpreter program-5 # the lab ended with status 5" "program-5 run-wrong" \
		"ok 4 interpreter random # from program-6 on, SEED=7 LEN=40: 1 programs" "# of 4: 1 passed, 3 failed"
}

@test "jit-isa: a killed lab leaves the settings as they were" {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	[ -n "$(settings)" ] || skip "the target's kernel has no BPF JIT"
	scripts/remote "$TARGET_DIR" load "$OUT/$ARCH/jit/jit"
	# becomes VALUE FILE, on the target: waits for it
	run -0 target 'becomes() {
			for n in $(seq 600); do [ "$(cat $2)" != $1 ] || return 0; sleep 0.1; done
			return 1
		}
		cd /proc/sys/net/core && echo 1 >bpf_jit_enable && echo 2 >bpf_jit_harden
		~/jit isa -m interpreter -t "alu32 alu64" >/dev/null & lab=$!
		becomes 0 bpf_jit_enable && kill -KILL $lab && becomes 1 bpf_jit_enable && becomes 2 bpf_jit_harden
		echo status $?; echo 0 >bpf_jit_harden'
	says "status 0"
}
