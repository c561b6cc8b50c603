#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Bad input: a clear error, at once. No VM.
load lib

@test "a mistyped ARCH: the error lists the known ones and the nearest" {
	run -2 mk ARCH=x86-46
	says "ARCH=x86-46 is not known, did you mean x86_64?" "Known: "
}

@test "another name of an architecture is mapped" {
	run -0 mk ARCH=amd64 config
	says "ARCH=x86_64"
}

@test "a mistyped KERNEL: the error lists the known ones and the nearest" {
	run -2 mk KERNEL=trixi
	says "KERNEL=trixi is not known, did you mean trixie?" "bookworm" "<path>"
}

@test "a KERNEL that is a path must exist" {
	run -2 mk KERNEL=/nowhere/vmlinux
	says "KERNEL=/nowhere/vmlinux: there is no such file" "bookworm"
	# shellcheck disable=SC2016 # for make
	run -0 mk ARCH=x86_64 KERNEL=bookworm-backports/cloud VM_NAME=a --eval 'x:; @echo $(VM_LABEL)' x
	says "x86_64-bookworm_backports_cloud-a"
}

@test "a state is saved where this kernel can be restored: its version counts, not its name" {
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/scripts/kconfig" "$tree/arch/powerpc"
	touch "$tree/Kconfig" "$tree/scripts/kconfig/merge_config.sh" "$tree/arch/powerpc/Kconfig"
	# restored ARCH VALUE VARIABLE...: SNAPSHOT is VALUE
	restored() {
		run -0 mk ARCH="$1" "${@:3}" config
		[ "$(sed -n 's/^SNAPSHOT=//p' <<<"$output")" = "$2" ]
	}
	restored riscv64 1 KERNEL=trixie
	restored riscv64 0 KERNEL=sid/rt
	restored riscv32 1 KERNEL=src LINUX_SUITE=trixie KERNEL_TINY=1
	restored riscv32 0 KERNEL=src LINUX_SUITE=sid KERNEL_TINY=1
	restored x86_64 1 KERNEL=sid
	for version in 6 7; do
		printf '# SPDX-License-Identifier: GPL-2.0\nVERSION = %s\nPATCHLEVEL = 2\n' $version >"$tree/Makefile"
		restored ppc64le $((7 - version)) KERNEL=src KERNEL_SRC="$tree"
	done
	run -2 mk ARCH=riscv64 KERNEL=sid SNAPSHOT=1 qemu-start
	says "SNAPSHOT=1: a state of riscv64 with this kernel cannot be restored" "QEMU_SNAPSHOT=1 tries it"
}

@test "a mistyped TARGET is not taken for a machine" {
	run -2 mk TARGET=vmm run-minimal
	says "TARGET=vmm: no machine is called 'vmm', did you mean vm?" "[user@]host[:port]"
}

@test "a mistyped app: the error lists the known ones and the nearest" {
	for goal in run build disas clean qemu-load check show asm; do
		run -2 mk $goal-minmal
		says "there is no app minmal, did you mean minimal?" "Apps: " "bootstrap"
	done
}

@test "numbers must be numbers" {
	for name in TIMEOUT MEM SMP SSH_PORT VM_TIMEOUT; do
		run -2 mk $name=3x run-minimal
		says "$name=3x is not a whole number"
	done
	run -2 mk SSH_PORT=65536 run-minimal
	says "SSH_PORT=65536 is not a port"
}

@test "native-<app>: no such app, no VM, an app outside the shared directory" {
	run -2 mk native-minmal
	says "there is no app minmal, did you mean minimal?"
	run -2 mk TARGET=host native-minimal
	says "TARGET=host cannot be meant"
	run -2 mk SHARE="$BATS_TEST_TMPDIR" native-minimal
	says "SHARE=$BATS_TEST_TMPDIR: $TESTBENCH/apps/minimal.bpf.c is not in it"
	run -2 mk SHARE= native-minimal
	says "SHARE= is empty"
	run -2 mk ROOTFS_DEV=yes qemu-start
	says "ROOTFS_DEV=yes is not known"
}

@test "ACCEL, BPF_CPU and AGAIN accept known values only" {
	run -2 mk ACCEL=kmv
	says "did you mean kvm?" "auto"
	run -2 mk BPF_CPU=v9
	says "BPF_CPU=v9 is not known" "v4"
	run -2 mk ARCH=all AGAIN=yes check
	says "AGAIN=yes is not known"
}

@test "a missing tool is named before anything is built" {
	run -2 mk CLANG=clang-99 O="$BATS_TEST_TMPDIR/out" run-minimal
	says "there is no clang-99 on this machine" "make setup"
	[[ $output != *FETCH* ]]
	for kernel in "KERNEL=$KERNEL" KERNEL=src; do
		run -2 mk "$kernel" QEMU=qemu-nowhere O="$BATS_TEST_TMPDIR/out" run-minimal
		says "there is no qemu-nowhere on this machine" "QEMU=<path>"
		[[ $output != *@(FETCH|KERNEL|ROOTFS)* && $output != *"make setup"* ]]
	done
	run -2 mk QEMU_MACHINE=nowhere,x=1 O="$BATS_TEST_TMPDIR/out" qemu-start
	says "error: the QEMU here cannot run the VM: no machine nowhere" "$QEMU" "QEMU=<path>"
	run -2 mk QEMU_VERSION=99 O="$BATS_TEST_TMPDIR/out" qemu-start
	says "error: the QEMU here cannot run the VM: " "99 is needed"
	# that is a fact of an architecture, and no variable of the environment
	QEMU_VERSION=99 run -0 mk O="$BATS_TEST_TMPDIR/out" -n qemu-start
	run -2 mk CROSS_COMPILE=nowhere- O="$BATS_TEST_TMPDIR/out" build-minimal
	says "there is no nowhere-gcc on this machine"
	[[ $output != *"No rule to make target"* ]]
}

@test "a directory of APPS_DIR must exist" {
	run -2 mk APPS_DIR=/nowhere
	says "APPS_DIR: there is no directory /nowhere"
}

@test "an app of APPS_DIR replaces that of apps/ with its name; two in one directory are refused" {
	cp apps/minimal.* "$BATS_TEST_TMPDIR"
	run -0 mk APPS_DIR="$BATS_TEST_TMPDIR" -n build-minimal
	says "$BATS_TEST_TMPDIR/minimal.c"
	[[ $output != *"apps/minimal.c"* ]]
	echo '# nothing' >"$BATS_TEST_TMPDIR/minimal.bpf.S"
	run -2 mk APPS_DIR="$BATS_TEST_TMPDIR"
	says "there are two apps called minimal"
}

@test "an app without its user half says so" {
	cp apps/minimal.bpf.c "$BATS_TEST_TMPDIR/half.bpf.c"
	run -2 mk APPS_DIR="$BATS_TEST_TMPDIR" build-half
	says "the app half has no user half: there is no file $BATS_TEST_TMPDIR/half.c"
}

@test "a clone in a path with special characters of make or the shell is refused" {
	local dir="$BATS_TEST_TMPDIR/a clone" name

	mkdir "$dir"
	cp -r Makefile mk "$dir"
	run -2 make -C "$dir" run-minimal
	says "make takes a path with a space for two"
	for name in 'a%b' 'a,b' "a'b" 'a&b' 'a(b' 'a;b' 'a#b' 'a$b' 'a:b'; do
		mv "$dir" "$BATS_TEST_TMPDIR/$name"
		dir=$BATS_TEST_TMPDIR/$name
		run -2 make -C "$dir" run-minimal
		says "cannot build in '$dir': its path has ${name:1:1} in it"
	done
}

@test "no network on the first build: the error says what failed, why, and what to do" {
	unshare -rn true || skip "no user namespaces here"
	run -2 unshare -rn make -C "$TESTBENCH" O="$BATS_TEST_TMPDIR/out" DOWNLOADS="$BATS_TEST_TMPDIR/none" ARCH="$ARCH" build-deps </dev/null
	says "error: cannot fetch" "the package lists of trixie (sources): " "Check the network and proxy" "MIRROR="
	[ ! -e "$BATS_TEST_TMPDIR/out/src/zlib" ]
}

@test "goals and variables of arc-bpf-testbench keep their meaning" {
	run -0 mk CROSS=0 config
	says "TARGET=host"
	touch "$BATS_TEST_TMPDIR/vmlinux"
	run -0 env -u ARCH -u KERNEL make CROSS_ARCH=amd64 LNXIMG="$BATS_TEST_TMPDIR/vmlinux" config
	says "ARCH=x86_64" "KERNEL=$BATS_TEST_TMPDIR/vmlinux"
}

@test "help has every goal of arc-bpf-testbench and every variable" {
	run -0 mk help
	for goal in all build-deps clean clean-deps clean-all qemu-start qemu-stop qemu-stop-all qemu-status qemu-console \
		qemu-ssh qemu-log qemu-load qemu-libs qemu-setup check bench setup doctor config help \
		'run-<app>' 'show-<app>' 'load-<app>.bpf.o'; do
		says "  $goal "
	done
	for name in $(mk config | sed -n 's/=.*//p'); do
		says "  $name "
	done
}

@test "ARCH=all and lists: errors for unknown words, and for goals of one architecture" {
	run -2 mk ARCH='arm64 s390y' check
	says "ARCH=s390y is not known, did you mean s390x?"
	run -2 mk ARCH=all qemu-start
	says "error: qemu-start is for one architecture and one kernel" "check, matrix, bench, bench-cells, arch-table, setup"
	run -2 mk ARCH=riscv64 KERNEL=bookworm config
	says "KERNEL=bookworm is not known" "Known: trixie sid"
}

@test "a test file runs without make, too" {
	run -0 env -i PATH="${PATH#*/bats-core:}" HOME="$HOME" ARCH="$ARCH" bats -f '^another name of an architecture' tests/input.bats
	says "ok 1 another name of an architecture"
}

@test "make archs: each architecture, with the tools that this machine lacks" {
	run -0 mk archs
	for file in mk/arch/*.mk; do
		name=$(basename -s .mk "$file")
		says "$name "
		# a kernel can be built for each
		[ -n "$(scripts/facts --value LINUX_IMAGE "$name")" ]
	done
	says "ok (native)"
	# whichever of make's assignments a file uses
	[ "$(scripts/facts --value QEMU_BOOT_ARGS mips64el)" = "ports=4d1:0c noclock=MIPS" ]
	# a QEMU without the machine
	qemu=$(scripts/facts --value QEMU_SYSTEM "$ARCH")
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '%s\n' '#!/bin/sh' 'echo "none                 empty machine, of 9.0"' >"$BATS_TEST_TMPDIR/bin/$qemu"
	chmod +x "$BATS_TEST_TMPDIR/bin/$qemu"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
	run -0 mk archs
	grep -E "^$ARCH .* too old: no machine " <<<"$output"
	run -2 mk QEMU="$BATS_TEST_TMPDIR/bin/$qemu" doctor
	says "TOO OLD: no VM of this architecture" "error: the QEMU here cannot run the VM: no machine "
	# VMs are shown and ended without it
	run -0 mk QEMU="$BATS_TEST_TMPDIR/bin/$qemu" VM_NAME=none qemu-status qemu-stop
	says "not running"
	run -2 mk QEMU="$BATS_TEST_TMPDIR/bin/$qemu" VM_NAME=none qemu-start
	says "error: the QEMU here cannot run the VM: no machine "
}

@test "new-app: an app and its test, ready to run; existing files are not overwritten" {
	run -0 mk new-app NAME=mine TEMPLATE=ring DIR="$BATS_TEST_TMPDIR"
	says "make APPS_DIR=$BATS_TEST_TMPDIR check-mine"
	run -2 mk new-app NAME=mine DIR="$BATS_TEST_TMPDIR"
	says "there is an app mine already"
	# without the variables of this bats, which has put its own parts first in PATH
	run -0 env -i PATH="${PATH#*/bats-core:}" HOME="$HOME" "${MK[@]}" APPS_DIR="$BATS_TEST_TMPDIR" check-mine </dev/null 3>&-
	says "Result: PASS"
	run -2 mk new-app NAME=9 DIR="$BATS_TEST_TMPDIR"
	says "NAME=9 cannot be an app"
	run -2 mk new-app NAME=other TEMPLATE=xpd
	says "TEMPLATE=xpd is not known, did you mean xdp?"
}

@test "a shell never runs the value of a variable: it is refused, or quoted" {
	local ran=$BATS_TEST_TMPDIR/ran empty=$BATS_TEST_TMPDIR/empty taken value name lines line

	mkdir "$empty"
	touch "$BATS_TEST_TMPDIR/root.ext2"
	# a shell makes redirections even if it finds no command
	for value in "a';>$ran;'" "\";>$ran;\"" "\$\$(>$ran)\`>$ran\`"; do
		taken=
		for name in $(mk config | sed -n 's/=.*//p'); do
			run mk -n ROOTFS="$BATS_TEST_TMPDIR/root.ext2" "$name=$value" run-minimal
			[ "$status" -ne 0 ] || taken+="$name "
			[ ! -e "$ran" ]
		done
		[ "$taken" = "ARGS QEMU_ARGS BOOT_ARGS READY GDB_ARGS SSH_OPTS FILTER TEST_NAME OBJ OBJ_RODATA CMD FILES TEST " ] || {
			echo "taken: $taken"
			false
		}
		# make itself runs a shell with this one
		run -2 mk FILTER="$value" check-lint
		[ ! -e "$ran" ]
		# for accepted values, a shell without any commands runs make's command lines; some
		# values are passed in the environment only
		for name in $taken; do
			run -0 mk -n ROOTFS="$BATS_TEST_TMPDIR/root.ext2" "$name=$value" run-minimal qemu-ssh qemu-connect show-minimal test-bpf
			lines=$(sed -e ':a' -e '/\\$/N; s/\\\n//; ta' <<<"$output" | grep -F "$ran" || [ $? -eq 1 ])
			[[ " SSH_OPTS FILTER TEST_NAME OBJ OBJ_RODATA CMD FILES " = *" $name "* ]] || [ -n "$lines" ]
			while read -r line; do
				(cd "$empty" && PATH=$empty /bin/sh -c "$line" || :) >/dev/null 2>&1
			done <<<"$lines"
			[ ! -e "$ran" ] || { echo "$name is run"; false; }
		done
	done
}

@test "impossible values: names, paths, directories that would be removed" {
	local value

	for value in ../../x 'a b' '-x' 'a;b'; do
		run -2 mk VM_NAME="$value" qemu-start
		says "VM_NAME=$value is no name for files and devices"
	done
	mkdir "$BATS_TEST_TMPDIR/my docs"
	run -2 mk SHARE="$BATS_TEST_TMPDIR/my docs" qemu-start
	says "SHARE=$BATS_TEST_TMPDIR/my docs has a space in it"
	for value in / . .. "$HOME"; do
		run -2 mk O="$value" clean-all
		says "O=$value cannot be"
		run -2 mk SNAPSHOTS="$value" clean-snapshots
		says "SNAPSHOTS=$value cannot be"
	done
	run -2 mk O="$BATS_TEST_TMPDIR" clean-all
	says "does not look like what the testbench generates"
	run -2 mk TARGET=-oX run-minimal
	says "no machine is called '-oX'"
	run -2 mk QEMU_ARGS="-append 'a" qemu-start
	says "a quote is not closed"
	run -2 mk "run-a';b"
	says "there is no goal with ; in its name"
}

@test "the environment: a uid without a name, directories of root, TMPDIR, modules, CDPATH" {
	local dir=$BATS_TEST_TMPDIR/lib/modules/6.1

	run -2 env TMPDIR=/nowhere make -C "$TESTBENCH" O="$O_GIVEN" run-minimal
	says "TMPDIR=/nowhere: there is no such directory"
	mkdir -p "$dir"
	touch "$dir/modules.dep" "$BATS_TEST_TMPDIR/image"
	run -2 mk KERNEL="$BATS_TEST_TMPDIR/image" KERNEL_MODULES="${dir%/*}" qemu-start
	says "has no modules.dep, did you mean $dir?"
	CDPATH=$BATS_TEST_TMPDIR run -0 mk --eval 'x:; @echo "[$$CDPATH]"' x
	says "[]"
	run -2 mk ARCH=x86
	says "did you mean x86_64?"
	[ "$(id -u)" = 0 ] || skip "only root can be another user"
	run -2 setpriv --reuid 12345 --regid 12345 --clear-groups make -C "$TESTBENCH" O="$O_GIVEN" run-minimal
	says "the uid 12345 has no entry in /etc/passwd"
	mkdir "$OUT/roots"
	run -2 setpriv --reuid 65534 --regid 65534 --clear-groups make -C "$TESTBENCH" O="$OUT/roots" run-minimal
	rmdir "$OUT/roots"
	says "you may not write to ${OUT#"$TESTBENCH/"}/roots"
}

@test "FILTER chooses tests by name, and says when none has it" {
	run -2 mk check-input FILTER='no such test'
	says "FILTER=no such test: no test has a name that matches"
	# bats in bats: the inner one must not take the outer one's settings for its own
	inner() {
		local report=$BATS_TEST_TMPDIR
		(unset "${!BATS_@}" && PATH=${PATH/#*bats-core:/} mk REPORT="$report" "$@")
	}
	run -0 inner check-input FILTER='mistyped TARGET is not'
	says "Files=1, Tests=1,"
}

@test "SHARD: each unit is in exactly one, whatever its place in the list; mistakes" {
	local i words

	for words in "" --blocks; do
		for i in 1 2 3 4 5; do
			seq 12 | shuf | scripts/shard $words $i/5 >"$BATS_TEST_TMPDIR/$i"
			seq 12 | scripts/shard $words $i/5 | diff <(sort -n "$BATS_TEST_TMPDIR/$i") -
			[[ $(wc -l <"$BATS_TEST_TMPDIR/$i") = [23] ]]
		done
		cat "$BATS_TEST_TMPDIR"/[1-5] | sort -n | diff - <(seq 12)
	done
	[ -z "$(scripts/shard 2/2 <<<one)" ]
	files() { mk -n "$@" check-target | grep -o 'tests/[^ ;]*\.bats'; }
	{ files SHARD=1/2; files SHARD=2/2; } | sort | diff - <(files | sort)
	# objects, which are called by the names that they have in the whole list
	mkdir "$BATS_TEST_TMPDIR"/{a,b}
	touch "$BATS_TEST_TMPDIR"/{a,b}/x.o "$BATS_TEST_TMPDIR/a/y.o"
	for i in 1/1 1/2 2/2 4/4; do	# the target is not there
		run env SHARD=$i OBJ="$BATS_TEST_TMPDIR/a $BATS_TEST_TMPDIR/b" scripts/load "$BATS_TEST_TMPDIR/nowhere" "$BATS_TEST_TMPDIR/r" README.md
		cut -f 1 "$BATS_TEST_TMPDIR/r/rows" >"$BATS_TEST_TMPDIR/${i/\//.}"
	done
	cat "$BATS_TEST_TMPDIR/"[12].2 | sort | diff - <(sort "$BATS_TEST_TMPDIR/1.1")
	[ "$(sort "$BATS_TEST_TMPDIR/1.1" | paste -sd' ')" = "a/x.o b/x.o y.o" ]
	[ ! -s "$BATS_TEST_TMPDIR/4.4" ]
	# a single cell's make gets it
	printf '#!/bin/sh\necho "$SHARD" >>"%s"\n' "$BATS_TEST_TMPDIR/shards" >"$BATS_TEST_TMPDIR/make"
	chmod +x "$BATS_TEST_TMPDIR/make"
	SHARD=1/5 MAKE=$BATS_TEST_TMPDIR/make O=$BATS_TEST_TMPDIR scripts/cell build "$ARCH" "$KERNEL" load-cell "$BATS_TEST_TMPDIR/cell"
	[ "$(cat "$BATS_TEST_TMPDIR/shards")" = 1/5 ]
	# cells of kernels that Debian does not have, which are only listed
	cells() { mk ARCH='riscv64 s390x arm' KERNEL='etch lenny' "$@" bench; }
	{ cells SHARD=1/2; cells SHARD=2/2; } | sort | diff - <(cells | sort)
	run -0 cells SHARD=8/8
	says "SHARD    8/8 has no cell: there are only 6"
	for words in 0/5 6/5 0/0; do
		run -2 mk SHARD=$words check
		says "SHARD=$words: there is no such shard"
	done
	run -2 mk SHARD=abc ARCH=all matrix
	says "SHARD=abc is no shard: give 2/5 for the second of five"
}

@test "FILTER is an extended regular expression, as bats takes it" {
	printf '@test "%s" {\n}\n' aab >"$BATS_TEST_TMPDIR/one.bats"
	printf '@test "%s" {\n}\n' ab 'a b: c' >"$BATS_TEST_TMPDIR/two.bats"
	named() { FILTER=$1 scripts/tests-named "$BATS_TEST_TMPDIR"/{one,two}.bats | sed 's,.*/,,' | paste -sd' '; }
	[ "$(named '^a{2}b')" = one.bats ]
	[ "$(named '^a b: .{1,}$|a{2}')" = "one.bats two.bats" ]
	[ "$(named nothing)" = "" ]
}

@test "bash completes goals, apps and variables" {
	complete_make() {
		bash -c '. <(make -s completion) && COMP_WORDS=(make "$1") COMP_CWORD=1 &&
			compopt() { :; } && _testbench_make && echo "${COMPREPLY[@]}"' bash "$1"
	}
	run -0 complete_make run-minim
	says "run-minimal"
	run -0 complete_make KERN
	says "KERNEL= " "KERNEL_SRC="
	run -0 complete_make qemu-sta
	says "qemu-start" "qemu-status"
}

@test "make -n of several cells prints what would run, and runs nothing" {
	run -0 mk -n ARCH="$ARCH s390x" KERNEL=trixie REPORT="$BATS_TEST_TMPDIR" check
	says "scripts/matrix check"
	[[ $output != *BUILD* ]]
}
