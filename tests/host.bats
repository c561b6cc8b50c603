#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The host's tools: setup, doctor and apt-private. A script that records its arguments replaces
# apt where apt would change the machine or need the network. No VM.
load lib

# A checkout that has only the scripts, with a package list of its own, and a PATH with fake
# package tools.
setup() {
	top=$BATS_TEST_TMPDIR/top
	bin=$BATS_TEST_TMPDIR/bin
	log=$BATS_TEST_TMPDIR/log
	mkdir -p "$top/extras/packages" "$bin"
	cp -r scripts "$top/"
	cat >"$top/extras/packages/t.list" <<-EOF
	# a comment
	have     | sh -c echo.9.1     | -   | required | this
	gone     | nowhere-1 -v       | 2   | required | that
	maybe    | nowhere-2 -v       | -   | optional | luxury
	EOF
	: >"$log"

	local tool
	for tool in sh bash env awk sed grep cut mktemp rm cat tail head date ls sleep \
		timeout df nproc unshare true mv expr cp; do
		ln -s "$(command -v $tool)" "$bin/$tool"
	done
	installed=have
	candidates="gone maybe"
	uid=0
	fake dpkg-query 'for p in $INSTALLED; do echo "installed $p"; done; exit 1'
	fake apt-cache 'shift; for p; do echo "$p:"; case " $CANDIDATES " in
		*" $p "*) echo "  Candidate: 1.0" ;; *) echo "  Candidate: (none)" ;; esac; done'
	fake apt-get 'echo "apt-get $*" >>"$LOG"'
	fake sudo 'echo sudo >>"$LOG"; exec "$@"'
	fake id 'echo "$UID_"'
}

# fake NAME SCRIPT: makes the command NAME of that PATH
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

# on_host COMMAND...: runs it with that PATH only
on_host() {
	env PATH="$bin" LOG="$log" INSTALLED="$installed" CANDIDATES="$candidates" \
		UID_="$uid" "$@"
}

# calls TEXT: counts the calls of apt and sudo with this text
calls() {
	grep -c -- "$1" "$log" || :
}

@test "the lists are well formed and each line says what it is for" {
	run -0 awk -F'|' '
		/^[ \t]*(#|$)/ { next }
		{ gsub(/[ \t]*\|[ \t]*/, "|") }
		NF != 5 || $5 == "" || $3 !~ /^(-|[0-9.]+|@[A-Z_]+=[0-9.]+@)$/ ||
		$4 !~ /^(required|optional|[A-Z_]+)$/ { print FILENAME ": " $0 }' extras/packages/*.list
	[ -z "$output" ]
}

@test "the lists know the architecture's facts from make" {
	QEMU=qemu-foo QEMU_PACKAGE=qemu-package run -0 scripts/package-list vm
	says "qemu-package|qemu-foo --version|7.0|"
	QEMU=qemu-foo QEMU_VERSION=9.1 run -0 scripts/package-list vm
	says "|qemu-foo --version|9.1|"
	CROSS_COMPILE=foo- CROSS_PACKAGES="gcc-foo libc-foo" LLVM_VERSION=7 CLANG=clang-7 run -0 scripts/package-list build
	says "gcc-foo libc-foo|foo-gcc --version|" "clang-7|clang-7 --version|"
	LINUX_TRIPLE=foo64 run -0 scripts/package-list linux
	says "gcc-foo64|foo64-gcc --version|"
	# duplicates and lines without a tool are left out
	CROSS_COMPILE='' QEMU='' CLANG=clang-42 run -0 scripts/package-list build vm linux
	says "|clang-42 --version|"
	[ "$(grep -c '|gcc --version|' <<<"$output")" = 1 ]
	[[ $output != *"||"* ]]
}

@test "a tool is optional if the user supplies the file that it makes" {
	run -0 scripts/package-list build
	says "dpkg-dev|dpkg-source --version|1.20|required"
	DEPS_SRC=/my/sources run -0 scripts/package-list build
	says "dpkg-dev|dpkg-source --version|1.20|optional"
}

@test "setup installs the roles of the goals beside it; alone, or beside check, all roles" {
	roles() { mk -n "$@" | sed -n 's,.*scripts/setup ,,p' | xargs; }
	everything="build vm linux gdb nfs sshfs rpm ci engine test"
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null setup)" = "$everything" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null setup check)" = "$everything" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null setup run-minimal)" = "build vm" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null SHARE=. SHARE_TYPE=nfs setup qemu-start)" = "build vm nfs" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=source setup qemu-start-gdb check-minimal)" = "build vm linux test gdb" ]
}

@test "an unknown role is named, with the known ones" {
	for script in setup doctor package-list; do
		run -2 scripts/$script biuld
		says "no role 'biuld'" "build ci engine gdb linux nfs rpm sshfs test vm"
	done
}

@test "every script explains itself" {
	for script in setup doctor package-list apt-private fresh-machine; do
		run -0 scripts/$script -h
		says "Usage: scripts/$script" "Exit status:"
	done
}

@test "too little disk is told before the tests begin, and what a test leaves is removed" {
	run -0 scripts/free-disk "the tests" 0 /
	run -1 scripts/free-disk "the tests" 100000000 / "$BATS_TEST_TMPDIR"
	says "error: the disk is too full for the tests: 100000000 GB are wanted, and " " GB are free" "in /, on /" "TMPDIR="

	printf '#!/bin/sh\necho 1..1; touch "$TMPDIR/left"; echo "ok 1 - in $TMPDIR"\n' >"$BATS_TEST_TMPDIR/leaves"
	chmod +x "$BATS_TEST_TMPDIR/leaves"
	run -0 env -u TARGET_AGAIN -u TARGET_DIR scripts/run-test "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/leaves"
	left=${output##*ok 1 - in }
	[[ $left == /* && ! -e $left ]]
}

@test "another locale: numbers have their decimal point, and tools speak English" {
	export LOCPATH=$BATS_TEST_TMPDIR
	localedef -i de_DE -f UTF-8 "$LOCPATH/de_DE.UTF-8"
	export LC_ALL=de_DE.UTF-8
	[ "$(env printf %.1f 0,5)" = 0,5 ]
	run -1 scripts/free-disk "the tests" 100000000 /
	[[ $output =~ "and "[0-9]+\.[0-9]" GB are free" ]]
	run -0 mk --eval='tell: ; @env printf "%.1f %s" 0.5 "$${LC_ALL-} $$LC_MESSAGES $$LC_CTYPE"' tell
	[ "$output" = "0.5  C de_DE.UTF-8" ]
}

@test "a test file that a signal ends: its teardown runs, and finds what the test has left" {
	local file=$BATS_TEST_TMPDIR/slow.bats log=$BATS_TEST_TMPDIR/log signal

	# (bats would take @test for one of this file.)
	sed 's/^test/@test/' >"$file" <<-'EOF'
		test "slow" {
			: >"$BATS_TEST_TMPDIR/state"
			echo "$TMPDIR" >"$MARK"
			sleep 600
		}
		teardown() { ls "$BATS_TEST_TMPDIR" >"$MARK.left"; }
	EOF
	for signal in INT TERM; do
		export MARK=$BATS_TEST_TMPDIR/$signal
		setsid env -u FILTER -u TARGET_AGAIN -u TARGET_DIR --default-signal=INT,TERM \
			scripts/run-test "$BATS_TEST_TMPDIR" "$file" >"$log" 2>&1 </dev/null 3>&- &
		job=$!
		eventually 60 [ -s "$MARK" ]
		kill -$signal $job
		fails $job
		[ "$(<"$MARK.left")" = state ]
		[ ! -e "$(<"$MARK")" ]
	done
}

@test "doctor: nothing required is missing on the machine that runs the tests" {
	run -0 scripts/doctor build vm test
	says "make " "/dev/kvm" "free disk" "user namespaces"
	# with the names of tools that make gives
	run -0 mk doctor
	says "clang-"
}

@test "doctor: missing tools, and the features that need them" {
	run -1 on_host "$top/scripts/doctor" t
	says "MISSING: no that" "missing: no luxury" "error:" "make setup" "gone"
}

@test "doctor: a missing optional tool is no error" {
	sed -i '/^gone/d' "$top/extras/packages/t.list"
	run -0 on_host "$top/scripts/doctor" t
	says "missing: no luxury"
}

@test "doctor: a tool without a package is not requested as a package" {
	sed -i 's/^gone .*/@NOBODY@ | gone --version | 1 | required | that/' "$top/extras/packages/t.list"
	QEMU_SOURCE="a page says where it is" run -1 on_host "$top/scripts/doctor" t
	says "No package of Debian has gone; a page says where it is"
	[[ $output != *"make setup"* ]]
}

@test "doctor: versions are compared as numbers" {
	fake nowhere-1 'echo "nowhere (Some 2000) version 1.10.2-rc"'
	for wanted in 1.9 1.10 1.10.2; do
		sed -i "s/^gone .*/gone | nowhere-1 -v | $wanted | required | that/" \
			"$top/extras/packages/t.list"
		run -0 on_host "$top/scripts/doctor" t
		says "1.10.2"
	done
	sed -i "s/^gone .*/gone | nowhere-1 -v | 1.11 | required | that/" "$top/extras/packages/t.list"
	run -1 on_host "$top/scripts/doctor" t
	says "TOO OLD: no that"
}

@test "doctor: a tool that hangs does not stop the table" {
	fake nowhere-1 'exec sleep 100000'
	run -0 on_host timeout 1000 "$top/scripts/doctor" t
	says "/dev/kvm"
}

@test "setup: silent, and without a call of apt, if nothing is missing" {
	installed="have gone maybe"
	run -0 on_host "$top/scripts/setup" t
	[ -z "$output" ]
	[ ! -s "$log" ]
}

@test "setup: installs the missing packages and says so" {
	run -0 on_host "$top/scripts/setup" t
	says "2 missing" "gone maybe" "installed in"
	[ "$(calls 'install.* gone maybe$')" -ge 1 ]
	[ "$(calls '--no-install-recommends')" -ge 1 ]
	[ "$(calls sudo)" = 0 ]
}

@test "setup: a machine that has none of the packages" {
	installed=
	candidates="have gone maybe"
	run -0 on_host "$top/scripts/setup" t
	says "3 missing" "have gone maybe"
}

@test "setup: uses sudo when not root" {
	uid=1000
	run -0 on_host "$top/scripts/setup" t
	[ "$(calls sudo)" -ge 1 ]
}

@test "setup: without root and sudo, prints the command for root" {
	uid=1000
	rm "$bin/sudo"
	run -1 on_host "$top/scripts/setup" t
	says "there is no sudo" "Run as root: apt-get install" "gone maybe"
	[ ! -s "$log" ]
}

@test "setup: goes on without an optional package that Debian does not have" {
	candidates=gone
	run -0 on_host "$top/scripts/setup" t
	says "leaving out" "maybe" "1 missing" "gone"
	# silent from then on
	installed="have gone"
	: >"$log"
	run -0 on_host "$top/scripts/setup" t
	[ "$(calls install)" = 0 ]
}

@test "setup: a required package that Debian does not have is an error" {
	candidates=maybe
	run -1 on_host "$top/scripts/setup" t
	says "error:" "gone" "make doctor"
	[ "$(calls ' update ')" = 1 ]
	[ "$(calls ' install ')" = 0 ]
}

@test "setup: fetches new lists once when they are older than the mirror" {
	fake apt-get 'echo "apt-get $*" >>"$LOG"
		case $* in
		*print-uris*) ;;
		*" update "*) : >"$LOG.updated" ;;
		*" install "*) [ -e "$LOG.updated" ] || { echo "E: Failed to fetch it  404" >&2; exit 100; } ;;
		esac'
	run -0 on_host "$top/scripts/setup" t
	says "fetching the host's package lists" "installed in"
	[ "$(calls ' update ')" = 1 ]
}

@test "setup: apt's message when it fails" {
	fake apt-get 'echo "E: the disk is full" >&2; exit 100'
	run -1 on_host "$top/scripts/setup" t
	says "E: the disk is full" "Try it by hand"
}

@test "setup: without apt, prints the table and the tools to install" {
	rm "$bin/apt-get"
	run -1 on_host "$top/scripts/setup" t
	says "no apt" "MISSING: no that" "gone"
	sed -i '/^gone/d' "$top/extras/packages/t.list"
	run -0 on_host "$top/scripts/setup" t
	says "no apt" "missing: no luxury"
}

# --- apt-private --------------------------------------------------------------------

# host_sources FILE: apt's sources of the host, from stdin, during a test
host_sources() {
	mkdir -p "$BATS_TEST_TMPDIR/etc/sources.list.d"
	cat >"$BATS_TEST_TMPDIR/etc/sources.list.d/$1"
	cat >"$BATS_TEST_TMPDIR/apt.conf" <<-EOF
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$BATS_TEST_TMPDIR/etc/sources.list.d";
	EOF
	export APT_CONFIG=$BATS_TEST_TMPDIR/apt.conf
}

# apt_private ARG...: with a state directory of this test
apt_private() {
	scripts/apt-private "$BATS_TEST_TMPDIR/apt" trixie amd64 "$@"
}

@test "apt-private: the mirror of MIRROR=" {
	MIRROR=http://mirror.invalid/debian/ run -0 apt_private mirror
	[ "$output" = http://mirror.invalid/debian ]
}

@test "apt-private: the mirror of one-line sources, not that of security updates or other archives" {
	unset MIRROR
	host_sources a.list <<-EOF
	deb http://security.invalid/debian-security trixie-security main
	deb http://other.invalid/packages trixie main
	deb http://third.invalid/linux/debian trixie stable
	deb [arch=amd64] http://mirror.invalid/debian/ bookworm main contrib
	EOF
	run -0 apt_private mirror
	[ "$output" = http://mirror.invalid/debian ]
}

@test "apt-private: the mirror of deb822 sources" {
	unset MIRROR
	host_sources a.sources <<-EOF
	Types: deb deb-src
	URIs: https://mirror.invalid/debian
	Suites: trixie trixie-updates
	Components: main
	EOF
	run -0 apt_private mirror
	[ "$output" = https://mirror.invalid/debian ]
}

@test "apt-private: the mirror of a cloud image's list of mirrors" {
	unset MIRROR
	mkdir -p "$BATS_TEST_TMPDIR/mirrors/debian"
	printf '# nearest first\nhttps://near.invalid/debian\nhttps://far.invalid/debian\n' \
		>"$BATS_TEST_TMPDIR/mirrors/debian/debian"
	host_sources a.sources <<-EOF
	Types: deb
	URIs: mirror+file://$BATS_TEST_TMPDIR/mirrors/debian/debian
	Suites: trixie
	Components: main
	EOF
	run -0 apt_private mirror
	[ "$output" = https://near.invalid/debian ]
}

@test "apt-private: without a mirror on the host, mmdebstrap's" {
	unset MIRROR
	host_sources a.list </dev/null
	run -0 apt_private mirror
	[[ $output == http*://*/debian ]]
}

@test "apt-private: a missing keyring names its package" {
	KEYRING=/nowhere.gpg run -1 apt_private update
	says "no keyring /nowhere.gpg" "debian-archive-keyring"
}

@test "apt-private: wrong usage" {
	run -2 apt_private frobnicate
	says "unknown command 'frobnicate'"
	run -2 scripts/apt-private
	says "-h explains"
}

@test "fresh-machine: wrong usage is an error at once" {
	run -2 scripts/fresh-machine --wrong trixie
	says "unknown option --wrong"
	run -2 scripts/fresh-machine
	says "a SUITE is needed"
}
