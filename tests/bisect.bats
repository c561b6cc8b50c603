#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# bisect: bad input, Debian's kernels, and, with KERNEL=src, revisions that are built.
# shellcheck disable=SC2154 # bats' run sets output
load lib

# Each test has verdicts of its own.
LOGS=(REPORT="$BATS_TEST_TMPDIR/report")

setup() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	tree=$BATS_TEST_TMPDIR/linux
	unset "${!GIT_@}"
	export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
}

bisect() {
	mk "${LOGS[@]}" "$@" bisect
}

# commit TEXT: all that has changed in the tree
commit() {
	git -C "$tree" add -A -f
	git -C "$tree" commit -qm "$1"
	git -C "$tree" tag "$1"
}

# looks_like_linux: makes a directory that passes for a Linux tree in make's first checks
looks_like_linux() {
	local arch

	arch=$(scripts/facts --value LINUX_ARCH "$ARCH")
	[ -n "$arch" ] || skip "KERNEL=src is not supported for $ARCH"
	mkdir -p "$tree/scripts/kconfig" "$tree/arch/$arch"
	touch "$tree/Kconfig" "$tree/scripts/kconfig/merge_config.sh" "$tree/arch/$arch/Kconfig"
}

# fetched: sets old and new to two suites of this architecture whose kernels are here
fetched() {
	local suite suites=()

	for suite in $(scripts/facts --value KERNEL_SUITES "$ARCH"); do
		[ ! -e "$OUT/$ARCH/kernel/$suite/release" ] || suites+=("$suite")
	done
	[ ${#suites[@]} -gt 1 ] || skip "the kernels of two suites have not been fetched for $ARCH"
	old=${suites[-2]} new=${suites[-1]}
}

# tag_of SUITE: the version of its kernel, as Linux tags it: 6.12
tag_of() {
	grep -oE '^[0-9]+\.[0-9]+' "$OUT/$ARCH/kernel/$1/release"
}

# no_vms: no VM of bisect runs
no_vms() {
	run -1 pgrep -f -- "-name $ARCH-[^ ]*-bisect "
}

@test "bisect: mistakes are told before anything is built" {
	run -2 bisect
	says "TEST is missing" "TEST=run-hello"
	run -2 bisect TEST=run-hello GOOD=v1
	says "BAD is missing" "without KERNEL_SRC, suites of Debian"
	run -2 bisect TEST=run-hello GOOD=v1 BAD=v2
	says "GOOD=v1 is no suite of Debian for $ARCH" "KERNEL_SRC=<directory>"
	run -2 bisect TEST="run-hello 'x" GOOD=v1 BAD=v2
	says "TEST: a quote is not closed"
	run -2 bisect TEST="run-\$\$(touch $BATS_TEST_TMPDIR/ran)" GOOD=v1 BAD=v2
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	run -2 bisect TARGET=host TEST=run-hello GOOD=v1 BAD=v2
	says "bisect boots each kernel in a VM"
	[ ! -e "$BATS_TEST_TMPDIR/report" ]
}

@test "bisect: KERNEL_SRC must be a git tree that has both revisions, one before the other" {
	looks_like_linux
	run -2 bisect KERNEL_SRC="$tree" TEST=run-hello GOOD=v1 BAD=v2
	says "KERNEL_SRC=$tree is no git tree" "not a git repository"
	git init -q "$tree"
	commit v1
	run -2 bisect KERNEL_SRC="$tree" TEST=run-hello GOOD=v1 BAD=v2
	says "BAD=v2 is no revision of $tree"
	echo 2 >"$tree/two"
	commit v2
	run -2 bisect KERNEL_SRC="$tree" TEST=run-hello GOOD=v2 BAD=v1
	says "GOOD=v2 is not an ancestor of BAD=v1" "the other way round"
	run -2 bisect KERNEL_SRC="$tree" TEST=run-hello GOOD=v1 BAD=v1
	says "are the same revision"
	git clone -q --depth 1 "file://$tree" "$tree.shallow"
	git -C "$tree.shallow" fetch -q --depth 1 origin tag v1
	run -2 bisect KERNEL_SRC="$tree.shallow" TEST=run-hello GOOD=v1 BAD=HEAD
	says "is not an ancestor" "The clone is shallow"
	for goal in nonesuch run-nonesuch check-nonesuch; do
		run -2 bisect KERNEL_SRC="$tree" TEST="$goal" GOOD=v1 BAD=v2
		says "TEST: make cannot make $goal" nonesuch
	done
	run -2 bisect KERNEL_SRC="$tree" TEST=./nonesuch GOOD=v1 BAD=v2
	says "TEST: there is no program ./nonesuch"
}

@test "bisect: a BAD that does not build is an error with its log; the user's tree is as before" {
	looks_like_linux
	git init -q "$tree"
	commit v1
	touch "$tree/new"
	commit v2
	echo mine >"$tree/new"
	before=$(git -C "$tree" status --porcelain; git -C "$tree" rev-parse HEAD; cat "$OUT/$ARCH/linux/last.mk" 2>&1) || :
	run -2 bisect KERNEL_SRC="$tree" TEST=run-hello GOOD=v1 BAD=v2
	says "has changes that are not committed" "TEST must fail with BAD=v2, and the verdict is skip" "$BATS_TEST_TMPDIR/report/bisect/01-"
	run -0 mk "${LOGS[@]}" KERNEL_SRC="$tree" clean-bisect
	[ "$before" = "$(git -C "$tree" status --porcelain; git -C "$tree" rev-parse HEAD; cat "$OUT/$ARCH/linux/last.mk" 2>&1)" ]
	run -0 git -C "$tree" worktree list
	[ "${#lines[@]}" = 1 ]
	run -1 compgen -G "$OUT/$ARCH/*/linux-*$(path_name "$tree" | sed 's/.*-//')*"
}

@test "bisect: of Debian's kernels, the first with which TEST fails; its VMs have ended" {
	fetched
	run -0 bisect GOOD="$old" BAD="$new" TEST="qemu-ssh ARGS='uname -r | grep -xF $(cat "$OUT/$ARCH/kernel/$old/release")'"
	says "BISECT   $old: good, built in" "BISECT   $new: bad, built in" \
		"TEST passes with the kernel of $old ($(cat "$OUT/$ARCH/kernel/$old/release")), and fails with that of $new"
	grep -xF "$(cat "$OUT/$ARCH/kernel/$old/release")" "$BATS_TEST_TMPDIR/report/bisect/01-$old.log"
	no_vms
	run -2 bisect GOOD="$new" BAD="$old" TEST=run-hello
	says "GOOD=$new has no older kernel than BAD=$old"
}

@test "bisect: Debian's kernels that have a tag between two revisions make the range smaller" {
	fetched
	looks_like_linux
	git init -q "$tree"
	for tag in t1 "v$(tag_of "$old")" "v$(tag_of "$new")" t2; do
		touch "$tree/$tag"
		commit "$tag"
	done
	# It ends with the first build.
	run -2 bisect KERNEL_SRC="$tree" GOOD=t1 BAD=t2 TEST="qemu-ssh ARGS='uname -r | grep -xF $(cat "$OUT/$ARCH/kernel/$old/release")'"
	says "BISECT   $old ($(tag_of "$old")" ": good, built in" "BISECT   $new ($(tag_of "$new")" ": bad, built in" \
		"BISECT   1 revisions in" "it does not fail as Debian's kernel did: going on up to BAD=t2" \
		"TEST must fail with BAD=t2"
	mk "${LOGS[@]}" KERNEL_SRC="$tree" clean-bisect
}

@test "bisect: TEST may be a command; Ctrl-C ends it and its VM, and the same bisect goes on" {
	fetched
	cat >"$BATS_TEST_TMPDIR/test" <<-EOS
		#!/bin/sh
		${MK[0]} -C "$TESTBENCH" qemu-ssh ARGS='uname -r' | grep -xF "$(cat "$OUT/$ARCH/kernel/$old/release")" && exit 0
		mkdir "$BATS_TEST_TMPDIR/came" || exit 1
		exec ${MK[0]} -C "$TESTBENCH" qemu-ssh ARGS='echo asleep; sleep 600'
	EOS
	chmod +x "$BATS_TEST_TMPDIR/test"
	again=("${LOGS[@]}" GOOD="$old" BAD="$new" TEST="$BATS_TEST_TMPDIR/test" bisect)
	mk_job "$BATS_TEST_TMPDIR/log" "${again[@]}"
	eventually 60 grep -q asleep "$BATS_TEST_TMPDIR/report/bisect/02-$new.log"
	interrupt
	output=$(cat "$BATS_TEST_TMPDIR/log")
	says "BISECT   $old: good, built in" "stopped. The same make bisect goes on here"
	no_vms
	run -0 mk "${again[@]}"
	says "BISECT   $old: good (known from before)" "BISECT   $new: bad, built in" "fails with that of $new"
	no_vms
}

# --- revisions: a build of Linux ------------------------------------------------------------

@test "bisect: the planted change is found among revisions, one of which does not build" {
	[ "$KERNEL" = src ] || skip "KERNEL is not src"
	source=$(readlink -f "$OUT/$ARCH/linux/$(basename "$TARGET_DIR" | sed 's/^src-//')/source")
	git init -q "$tree"
	tar -C "$source" --exclude=./.git --exclude='./Documentation/*/*' -c . | tar -C "$tree" -x
	git -C "$tree" config core.compression 0
	core=$tree/kernel/bpf/core.c
	commit t1
	sed -i '1a /* two */' "$tree/lib/string.c"
	commit t2
	sed -i '1a #error half a change' "$tree/kernel/bpf/arraymap.c"
	commit t3
	sed -i 2d "$tree/kernel/bpf/arraymap.c"
	commit t4
	sed -i 's/DST = (u32) -DST;/DST = -DST;/' "$core"
	[ -n "$(git -C "$tree" diff -- kernel/bpf/core.c)" ]
	commit t5
	sed -i '1a /* six */' "$core"
	commit t6
	run -0 bisect KERNEL_TINY=1 KERNEL_SRC="$tree" GOOD=t1 BAD=t6 TEST='jit-isa TESTS=alu32-neg MODES=interpreter'
	says "commit $(git -C "$tree" rev-parse t5)" "kernel/bpf/core.c | 2 +-"
	run -0 git -C "$tree" worktree list
	[ "${#lines[@]}" = 1 ]
	no_vms
}
