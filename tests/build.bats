#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Building: only changed files are rebuilt, errors are shown, complete files stay.
load lib

# An app of APPS_DIR, with a header that both halves include.
setup() {
	apps=$BATS_TEST_TMPDIR/apps
	app=t$BATS_TEST_NUMBER$$
	mkdir -p "$apps"
	printf '#define ANSWER 42\n' >"$apps/$app.h"
	copy_app minimal "$app" "$apps"
	sed -i "1i #include \"$app.h\"" "$apps/$app.bpf.c" "$apps/$app.c"
}

# A make that must not start a VM does so if its test fails.
teardown() {
	local vm

	rm -f "$OUT/$ARCH/apps/$app".* "$OUT/$ARCH/bin/$app" "$OUT/$ARCH/bin/${app}_shared"
	for vm in "$BATS_TEST_TMPDIR"/out/*/vm/*; do
		[ ! -e "$vm/state.json" ] || "$VM" stop --dir "$vm"
	done
}

@test "O with a full path is the same directory: nothing is built again" {
	[[ $O_GIVEN != /* ]] || skip "O is elsewhere"
	run -0 mk all
	run -0 mk O="$OUT" -q all
}

@test "a no-op make does nothing and says so" {
	mk all
	run -0 mk all
	says "Nothing to be done"
}

@test "an app of APPS_DIR is built; then only what changed is built again" {
	run -0 mk APPS_DIR="$apps" "build-$app"
	says "BPF      $apps/$app.bpf.c" "CC       $apps/$app.c" "LINK"
	run -0 mk APPS_DIR="$apps" "build-$app"
	says "Nothing to be done"

	touch "$apps/$app.c"
	run -0 mk APPS_DIR="$apps" "build-$app"
	says "CC       $apps/$app.c"
	[[ $output != *"BPF "* ]]

	touch "$apps/$app.h"
	run -0 mk APPS_DIR="$apps" "build-$app"
	says "BPF      $apps/$app.bpf.c" "CC       $apps/$app.c"
	[[ $output != *minimal* ]]
}

@test "other flags rebuild the app, and nothing else" {
	mk APPS_DIR="$apps" "build-$app"
	run -0 mk APPS_DIR="$apps" BPF_CPU=v2 "build-$app"
	says "BPF      $apps/$app.bpf.c"
	[[ $output != *common* ]]
	run -0 mk all
	says "Nothing to be done"
}

@test "an app that does not compile: clang's message; the former app stays" {
	mk APPS_DIR="$apps" "build-$app"
	sum=$(md5sum <"$OUT/$ARCH/bin/$app")
	echo 'int broken(void) { return nowhere; }' >>"$apps/$app.bpf.c"
	run -2 mk APPS_DIR="$apps" "build-$app"
	says "$app.bpf.c" "error: use of undeclared identifier 'nowhere'"
	[ "$(md5sum <"$OUT/$ARCH/bin/$app")" = "$sum" ]
}

@test "a user half that does not compile: the compiler's message" {
	echo 'int broken(void) { return nowhere; }' >>"$apps/$app.c"
	run -2 mk APPS_DIR="$apps" "build-$app"
	says "$app.c" "nowhere"
	[ ! -e "$OUT/$ARCH/bin/$app" ]
}

@test "disas shows the BPF program with its source lines" {
	run -0 mk disas-minimal
	says "<on_write>:" "; " "exit" "call "
}

@test "clean-<app> removes that app only" {
	mk APPS_DIR="$apps" "build-$app"
	mk APPS_DIR="$apps" "clean-$app"
	[ ! -e "$OUT/$ARCH/bin/$app" ]
	[ -e "$OUT/$ARCH/bin/minimal" ]
}

@test "V=1 shows the commands" {
	run -0 mk APPS_DIR="$apps" V=1 "build-$app"
	says "-target bpf" "gen skeleton" " -static "
}

@test "make -n, -q and -t run nothing, where scripts start makes of their own, too" {
	local out=$BATS_TEST_TMPDIR/out

	run -0 mk -n O="$out" run-minimal
	run -0 mk -n O="$out" ARCH=all KERNEL=all setup check-all bench
	run -0 mk -n O="$out" A=bookworm B=trixie features-diff bench
	run -0 mk -n O="$out" BPF_CPU=probe run-minimal
	run -1 mk -q O="$out" build-deps
	[ ! -e "$out" ]
	# -t makes empty files, which is all that it does
	mkdir -p "$out/src" "$out/$ARCH/deps"
	run mk -t O="$out" build-deps
	[ -z "$(find "$out" -type f -size +0)" ]
}

@test "two makes with the same step: one runs it, the other waits; a failed step is repeated" {
	local log=$BATS_TEST_TMPDIR/log done=$BATS_TEST_TMPDIR/done go=$BATS_TEST_TMPDIR/go out=$BATS_TEST_TMPDIR/out
	local held="until [ -e $go ]; do sleep 0.05; done" first second

	step() { MAKEFLAGS='' scripts/step TAG it "$log" sh -c "echo >>$done; $1"; }
	lines() { [ -e "$done" ] && [ "$(wc -l <"$done")" -eq "$1" ]; }
	# both_step LINES FIRST SECOND: the second waits for the first, which has begun
	both_step() {
		rm -f "$go"
		step "$2" 3>&- & first=$!
		eventually 10 lines "$1"
		step "$3" >"$out" 2>&1 3>&- & second=$!
		eventually 10 grep "waiting for another make" "$out"
		touch "$go"
	}
	both_step 1 "$held" "$held"
	wait $first
	wait $second
	lines 1
	# a failed step is not done, nor is the step of another command
	both_step 2 "$held; exit 3" true
	fails $first
	wait $second
	lines 3
}

@test "Ctrl-C ends a script at any moment, and what it was making is removed" {
	local shell job part=$BATS_TEST_TMPDIR/part

	# The program that the script waits for has dealt with the signal itself, as if it had just ended.
	printf '%s\n' '#!/bin/sh' "trap '' INT" 'touch begun; until [ -e end ]; do sleep 0.02; done' >"$BATS_TEST_TMPDIR/program"
	for shell in bash sh; do
		printf '%s\n' "#!/bin/$shell" 'set -eu' ". '$TESTBENCH/scripts/lib.sh'" "clean_up_with 'rmdir part'" \
			'mkdir part' ./program 'echo goes on >on' >"$BATS_TEST_TMPDIR/script"
		chmod +x "$BATS_TEST_TMPDIR/"{program,script}
		rm -f "$BATS_TEST_TMPDIR/"{begun,end}
		(cd "$BATS_TEST_TMPDIR" && exec setsid env --default-signal=INT ./script 3>&-) &
		job=$!
		eventually 10 test -e "$BATS_TEST_TMPDIR/begun"
		kill -INT -- "-$job"
		touch "$BATS_TEST_TMPDIR/end"
		wait $job && false
		[ $? -eq 130 ]
		[ ! -e "$part" ]
		[ ! -e "$BATS_TEST_TMPDIR/on" ]
	done
}

@test "the static program needs no library, the shared one libbpf" {
	mk all
	run -0 readelf -d "$BIN/minimal"
	[[ $output != *NEEDED* ]]
	run -0 readelf -d "$BIN/minimal_shared"
	says "libbpf.so.1" "\$ORIGIN/lib"
}

# compiler PREFIX LINE: makes a script PREFIXgcc
compiler() {
	printf '#!/bin/sh\n%s\n' "$2" >"$1gcc"
	chmod +x "$1gcc"
}

@test "DEPS_SRC: a changed library, or another compiler, causes a rebuild of just what depends on it" {
	local tree=$BATS_TEST_TMPDIR/src out=$BATS_TEST_TMPDIR/out other=$BATS_TEST_TMPDIR/other- prefix

	deps() { run -0 mk O="$out" DEPS_SRC="$tree" "$@" "$out/$ARCH/deps/elfutils.built"; }
	# two libraries with one function each
	mkdir -p "$tree/zlib" "$tree/elfutils/libelf"
	echo 'int deflate(void) { return 0; }' >"$tree/zlib/z.c"
	echo 'int elf_end(void) { return 0; }' >"$tree/elfutils/libelf/e.c"
	echo 'VERSION { global: *; };' | tee "$tree/zlib/zlib.map" >"$tree/elfutils/libelf/libelf.map"
	touch "$tree"/zlib/{zlib,zconf}.h "$tree"/elfutils/libelf/{libelf,gelf,nlist}.h

	deps
	says "FETCH    zlib from $tree" "DEP      zlib" "FETCH    elfutils from $tree" "DEP      elfutils"
	deps
	[[ $output != *DEP* ]]

	# older than the file that it replaces
	echo 'int elf_new(void) { return 0; }' >"$tree/new.c"
	touch -d 2000-01-01 "$tree/new.c"
	mv "$tree/new.c" "$tree/elfutils/libelf/e.c"
	deps
	says "DEP      elfutils"
	[[ $output != *zlib* ]]
	run -0 nm -D "$out/$ARCH/deps/lib/libelf.so.1"
	says elf_new
	[[ $output != *elf_end* ]]

	prefix=$(mk config | sed -n 's/^CROSS_COMPILE=//p')
	compiler "$other" "exec ${prefix}gcc \"\$@\""
	ln -s "$(command -v "${prefix}ar")" "${other}ar"
	deps CROSS_COMPILE="$other"
	says "DEP      zlib" "DEP      elfutils"
	[[ $output != *FETCH* ]]
	deps
	says "DEP      zlib" "DEP      elfutils"

	# a missing source, and back to Debian's
	run -2 mk O="$out" DEPS_SRC="$tree" build-deps
	says "no source of libbpf" "DEPS_SRC must hold"
	run -0 mk -n O="$out" build-deps
	says "'FETCH' 'zlib " "'FETCH' 'elfutils " "build-dep zlib"
	[[ $output != *"$tree"* ]]
}

@test "another version of a library: its source is fetched; the library and its users are rebuilt" {
	mk build-deps
	run -0 mk -n LIBBPF_VERSION=0.1 all
	says "libbpf 0.1 " "build-dep libbpf" "-o output/$ARCH/bin/minimal"
	[[ $output != *"build-dep zlib"* ]]
}

@test "CROSS_COMPILE of another architecture is an error before anything is built" {
	local theirs=arc

	[ "$ARCH" != arc ] || theirs=arm
	compiler "$BATS_TEST_TMPDIR/their-" "echo $theirs-unknown-linux"
	CROSS_COMPILE=$BATS_TEST_TMPDIR/their- run -2 mk O="$BATS_TEST_TMPDIR/out" build-minimal
	says "their-gcc compiles for $theirs, and ARCH is $ARCH" "(environment)" "Unset CROSS_COMPILE" "ARCH=$theirs"
	[[ $output != *FETCH* ]]
}

@test "where no package has a C library, musl is built, unless the user names another compiler" {
	local out=$BATS_TEST_TMPDIR/out other=$BATS_TEST_TMPDIR/other-

	run -0 mk -n ARCH=riscv32 KERNEL=src O="$out" build-deps
	says "build-dep musl" "$out/riscv32/musl/bin/riscv32-linux-musl-gcc" "riscv64-linux-gnu-gcc"
	compiler "$other" "echo riscv32-unknown-linux"
	run -0 mk -n ARCH=riscv32 KERNEL=src O="$out" CROSS_COMPILE="$other" build-deps
	says "${other}gcc"
	[[ $output != *"build-dep musl"* ]]

	# it has no C++
	printf 'two_SRCS := two.cpp\n' >"$BATS_TEST_TMPDIR/two.mk"
	touch "$BATS_TEST_TMPDIR/two.cpp" "$BATS_TEST_TMPDIR/two.bpf.c"
	run -0 mk -n ARCH=riscv32 KERNEL=src O="$out" APPS_DIR="$BATS_TEST_TMPDIR" build-two
	says "musl is built for C alone"
}
