#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Kernels from source, and the kernel's own tests.  Tests that need a built kernel run with
# KERNEL=src only.
load lib

setup() {
	tree=$BATS_TEST_TMPDIR/linux
}

# looks_like_linux: makes a directory that passes for a Linux tree in the first checks
looks_like_linux() {
	local arch

	arch=$(scripts/facts --value LINUX_ARCH "$ARCH")
	mkdir -p "$tree/scripts/kconfig" "$tree/arch/$arch" "$tree/lib"
	touch "$tree/Kconfig" "$tree/scripts/kconfig/merge_config.sh" "$tree/arch/$arch/Kconfig"
	mkdir -p "$tree/include/uapi/linux"
	echo BTF_KIND_ENUM64 >"$tree/include/uapi/linux/btf.h"
	printf 'config DEBUG_INFO_BTF\n\tdepends on PAHOLE_VERSION >= 121\n' >"$tree/lib/Kconfig.debug"
}

# needs_src: skips without a built kernel; sets its directories
needs_src() {
	[ "$KERNEL" = src ] || skip "KERNEL is not src"
	name=$(basename "$TARGET_DIR")
	name=${name#src-}
	kernel=$OUT/$ARCH/kernel/src-$name objects=$OUT/$ARCH/linux/$name
	selftests=$OUT/$ARCH/kselftest/$name
	grep -q selftests.config "$objects/words" || selftests+=-small
}

# there LINE: runs it in the VM of this test
there() {
	scripts/remote "$TARGET_DIR-$VM_NAME" sh "$1" </dev/null
}

# --- bad input: a message, and nothing done -------------------------------------

@test "KERNEL_SRC must exist, be a Linux tree, and support the architecture" {
	run -2 mk KERNEL=src KERNEL_SRC=/nowhere kernel
	says "KERNEL_SRC=/nowhere: there is no such directory"
	mkdir "$tree"
	run -2 mk KERNEL=src KERNEL_SRC="$tree" kernel
	says "is no Linux tree"
	looks_like_linux
	rm -r "$tree/arch"
	run -2 mk KERNEL=src KERNEL_SRC="$tree" kernel
	says "knows no $ARCH"
}

@test "KERNEL_SRC alone means KERNEL=src, and nothing is remembered before a build" {
	looks_like_linux
	run -0 env -u KERNEL make -C "$TESTBENCH" O="$BATS_TEST_TMPDIR/out" \
		ARCH="$ARCH" KERNEL_SRC="$tree" config
	says "KERNEL=src" "KERNEL_SRC=$tree"
	run -0 mk KERNEL=src O="$BATS_TEST_TMPDIR/out" config
	says "KERNEL_SRC="$'\n' "LINUX_SUITE=trixie"
}

@test "the newest Linux of Debian has all options that the fragments want, for every architecture" {
	local tree=$OUT/src/linux-sid

	[ -e "$tree/.unpacked" ] || skip "the Linux source of sid was not fetched: make KERNEL=src LINUX_SUITE=sid kernel-config"
	sed -nE '/# optional/!s/^CONFIG_([A-Za-z0-9_]+)=[^n].*/\1/p' extras/linux/*.config | sort -u >"$BATS_TEST_TMPDIR/wanted"
	grep -rhoE '^\s*(menu)?config \w+' --include='Kconfig*' "$tree" | awk '{ print $2 }' | sort -u >"$BATS_TEST_TMPDIR/there"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/wanted")" -gt 100 ]
	run -0 comm -23 "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/there"
	[ -z "$output" ]
}

@test "a mistyped LINUX_SUITE, a missing KCONFIG" {
	run -2 mk KERNEL=src LINUX_SUITE=trixe kernel
	says "did you mean trixie?"
	run -2 mk KERNEL=src LINUX_SUITE=trixie KCONFIG=/nowhere/my.config kernel
	says "KCONFIG: there is no file /nowhere/my.config"
}

# checks CROSS: the checks of the tree before a build
checks() {
	scripts/linux-check "$tree" "$BATS_TEST_TMPDIR/obj" "$(ls "$tree/arch")" "$1"
}

@test "a tree that was built in place is refused, and the message says how to clean it" {
	looks_like_linux
	run -0 checks ''
	touch "$tree/.config"
	run -1 checks ''
	says "something was built inside its tree" "$tree/.config is there" "mrproper"
}

@test "tools that are missing or too old are found before the build" {
	local bin=$BATS_TEST_TMPDIR/bin

	looks_like_linux
	mkdir "$bin"
	run -1 checks nowhere-
	says "there is no nowhere-gcc on this machine" "make setup"

	# scripts that print another version; all other tools are real
	printf '#!/bin/sh\necho 4.9.4\n' >"$bin/old-gcc"
	printf '#!/bin/sh\necho GNU ld 2.20\n' >"$bin/old-ld"
	chmod +x "$bin"/*
	printf 'case $1 in gcc) echo 5.1.0;; binutils) echo 2.25.0;; esac\n' >"$tree/scripts/min-tool-version.sh"
	PATH=$bin:$PATH run -1 checks old-
	says "old-gcc is too old" "version 4.9.4; this tree wants 5.1.0"
	printf '#!/bin/sh\necho 12.1.0\n' >"$bin/old-gcc"
	PATH=$bin:$PATH run -1 checks old-
	says "old-ld is too old" "version 2.20; this tree wants 2.25.0"

	sed -i 's/121/999/' "$tree/lib/Kconfig.debug"
	run -1 checks ''
	says "pahole is too old for BTF" "wants 9.99"
}

@test "an old tree gets a pahole that leaves out types that the tree does not support" {
	looks_like_linux
	: >"$tree/include/uapi/linux/btf.h"
	run -0 checks ''
	[ "$(pahole --version | tr -dc 0-9)" -ge 124 ] || skip "this pahole makes no 64-bit enumerations"
	run -0 "$BATS_TEST_TMPDIR/obj/pahole" --version
	says "v1."
	grep -- --skip_encoding_btf_enum64 "$BATS_TEST_TMPDIR/obj/pahole"
	# a stable tree does that itself
	echo 'pahole --skip_encoding_btf_enum64' >"$tree/scripts/pahole-flags.sh"
	run -0 checks ''
	[ ! -e "$BATS_TEST_TMPDIR/obj/pahole" ]
}

@test "an architecture that needs a newer libdw gets a pahole with that" {
	looks_like_linux
	mkdir "$BATS_TEST_TMPDIR/libdw"
	LIBDW=$BATS_TEST_TMPDIR/libdw run -0 checks ''
	[ ! -e "$BATS_TEST_TMPDIR/obj/pahole" ]
	cp -L "$(ldd "$(command -v pahole)" | sed -n 's/.*libdw\.so\.1 => \([^ ]*\).*/\1/p')" "$BATS_TEST_TMPDIR/libdw/libdw.so.1"
	LIBDW=$BATS_TEST_TMPDIR/libdw run -0 checks ''
	LD_DEBUG=libs run -0 "$BATS_TEST_TMPDIR/obj/pahole" --version
	says "calling init: $BATS_TEST_TMPDIR/libdw/libdw.so.1"
}

@test "too little disk space is an error before the build" {
	looks_like_linux
	unshare -rm true || skip "no user namespaces here"
	mkdir "$BATS_TEST_TMPDIR/obj"
	run -1 unshare -rm sh -c "mount -t tmpfs -o size=100m none $BATS_TEST_TMPDIR/obj &&
		scripts/linux-check $tree $BATS_TEST_TMPDIR/obj '$(ls "$tree/arch")' ''"
	says "no space" "O=<directory>"
}

@test "a tree that does not compile: the compiler's error, and nothing is installed" {
	local obj=$BATS_TEST_TMPDIR/obj

	mkdir -p "$tree" "$obj"
	touch "$obj/.config" "$obj/Image"
	echo 'int broken = ;' >"$tree/broken.c"
	cat >"$tree/Makefile" <<-'EOF'
		olddefconfig:
		Image: ; $(CC) -c broken.c -o $(O)/broken.o
		modules: Image ; touch $(O)/modules.order
		modules_install: ; touch $(O)/installed
	EOF
	run -1 scripts/linux-build "$tree" "$obj" "$ARCH" '' Image "$BATS_TEST_TMPDIR/out"
	says "error: the kernel does not build" "broken.c:1:14: error: expected expression" "The whole log: $obj/log"
	[ ! -e "$obj/installed" ]
	[ ! -e "$BATS_TEST_TMPDIR/out" ]
}

@test "ccache: what a source includes by .incbin is never an old one" {
	command -v ccache >/dev/null || skip "there is no ccache"
	export CCACHE_DIR=$BATS_TEST_TMPDIR/ccache CCACHE_DEPEND=1
	cd "$BATS_TEST_TMPDIR"
	printf '\t.data\n\t.incbin\t"blob"\n' >piggy.S
	echo '#include "piggy.S"' >compat.S
	echo 'int number = 1;' >plain.c
	for blob in first second; do
		echo $blob >blob
		for source in piggy compat; do
			"$TESTBENCH/scripts/linux-cc" gcc -Wp,-MMD,$source.d -c -o $source.o $source.S
			grep -a $blob $source.o
		done
		"$TESTBENCH/scripts/linux-cc" gcc -Wp,-MMD,plain.d -c -o plain.o plain.c
	done
	[ "$(ccache --print-stats | awk '/^(direct_cache_hit|preprocessed_cache_hit)\t/ { n += $2 } END { print n }')" = 1 ]
}

@test "the selftests need a kernel from source" {
	run -2 mk KERNEL=trixie test-verifier
	says "test-verifier needs a kernel from source" "make KERNEL=src test-verifier"
}

@test "a variant of test_progs that the compiler cannot make is told before anything is built" {
	local bin=$BATS_TEST_TMPDIR/bin

	mkdir "$bin"
	printf '#!/bin/sh\necho "  generic v1 v2 v3"\n' >"$bin/clang-old"
	printf '#!/bin/sh\necho 12.2.0\n' >"$bin/bpf-gcc"
	chmod +x "$bin"/*
	run -2 mk KERNEL=src VARIANT=cpuv5 test-progs
	says "VARIANT=cpuv5 is not known, did you mean cpuv4?"
	run -2 mk KERNEL=src VARIANT=cpuv4 CLANG="$bin/clang-old" test-progs
	says "VARIANT=cpuv4: $bin/clang-old has no BPF CPU v4. Use LLVM 17 or newer"
	run -2 mk KERNEL=src VARIANT=bpf_gcc BPF_GCC=/nowhere/bpf-gcc test-progs
	says "VARIANT=bpf_gcc: there is no /nowhere/bpf-gcc on this machine" "gcc-bpf"
	run -2 mk KERNEL=src VARIANT=bpf_gcc BPF_GCC="$bin/bpf-gcc" test-progs
	says "$bin/bpf-gcc is version 12.2.0. The selftests need GCC 15 or newer"
	# the compilers of this machine do
	run -0 scripts/kselftest-build --compiler cpuv4 "clang-$LLVM_VERSION" bpf-gcc
	[ -z "$output" ]
}

@test "fragments: every option has its reason beside it" {
	run grep -hE '^CONFIG_|^# CONFIG_' extras/linux/*.config
	[ "${#lines[@]}" -gt 50 ]
	lacking=$(grep -vE '^CONFIG_[A-Za-z0-9_]+=("[^"]*"|[^ ]+) +# [a-zA-Z9].*' <<<"$output" || true)
	[ -z "$lacking" ] || { echo "$lacking"; false; }
}

# --- a kernel from source ---------------------------------------------------------

@test "a no-op make kernel builds nothing" {
	needs_src
	mk kernel
	run -0 mk kernel
	[[ $output != *LINUX* && $output != *KCONFIG* ]]
}

@test "an option that the tree does not accept is an error, and the former kernel stays" {
	needs_src
	sum=$(md5sum <"$kernel/image")
	printf 'CONFIG_NONESUCH=y # for the test\nCONFIG_SND=y\n' >"$BATS_TEST_TMPDIR/my.config"
	run -2 mk KCONFIG="$BATS_TEST_TMPDIR/my.config" kernel
	says "does not take options that the fragments want" "CONFIG_NONESUCH=y is n: this tree has no such option (wanted for: for the test)" \
		"CONFIG_SND=y is n: something it depends on is missing"
	[ "$(md5sum <"$kernel/image")" = "$sum" ]
	run -0 mk kernel
}

@test "a changed file of the kernel: it is built again, and the VM boots it" {
	needs_src
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	own_vm
	boot=$(there 'cat /proc/sys/kernel/random/boot_id')
	touch "$objects/source/lib/test_bpf.c"
	run -0 mk VM_NAME="$VM_NAME" test-bpf TEST_ID=0
	says "LINUX    " "its kernel is not the newest" "ok 1 jit test_bpf.0 TAX"
	[ "$(there 'cat /proc/sys/kernel/random/boot_id')" != "$boot" ]
}

# --- test_bpf, on every kernel ------------------------------------------------------

# own_vm: starts a VM of this test, which the test may break
own_vm() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	VM_NAME=bpf$BATS_TEST_NUMBER-$$
	mk VM_NAME="$VM_NAME" qemu-start
}

teardown() {
	[ -z "${VM_NAME-}" ] || {
		mk VM_NAME="$VM_NAME" qemu-stop
		rm -r "${TARGET_DIR:?}-$VM_NAME"
		rm -f "$OUT"/report/*"-$VM_NAME"*
	}
}

@test "test-bpf: every test is a KTAP line, with the JIT and without, and both are compared" {
	own_vm
	run -0 mk VM_NAME="$VM_NAME" test-bpf TEST_RANGE=0,9
	grep -qx 'KTAP version 1' <<<"$output"
	grep -qE '^ok 1 jit test_bpf\.0 TAX # jited, [0-9]+ [0-9]+ [0-9]+ ns$' <<<"$output"
	grep -qE '^ok 20 nojit test_bpf\.9 LD_IND_LL # interpreted, [0-9 ]+ ns$' <<<"$output"
	says "# Summary: 10 PASSED, 0 FAILED, [10/10 JIT'ed]" "# Summary: 10 PASSED, 0 FAILED, [0/10 JIT'ed]" \
		"1..20" "0 tests have another verdict" "20 passed, 0 failed"
	[ "$(sed -n 2p "$OUT/report/test_bpf-"*"-$VM_NAME-jit.ktap")" = 1..10 ]
	prove -Q --ext .ktap -e cat "$OUT/report/test_bpf-"*"-$VM_NAME-jit.ktap"
}

@test "test-bpf: one test by number, by name; a suite; without the JIT alone" {
	own_vm
	run -0 mk VM_NAME="$VM_NAME" TEST_JIT=nojit test-bpf TEST_NAME='ALU_MOV_X: dst = 2'
	says "ok 1 nojit test_bpf.62 ALU_MOV_X: dst = 2" "1..1"
	run -0 mk VM_NAME="$VM_NAME" TEST_JIT=jit test-bpf TEST_SUITE=test_tail_calls TEST_ID=3
	says "ok 1 jit test_tail_calls.3 "
	[ "$(there 'cat /proc/sys/net/core/bpf_jit_enable')" = 1 ]
	# a mode that is known to fail as a whole runs only if it is named
	echo 'jit # its reason' >"$BATS_TEST_TMPDIR/all-$(there 'uname -r' | grep -oE '^[0-9]+\.[0-9]+')"
	KNOWN=$BATS_TEST_TMPDIR TEST_ID=3 run -0 scripts/test-bpf "$TARGET_DIR-$VM_NAME" "$BATS_TEST_TMPDIR/report"
	says "not ok 1 jit jit # TODO known failure: its reason (not run)" "ok 2 nojit test_bpf.3 " "1..2"
	KNOWN=$BATS_TEST_TMPDIR TEST_ID=3 TEST_JIT=jit run -0 scripts/test-bpf "$TARGET_DIR-$VM_NAME" "$BATS_TEST_TMPDIR/report"
	says "ok 1 jit test_bpf.3 " "1..1"
}

@test "test-bpf: the module's message about an unknown test" {
	own_vm
	run -2 mk VM_NAME="$VM_NAME" test-bpf TEST_NAME=nonesuch
	says "test_bpf ran no test: no test named 'nonesuch'"
	run -2 mk VM_NAME="$VM_NAME" test-bpf TEST_SUITE=nonesuch
	says "invalid test_suite 'nonesuch'"
}

# crash_at TEXT: makes the guest panic as soon as its console shows TEXT
crash_at() {
	eventually 120 grep -q "$1" "$TARGET_DIR-$VM_NAME/console.log"
	run there 'echo c >/proc/sysrq-trigger'
}

@test "test-bpf: a test that ends the VM is a failure, and the rest runs in a new VM" {
	own_vm
	mk VM_NAME="$VM_NAME" TEST_JIT=jit test-bpf TEST_RANGE=800,900 >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	crash_at 'test_bpf: #86[0-9] .*jited'
	fails $!
	cat "$BATS_TEST_TMPDIR/out"
	run cat "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^not ok .* # the target died of it' <<<"$output")" = 1 ]
	says "| " "sysrq triggered crash" "1..101" "100 passed, 1 failed"
}

# --- results ---------------------------------------------------------------------------

@test "the second test of a name gets a number; a known failure may be limited to CPUs or a variant" {
	printf '%s\n' 'a/b (2) # twice' 'SMP=1 c # one' 'SMP=2 d # two' 'nojit e # without' \
		'VARIANT=cpuv4 f # its own' 'VARIANT=none g # of another' >"$BATS_TEST_TMPDIR/known"
	VARIANT=cpuv4 run -1 bash -euc 'target=host report=$1/report start=
		. scripts/ktap-run.bash
		remote() { echo 1; }
		read_known /nowhere "$1/known"
		begin jit
		result ok a/b; result "not ok" a/b; result "not ok" c; result "not ok" d; result ok e
		result "not ok" f; result ok g; conclude' results "$BATS_TEST_TMPDIR"
	says $'ok 1 jit a/b\nnot ok 2 jit a/b (2) # TODO known failure: twice\nnot ok 3 jit c # TODO known failure: one' \
		$'not ok 4 jit d\nok 5 jit e\nnot ok 6 jit f # TODO known failure: its own\nok 7 jit g\n' \
		"# of 7: 3 passed, 1 failed, 0 skipped, 3 known to fail"
}

@test "a splat is the failure of the test that ran, and is known by a line of its own; a harmless one is told" {
	printf '%s\n' 'b # for another reason' 'jit f.kernel # it crashes' 'test_progs.kernel # it warns' \
		'test_progs.kernel (2) # it warns twice' >"$BATS_TEST_TMPDIR/known"
	{ cat extras/splats; echo 'known of nothing # a joke'; } >"$BATS_TEST_TMPDIR/splats"
	# shellcheck disable=SC2016 # expanded there
	SPLATS=$BATS_TEST_TMPDIR/splats run -1 bash -euc 'target=$1 report=$1/report start=
		. scripts/ktap-run.bash
		kernel() { printf "[    1.%06d] %s\n" $RANDOM "$@" >>"$target/console.log"; splat_poll; }
		remote() { echo 1; }
		read_known "$1/known"
		printf "[    0.1] BUG: before\n[    0.2][   T12] BUG" >"$target/console.log"
		splat_watch "$target/console.log"
		begin jit
		kernel "(no DEBUG: message)"; result ok a
		kernel "BUG: KASAN: use-after-free in bpf_x+0x1/0x2"; kernel " dump_stack_lvl+0x1"; result "not ok" b
		kernel "WARNING: CPU: 0 PID: 1 at kernel/x.c:1 of nothing"; kernel "watchdog: all is well"; result ok c
		for text in "watchdog: BUG: soft lockup - CPU#0 stuck" "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks" \
			"UBSAN: shift-out-of-bounds in a.c" "Oops: 0000 [#1] SMP" "WARNING: possible circular locking"; do
			kernel "$text"; result ok "$text"
		done
		kernel "BUG: the first"; result ok f; result ok f
		kernel "BUG: the second"; result "not ok" test_progs.kernel
		kernel "BUG: the third"; result "not ok" test_progs.kernel
		kernel "Internal error: Oops - undefined instruction: 0 [#1]"
		keep; conclude' results "$BATS_TEST_TMPDIR"
	says "ok 1 jit a" $'not ok 2 jit b # the kernel printed: BUG: KASAN: use-after-free in bpf_x+0x1/0x2\n# | BUG: KASAN' \
		"# | dump_stack_lvl+0x1" $'\nok 3 jit c\n# known: WARNING: CPU: 0 PID: 1 at kernel/x.c:1 of nothing (a joke)\nnot ok 4' \
		"not ok 9 jit f # TODO known failure: it crashes (the kernel printed: BUG: the first)" "ok 10 jit f (2)" \
		"not ok 11 jit test_progs.kernel # TODO known failure: it warns (" \
		"not ok 12 jit test_progs.kernel (2) # TODO known failure: it warns twice (" \
		"not ok 13 jit kernel # the kernel printed: Internal error" "3 passed, 7 failed, 0 skipped, 3 known"
}

# --- comparing ------------------------------------------------------------------------

@test "kselftest-compare shows verdicts, tests of one file only, and times" {
	printf '%s\n' "KTAP version 1" 1..3 "ok 1 t.0 a # jited, 10 20 ns" "ok 2 t.1 b # jited, 5 ns" "ok 3 t.2 c" >"$BATS_TEST_TMPDIR/a.ktap"
	printf '%s\n' "KTAP version 1" 1..3 "ok 1 t.0 a # interpreted, 60 ns" "not ok 2 t.1 b # interpreted" "ok 3 t.3 d # SKIP no" >"$BATS_TEST_TMPDIR/b.ktap"
	run -2 mk kselftest-compare A="$BATS_TEST_TMPDIR/a.ktap" B="$BATS_TEST_TMPDIR/b.ktap"
	says "a: 3 passed, 0 failed, 0 skipped; 2 JITed, 0 interpreted" "ok -> not ok: t.1 b" \
		"1 tests are in a alone" "1 tests are in b alone" "b takes 2.00 times those of a"
	run -0 mk kselftest-compare A="$BATS_TEST_TMPDIR/a.ktap" B="$BATS_TEST_TMPDIR/a.ktap"
	says "0 tests have another verdict"
	run -2 mk kselftest-compare A=/nowhere.ktap
	says "two files of results are needed"
}

# --- the benchmarks -----------------------------------------------------------------------

# measured: what the end of a benchmark's output means
measured() {
	awk -f scripts/kselftest-bench.awk | tr '\t' ' '
}

# The outputs are recorded (bench of Linux 6.12 on x86_64), but for those of two CPUs and of no number.
@test "test-bench: every kind of summary is read; without one, or with one that is no number, there is none" {
	run -0 measured <<-'EOF'
		Iter   2 (512769.575us): hits    0.035M/s (  0.035M/prod), drops    0.396M/s, total operations    0.431M/s
		Summary: hits    0.242 ± 0.267M/s (  0.242M/prod), drops    0.315 ± 0.402M/s, total operations    0.557 ± 0.135M/s
	EOF
	[ "$output" = "0.242 M/s 0.267" ]
	run -0 measured <<<"Summary: throughput    9.910 ± 1.442 M ops/s (  9.910M ops/prod), latency  100.908 ns/op"
	[ "$output" = "9.910 M/s 1.442" ]
	run -0 measured <<<"Summary: hits throughput    0.020 ± 0.000 M ops/s, hits latency 50000.000 ns/op, important_hits throughput    0.000 ± 0.000 M ops/s"
	[ "$output" = "0.020 M/s 0.000" ]
	run -0 measured <<<"Summary: per-prod-op    1.44 ±    0.22k/s, memory usage    0.24 ±    0.00MiB, peak memory usage    0.25MiB"
	[ "$output" = "1.44 k/s 0.22" ]
	run -0 measured <<<"Summary: creates    2.904 ± 0.467k/s (  2.904k/prod), 3.07 kmallocs/create"
	[ "$output" = "2.904 k/s 0.467" ]
	run -0 measured <<<"Summary: 96117 false hits of 3515253 total operations. Percentage =  2.73 %"
	[ "$output" = "2.73 % " ]
	run -0 measured <<<$'SUMMARY tasks_trace grace period latency\tavg 59422.906 us\tstddev 12233.984 us'
	[ "$output" = "59422.906 us 12233.984" ]
	run -0 measured <<<$'cpu00: lookup 0.749M ± 0.300M events/sec (approximated from 6 samples)\ncpu01: lookup 0.251M ± 0.400M events/sec'
	[ "$output" = "1 M/s 0.5" ]
	run -0 measured <<<$'0:hash_map_full_perf 278300 events per sec\n1:hash_map_full_perf 721700 events per sec'
	[ "$output" = "1 M/s " ]
	run -0 measured <<<"Summary: hits     -nan ±  -nanM/s (   -nanM/prod), drops    0.000 ± 0.000M/s"
	[ -z "$output" ]
	run -0 measured <<<"Benchmark 'trig-fentry' started."
	[ -z "$output" ]
}

@test "test-bench: what it cannot do is told before it needs its target" {
	run -2 env BASELINE=/nowhere.csv scripts/kselftest-bench /nowhere report dir
	says "BASELINE: there is no file /nowhere.csv"
	echo arch,kernel >"$BATS_TEST_TMPDIR/other.csv"
	run -2 env BASELINE="$BATS_TEST_TMPDIR/other.csv" scripts/kselftest-bench /nowhere report dir
	says "other.csv is no result of test-bench" "bench,mode,value,unit,stddev,producers"
	run -1 scripts/kselftest-bench host report dir
	says "the benchmarks are not run on this machine"
}

# --- the selftests ----------------------------------------------------------------------

@test "a test of test_progs that does not compile is left out, and is a failure; the others are built" {
	local bpf=$tree/tools/testing/selftests/bpf out=$BATS_TEST_TMPDIR/out arch

	arch=$(scripts/facts --value LINUX_ARCH "$ARCH")
	mkdir -p "$bpf/prog_tests" "$tree"/{scripts,include/{uapi,linux},kernel/bpf,lib} "$tree/arch/$arch/include"
	cat >"$bpf/Makefile" <<-'EOF'
		tests := $(patsubst prog_tests/%.c,$(OUTPUT)/%.test.o,$(wildcard prog_tests/*.c))
		test_progs: $(OUTPUT)/test_progs
		$(OUTPUT)/test_progs: main.c $(tests); gcc -o $@ $^
		$(OUTPUT)/%.test.o: prog_tests/%.c; gcc -c -o $@ $<
	EOF
	echo 'extern int good; int main(void) { return !good; }' >"$bpf/main.c"
	echo 'int good = 1;' >"$bpf/prog_tests/good.c"
	printf '%s\n' '#include "of_a_newer_tree.skel.h"' 'void test_bad(void) { }' 'void serial_test_too(void)' >"$bpf/prog_tests/bad.c"
	build() {
		scripts/kselftest-build "$tree" /dev/null "$out" "$arch" '' "$BATS_TEST_TMPDIR" "${1-clang}" tests test_progs
	}
	run -0 build
	says "note: tests that do not compile are left out: bad too"
	"$out/install/test_progs/test_progs"
	[ -e "$out/tests.built" ]
	left_out() {
		bash -euc 'dir=$1; result() { printf "%s %s # %s\n" "$@"; }
			eval "$(sed -n "/^left_out()/,/^}/p; /^chosen()/,/^}/p" scripts/kselftest)"; left_out' - "$out/install/test_progs"
	}
	error="it does not compile: bad.c:1:10: fatal error: of_a_newer_tree.skel.h: No such file or directory"
	run -0 left_out
	[ "$output" = "not ok test_progs.bad # $error"$'\n'"not ok test_progs.too # $error" ]
	TESTS='good,to*' run -0 left_out
	[ "$output" = "not ok test_progs.too # $error" ]

	# Another compiler makes all again.
	touch "$BATS_TEST_TMPDIR/before"
	build
	[ ! "$out/built/good.test.o" -nt "$BATS_TEST_TMPDIR/before" ]
	build clang-0
	[ "$out/built/good.test.o" -nt "$BATS_TEST_TMPDIR/before" ]

	# A fault of the program itself.
	echo 'int main(void) { return nothing; }' >"$bpf/main.c"
	run -1 build
	says "error: the BPF selftests do not build" "main.c:1:25: error: " "The whole log: "
}

@test "the kernel's tests: a program that ends before its last test is a failure" {
	local top=$BATS_TEST_TMPDIR/top dir=$BATS_TEST_TMPDIR/dir

	mkdir -p "$top" "$dir"
	cp -r scripts extras "$top/"
	echo 500 >"$dir/test_verifier.count"
	printf 'bpf:%s\n' test_tag test_maps >"$dir/kselftest-list.txt"
	# a target on which the program dies after what $OUTPUT says
	cat >"$top/scripts/remote" <<-'EOF'
		#!/bin/sh
		case $* in
		*"cd kselftest && TERM"*) printf '%b' "$OUTPUT"; exit "$STATUS" ;;
		*cat*bpf_jit_enable*|*nproc*) echo 1 ;;
		*uname*) echo 6.12.1 ;;
		esac
	EOF
	# ran STATUS OUTPUT PROGRAM: scripts/kselftest of that target
	ran() {
		(cd "$top" && env STATUS="$1" OUTPUT="$2" TESTS= TEST_JIT=jit VM=true ARCH=x86_64 \
			scripts/kselftest target "$BATS_TEST_TMPDIR/report" "$dir" "$3")
	}
	run -1 ran 137 '#0/u one OK\n#1/u two OK\nKilled\n' test_verifier
	says "ok 2 jit test_verifier.1/u two" "not ok 3 jit test_verifier # ended with status 137 before its end" \
		"of 3: 2 passed, 1 failed"
	run -0 ran 0 '#0/u one OK\nSummary: 1 PASSED, 0 SKIPPED, 0 FAILED\n' test_verifier
	run -1 ran 137 'ok 1 selftests: bpf: test_tag\nKilled\n' run_kselftest.sh
	says "ok 1 jit bpf.test_tag" "not ok 2 jit run_kselftest.sh # ended with status 137 before its end"
	run -0 ran 0 'ok 1 selftests: bpf: test_tag\nok 2 selftests: bpf: test_maps\n' run_kselftest.sh
	run -2 mk TEST_JIT=both test-bpf
	says "TEST_JIT=both is not known. Known: jit nojit"
}

@test "test-verifier: a range of tests" {
	needs_src
	own_vm
	run -0 mk VM_NAME="$VM_NAME" test-verifier TESTS=0-20
	says "ok 1 jit test_verifier.0/u " "0 failed" "1.."
	run -2 mk VM_NAME="$VM_NAME" test-verifier TESTS=99999
	says "test_verifier has no tests 99999"
}

@test "a known failure that passes is a failure" {
	needs_src
	own_vm
	mk VM_NAME="$VM_NAME" TEST_JIT=jit test-verifier TESTS=0
	run_known() {
		KNOWN="$BATS_TEST_TMPDIR" TESTS=0 scripts/kselftest "$TARGET_DIR-$VM_NAME" "$BATS_TEST_TMPDIR/report" \
			"$selftests/install/test_verifier" test_verifier
	}
	# on machines with 99 CPUs only
	echo 'SMP=99 test_verifier.0/p BPF_ATOMIC_AND without fetch # not here' >"$BATS_TEST_TMPDIR/$ARCH"
	run -0 run_known
	echo "SMP=$(there nproc) test_verifier.0/p BPF_ATOMIC_AND without fetch # only for this test" >"$BATS_TEST_TMPDIR/$ARCH"
	run -1 run_known
	says "not ok 2 jit test_verifier.0/p BPF_ATOMIC_AND without fetch # passes, but is a known failure (only for this test)"
}

@test "jit-coverage: the lines of the JIT that a test reaches, and those that none does" {
	run -2 mk KERNEL=trixie jit-coverage
	says "jit-coverage needs a kernel from source"
	needs_src
	own_vm
	run -0 mk VM_NAME="$VM_NAME" REPORT="$BATS_TEST_TMPDIR" COVER=jit-isa TESTS='alu32-neg ldx' MODES=jit jit-coverage
	[[ $output =~ arch/[a-z0-9]+/net/[a-z0-9_]+\.c\ +[0-9]+\ +[1-9][0-9]*\ +[0-9.]+\ %\ +[1-9][0-9]*\ + ]]
	[[ $output =~ kernel/bpf\ +[0-9]+\ +[1-9] ]]
	grep -q '^arch/.*/net/.*\.c:[0-9]*:' "$BATS_TEST_TMPDIR/coverage/unreached"
	grep -q jit_isa "$BATS_TEST_TMPDIR/coverage/all.info"
	[ -s "$BATS_TEST_TMPDIR/coverage/index.html" ]
}
