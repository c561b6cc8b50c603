#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The host's tools: setup, doctor and apt-private, with apt replaced by a
# recorder where it would change the machine or need the network. No VM.
# shellcheck disable=SC2154 # bats' run sets output
# shellcheck disable=SC2016 # what the fakes do is for them to expand
load lib

# A checkout of these scripts alone with a list of its own, and a PATH in which
# the package tools are ours.
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

# fake NAME SCRIPT: NAME on our PATH does this
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

# on_host COMMAND...: with our PATH and nothing else of the machine's packages
on_host() {
	env PATH="$bin" LOG="$log" INSTALLED="$installed" CANDIDATES="$candidates" \
		UID_="$uid" "$@"
}

# calls TEXT: how many calls of apt and sudo have this text
calls() {
	grep -c -- "$1" "$log" || :
}

@test "the lists are well formed and each line says what it is for" {
	run -0 awk -F'|' '
		/^[ \t]*(#|$)/ { next }
		{ gsub(/[ \t]*\|[ \t]*/, "|") }
		NF != 5 || $5 == "" || $3 !~ /^(-|[0-9.]+)$/ ||
		$4 !~ /^(required|optional|[A-Z_]+)$/ { print FILENAME ": " $0 }' extras/packages/*.list
	[ -z "$output" ]
}

@test "the lists know the architecture's facts from make" {
	QEMU=qemu-foo QEMU_PACKAGE=qemu-package run -0 scripts/package-list vm
	says "qemu-package|qemu-foo --version|"
	CROSS_COMPILE=foo- CROSS_PACKAGES="gcc-foo libc-foo" run -0 scripts/package-list build
	says "gcc-foo libc-foo|foo-gcc --version|" "clang-19|clang-19 --version|"
	# What stands twice or has no tool is left out.
	CROSS_COMPILE='' QEMU='' CLANG=clang-42 run -0 scripts/package-list build vm
	says "|clang-42 --version|"
	[ "$(grep -c '|gcc --version|' <<<"$output")" = 1 ]
	[[ $output != *"||"* ]]
}

@test "a tool to make what the user has is not required" {
	run -0 scripts/package-list build
	says "dpkg-dev|dpkg-source --version|1.20|required"
	DEPS_SRC=/my/sources run -0 scripts/package-list build
	says "dpkg-dev|dpkg-source --version|1.20|optional"
}

@test "setup beside goals installs what these use; alone, or beside check, all that there is" {
	roles() { mk -n "$@" | sed -n 's,.*scripts/setup ,,p' | xargs; }
	everything="build vm linux gdb nfs sshfs test"
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null setup)" = "$everything" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null setup check)" = "$everything" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null setup run-minimal)" = "build vm" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=/dev/null SHARE=. SHARE_TYPE=nfs setup qemu-start)" = "build vm nfs" ]
	[ "$(roles KERNEL=/dev/null ROOTFS=source setup qemu-start-gdb check-minimal)" = "build vm linux test gdb" ]
}

@test "an unknown role is named, with those there are" {
	for script in setup doctor package-list; do
		run -2 scripts/$script biuld
		says "no role 'biuld'" "build gdb linux nfs sshfs test vm"
	done
}

@test "every script explains itself" {
	for script in setup doctor package-list apt-private fresh-machine; do
		run -0 scripts/$script -h
		says "Usage: scripts/$script" "Exit status:"
	done
}

@test "doctor: nothing required is missing on the machine that runs the tests" {
	run -0 scripts/doctor build vm test
	says "make " "/dev/kvm" "free disk" "user namespaces"
}

@test "doctor: what is missing, and what is lost without it" {
	run -1 on_host "$top/scripts/doctor" t
	says "MISSING: no that" "missing: no luxury" "error:" "make setup" "gone"
}

@test "doctor: without what is optional all is well" {
	sed -i '/^gone/d' "$top/extras/packages/t.list"
	run -0 on_host "$top/scripts/doctor" t
	says "missing: no luxury"
}

@test "doctor: what no package has is not asked for as a package" {
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

@test "doctor: a tool that hangs does not hang the table" {
	fake nowhere-1 'exec sleep 100000'
	run -0 on_host timeout 1000 "$top/scripts/doctor" t
	says "/dev/kvm"
}

@test "setup: silent, and asks apt nothing, when nothing is missing" {
	installed="have gone maybe"
	run -0 on_host "$top/scripts/setup" t
	[ -z "$output" ]
	[ ! -s "$log" ]
}

@test "setup: installs what is missing and says so" {
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

@test "setup: without root and sudo, what root has to run" {
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
	# And from then on says nothing.
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

@test "setup: apt's own words when it fails" {
	fake apt-get 'echo "E: the disk is full" >&2; exit 100'
	run -1 on_host "$top/scripts/setup" t
	says "E: the disk is full" "Try it by hand"
}

@test "setup: without apt, the table and what to install" {
	rm "$bin/apt-get"
	run -1 on_host "$top/scripts/setup" t
	says "no apt" "MISSING: no that" "gone"
	sed -i '/^gone/d' "$top/extras/packages/t.list"
	run -0 on_host "$top/scripts/setup" t
	says "no apt" "missing: no luxury"
}

# --- apt-private --------------------------------------------------------------------

# Where the host's apt finds its sources, for the length of a test.
host_sources() {
	mkdir -p "$BATS_TEST_TMPDIR/etc/sources.list.d"
	cat >"$BATS_TEST_TMPDIR/etc/sources.list.d/$1"
	cat >"$BATS_TEST_TMPDIR/apt.conf" <<-EOF
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$BATS_TEST_TMPDIR/etc/sources.list.d";
	EOF
	export APT_CONFIG=$BATS_TEST_TMPDIR/apt.conf
}

# apt_private ARG...: on a state directory of the test's own
apt_private() {
	scripts/apt-private "$BATS_TEST_TMPDIR/apt" trixie amd64 "$@"
}

@test "apt-private: the mirror is the one asked for" {
	MIRROR=http://mirror.invalid/debian/ run -0 apt_private mirror
	[ "$output" = http://mirror.invalid/debian ]
}

@test "apt-private: the mirror of one-line sources, not security's, not others'" {
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

@test "fresh-machine: wrong usage costs nothing" {
	run -2 scripts/fresh-machine --wrong trixie
	says "unknown option --wrong"
	run -2 scripts/fresh-machine
	says "a SUITE is needed"
}
