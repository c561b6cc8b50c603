#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Checks of the sources, without running them.
load lib

# files PATH...: the files of the checkout, also those that are not yet added to git
files() {
	git -C "$TESTBENCH" ls-files --cached --others --exclude-standard -- "$@" |
		while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

@test "shellcheck finds no fault" {
	mapfile -t scripts < <(files | xargs grep -lE '^#!.*\b(sh|bash|bats)$' -- 2>/dev/null)
	[ "${#scripts[@]}" -gt 10 ]
	shellcheck "${scripts[@]}"
}

@test "every script explains itself with -h" {
	for script in $(files scripts guest hooks | xargs grep -lE '^#!/bin/(ba)?sh$'); do
		run -0 "$script" -h
		says "sage: $script"
	done
}

@test "every source names its licence" {
	run files Makefile mk scripts apps tests guest vm hooks .ci
	lacking=$(xargs grep -L "SPDX-License-Identifier" <<<"$output" || [ $? -eq 1 ])
	[ -z "$lacking" ] || { echo "$lacking"; false; }
}

@test "no architecture is named outside its file in mk/arch" {
	names=$(basename -s .mk mk/arch/*.mk | paste -sd'|')
	run -1 grep -rnwE "$names" Makefile mk/*.mk mk/kernel scripts vm guest/rootfs guest/initramfs guest/inspect guest/native \
		extras/rootfs extras/packages extras/ssh
	# a comment in C may name the architecture of a workaround
	run grep -rnwE "$names" guest apps
	run -1 grep -vE '^[^:]+:[0-9]+:\s*(/?\*|//)' <<<"$output"
	# nor does an app test a compiler's macro other than __bpf__
	run -1 grep -rnE '^ *# *(el)?if.*\b__[ac-z]' apps
}

@test "a fact that some architectures leave out is not read from the environment" {
	some=$(scripts/facts | awk '{ sub(/=.*/, "", $2); n[$2]++; archs += !seen[$1]++ }
		END { for (fact in n) if (n[fact] < archs) print fact }' | LC_ALL=C sort)
	run -0 make -s --eval='facts: ; $(info $(sort $(optional-facts)))' facts
	[ "$output" = "$(paste -sd' ' <<<"$some")" ] || { echo "optional-facts of mk/arch.mk should be: $some"; false; }
}

@test "scripts/README.md is what the scripts say of themselves (make scripts-readme)" {
	run -0 scripts/readme
	[[ $output != *' | |'* ]] || { grep ' | |' <<<"$output"; false; }
	diff - scripts/README.md <<<"$output"
}

@test "no line of a makefile is longer than 120 columns" {
	run files Makefile 'mk/*.mk'
	long=$(xargs expand <<<"$output" | grep -E '^.{121}' || [ $? -eq 1 ])
	[ -z "$long" ] || { echo "$long"; false; }
}

@test "no variable of one makefile is set in another, where it would replace that one without a word" {
	# (Those in capitals are the user's, or a contract of several files.)
	twice=$(files 'mk/*.mk' ':!mk/arch' | xargs awk '/^(define [a-z]|[a-z][a-z0-9_-]* *[:?]?= )/ {
		name = $1 == "define" ? $2 : $1; sub(/[:?]?=.*/, "", name)
		if (name in file && file[name] != FILENAME) print name ": " file[name] ", " FILENAME
		file[name] = FILENAME }')
	[ -z "$twice" ] || { echo "$twice"; false; }
}

@test "what a script makes for itself is removed by clean_up_with, which has all signals in view" {
	run -1 grep -rnE --exclude=lib.sh '^[^#]*\btrap [^-].*\bEXIT\b' scripts
}

@test "eventually has a command that it runs again, not the output of one that ran once" {
	run -1 grep -rnE 'eventually [0-9]+ .*"\$\(' tests
}

@test "codespell knows every word" {
	mapfile -t sources < <(files . ':!LICENSES')
	[ "${#sources[@]}" -gt 100 ]
	# a typing mistake that a test makes
	codespell --ignore-words-list=minmal "${sources[@]}"
}

@test "docs/apps.md is up to date with the apps (make catalogue)" {
	run -0 diff <(scripts/catalogue) docs/apps.md
	lacking=$(grep -L '^ \* Needs: ' apps/*.bpf.[cS] || [ $? -eq 1 ])
	[ -z "$lacking" ] || { echo "$lacking"; false; }
}

@test "the C sources of vm, the guest and the apps follow .clang-format" {
	mapfile -t sources < <(files 'vm/*.[ch]' 'guest/*.[ch]' 'apps/*.[ch]' 'tests/vm/*.[ch]')
	[ "${#sources[@]}" -gt 10 ]
	"clang-format-$LLVM_VERSION" --dry-run -Werror "${sources[@]}"
}

@test "make man: vm's manual page has all commands, and no fault that groff knows of" {
	run -0 mk man
	for word in $("$VM" -h | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p'); do
		grep -qx ".SH \"VM ${word^^}\"" "$OUT/host/vm.1"
	done
	faults=$(groff -man -ww -Tutf8 "$OUT/host/vm.1" 2>&1 >/dev/null)
	[ -z "$faults" ] || { echo "$faults"; false; }
}
