#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# What BPF costs, counted in a VM whose clock counts instructions.
# shellcheck disable=SC2154 # bats' run sets output
# shellcheck disable=SC2016 # a command of one of these tests is for another shell
load lib

bats_require_minimum_version 1.5.0

setup_file() {
	[ "$TARGET" = vm ] || return 0
	export VM_NAME=cost-$$
}

teardown_file() {
	[ "$TARGET" = vm ] || return 0
	mk ICOUNT=1 qemu-stop
	rm -r "$OUT/$ARCH/vm/$KERNEL_NAME.icount-$VM_NAME"
	rm -f "$(costs)"*
}

setup() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	baseline=$BATS_TEST_TMPDIR/baseline
}

# costs: the path of the kept files, without mode
costs() {
	echo "$OUT/report/jit-cost-$ARCH-$KERNEL_NAME-$VM_NAME"
}

# cost MODE TEST: what is kept of it
cost() {
	sed -n "s/^ok [0-9]* $2 # //p" "$(costs)-$1.ktap"
}

tests='alu64-add-imm jmp64-jeq-imm call-local map-hash entry-empty trampoline'

@test "jit-cost: costs repeat to the instruction in a restored VM; an addition is one instruction" {
	run -0 mk TESTS="$tests" jit-cost jit-cost-baseline BASELINE="$baseline"
	says "instructions " "call-local " "interpreter: kernel does not load it: Can attach to only JITed progs" \
		"trampoline-fentry trampoline-fexit" "kept in "
	# Nothing ran without a JIT as if there were one.
	if [ -s "$(costs)-jit.ktap" ] && [[ $(<"$(costs)-jit.ktap") != *"kernel has no BPF JIT"* ]]; then
		[ "$(cost jit alu64-add-imm)" = "1 insns" ]
		[ "$(cost jit trampoline-fentry | grep -c ' insns$')" = 1 ]
	fi
	run -0 mk TESTS="$tests" jit-cost THRESHOLD=0 BASELINE="$baseline"
	says " differ by more than 0 %"
	[[ $output == *$'\n0 of '* ]]
}

@test "jit-cost: what is dearer than in BASELINE is an error, the worst first" {
	mk TESTS="alu64-add call-local" MODES=interpreter jit-cost jit-cost-baseline BASELINE="$baseline"
	[ "$(grep -c "^$ARCH	$KERNEL_NAME	interpreter	" "$baseline")" = 4 ]
	sed -i '/alu64-add-reg/s/[0-9]*$/1/; /alu64-add-imm	/s/[0-9]*$/2/; /add-imm-big/s/[0-9]*$/9999/' "$baseline"
	run -2 mk TESTS="alu64-add call-local" MODES=interpreter jit-cost BASELINE="$baseline"
	says "3 of 4 differ by more than 10 %"
	[[ $output == *"interpreter alu64-add-reg "*" x "*"interpreter alu64-add-imm "*" x "*"interpreter alu64-add-imm-big "*" -"*" %"* ]]
	# A line that is replaced, and one that stays.
	printf 'none\tnone\tjit\tja\t1\n' >>"$baseline"
	run -0 mk jit-cost-baseline BASELINE="$baseline"
	[ "$(grep -c . "$baseline")" = 6 ]
	run -0 grep -x "none	none	jit	ja	1" "$baseline"
	run -1 grep 9999 "$baseline"
}

@test "cost-<app>: the instructions of each program, the same each time; others are named" {
	printf '\2\0\0\0\0\1\2\0\0\0\0\11\10\0' >"$BATS_TEST_TMPDIR/packet"
	run -0 mk cost-bytecode DATA_IN="$BATS_TEST_TMPDIR/packet"
	says "swap " "; an empty program takes "
	first=$(grep '^swap ' <<<"$output")
	# A VM that counts uses a whole processor.
	run -1 compgen -G "$OUT/$ARCH/vm/*$VM_NAME*/state.json"
	run -0 mk cost-bytecode DATA_IN="$BATS_TEST_TMPDIR/packet"
	[ "$(grep '^swap ' <<<"$output")" = "$first" ]
	run -2 mk cost-minimal
	says "not counted: the kernel does not run it repeatedly, as a test" "error: no program of minimal was counted"
}

@test "jit-cost and cost-<app> say what is wrong with their variables" {
	run -2 mk TARGET=host jit-cost
	says "jit-cost counts in a VM" "TARGET=host cannot be meant"
	run -2 mk ACCEL=kvm cost-minimal
	says "ACCEL=kvm: only TCG counts instructions"
	run -2 mk TESTS=nonesuch jit-cost
	says "no test has the name or the part of a name 'nonesuch'" "alu64-add-imm-big" "trampoline"
	run -2 mk jit-cost BASELINE="$baseline"
	says "BASELINE: there is no file $baseline"
	echo nothing >"$baseline"
	run -2 mk jit-cost BASELINE="$baseline"
	says "BASELINE: line 1 of $baseline is none that make jit-cost-baseline writes"
	run -2 mk jit-cost-baseline
	says "jit-cost-baseline needs the name of a file"
	run -2 mk jit-cost jit-cost-baseline BASELINE="$baseline/none"
	says "BASELINE: $baseline/none cannot be written"
	[[ $output != *COUNT* ]]
	run -2 mk jit-cost-diff A=none/none B=none/none
	says "no costs of 'none/none' are kept"
}

@test "kept costs of cells are compared and plotted, and the report has the plots" {
	local dir=$BATS_TEST_TMPDIR/report

	mkdir "$dir"
	keep() { printf '%s\n' "KTAP version 1" "1..3" "ok 1 alu64-div-reg # $2 insns" "ok 2 call-tail # $3" "ok 3 ja # 1 insns" >"$dir/jit-cost-$1.ktap"; }
	keep here-old-jit 6 "15 insns"
	keep here-new-jit 9 "SKIP the JIT gives up on it"
	keep here-new-interpreter 45 "30 insns"
	keep there-new-jit 2 "20.5 insns"
	A=here/old B=here/new run -0 scripts/jit-cost diff "$dir"
	output=$(tr -s ' ' <<<"$output")
	says "call-tail 15 - not counted: the JIT gives up on it" "alu64-div-reg 6 9 +50 %" "2 of 3 differ by more than 10 %"
	A=here/new B=here/new/interpreter run -0 scripts/jit-cost diff "$dir"
	[ "$(tr -s ' ' <<<"$output" | grep -c '^alu64-div-reg 9 45 x 5.0$')" = 1 ]
	run -0 scripts/jit-cost plots "$dir" here new old new
	for plot in instructions interpreter kernels; do
		xmllint --noout "$dir/jit-cost-$plot.svg"
	done
	grep -q '>there<' "$dir/jit-cost-instructions.svg"
	run -0 scripts/report "$dir"
	[ "$(grep -c '<figure><img alt="jit-cost-[a-z]*" src="data:image/svg+xml;base64,' "$dir/report.html")" = 3 ]
	grep -q 'data-n="20.5">' "$dir/report.html"
	# Without gnuplot, the goal says which package has it.
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in bash sh env sed awk grep getent head cut cat ls uname stat printf cksum mkdir id; do
		ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin"
	done
	run -2 env PATH="$BATS_TEST_TMPDIR/bin" "$(command -v make)" --no-print-directory O="$O_GIVEN" ARCH="$ARCH" jit-plots
	says "there is no gnuplot on this machine" "gnuplot-nox"
}
