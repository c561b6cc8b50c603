#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Downloads, from a small archive that the test makes, signs with a key of its own and serves
# on 127.0.0.1: missing files, failing mirrors, bad signatures, offline use. No VM.
load lib

# deb NAME VERSION SUITE [FIELD [FILE...]]: makes a package with these FILEs
deb() {
	local name=$1 version=$2 suite=$3 field=${4-} root=$archive/root file

	shift 3
	[ $# -eq 0 ] || shift
	rm -rf "$root"
	mkdir -p "$root/DEBIAN" "$archive/pool/$suite"
	for file in "usr/lib/$name.txt" "$@"; do
		mkdir -p "$(dirname "$root/$file")"
		echo "$name $version" >"$root/$file"
	done
	printf '%s\n' "Package: $name" "Version: $version" "Architecture: amd64" \
		"Maintainer: nobody" "Description: a test" ${field:+"$field"} >"$root/DEBIAN/control"
	dpkg-deb -Znone --build "$root" "$archive/pool/$suite/${name}_${version}_amd64.deb" >/dev/null
}

# dsc NAME VERSION SUITE: makes a source package
dsc() {
	local file=${1}_$2.tar.xz pool=$archive/pool/$3 sum

	mkdir -p "$pool" "$archive/$1/debian/source"
	echo "$1 $2" >"$archive/$1/version"
	tar -cJf "$pool/$file" -C "$archive" "$1"
	sum=$(sha256sum "$pool/$file" | cut -d' ' -f1)
	printf '%s\n' "Format: 3.0 (native)" "Source: $1" "Binary: $1" "Architecture: all" \
		"Version: $2" "Maintainer: nobody" "Checksums-Sha256:" \
		" $sum $(stat -c %s "$pool/$file") $file" "Files:" \
		" $(md5sum "$pool/$file" | cut -d' ' -f1) $(stat -c %s "$pool/$file") $file" \
		>"$pool/${1}_$2.dsc"
}

# publish SUITE: makes and signs its lists
publish() {
	local lists=$archive/dists/$1

	mkdir -p "$lists/main/binary-amd64" "$lists/main/source"
	(cd "$archive" && {
		apt-ftparchive packages "pool/$1" >"$lists/main/binary-amd64/Packages"
		apt-ftparchive sources "pool/$1" >"$lists/main/source/Sources"
	} 2>/dev/null)
	apt-ftparchive -o "APT::FTPArchive::Release::Suite=$1" -o "APT::FTPArchive::Release::Codename=$1" \
		-o APT::FTPArchive::Release::Components=main -o "APT::FTPArchive::Release::Architectures=amd64 all" \
		release "$lists" >"$BATS_FILE_TMPDIR/Release"
	gpg --batch --homedir "$BATS_FILE_TMPDIR/gpg" --yes --clearsign -o "$lists/InRelease" "$BATS_FILE_TMPDIR/Release" 2>/dev/null
}

setup_file() {
	export archive=$BATS_FILE_TMPDIR/archive
	mkdir -m 700 "$BATS_FILE_TMPDIR/gpg"
	mkdir "$archive"
	gpg --batch --homedir "$BATS_FILE_TMPDIR/gpg" --passphrase '' --quick-gen-key nobody ed25519 sign never 2>/dev/null
	gpg --batch --homedir "$BATS_FILE_TMPDIR/gpg" --export >"$BATS_FILE_TMPDIR/keys.gpg"

	# trixie has two revisions of most packages, sid has other versions
	for revision in 1 2; do
		deb tool "1.0-$revision" trixie "Depends: part, kit"
		deb part "1.0-$revision" trixie
		dsc zlib "1.0-$revision" trixie
		deb "linux-image-6.$revision+deb13-amd64" "6.$revision-1" trixie "Depends: kmod" \
			"boot/vmlinuz-6.$revision+deb13-amd64" "boot/config-6.$revision+deb13-amd64" \
			"usr/lib/modules/6.$revision+deb13-amd64/modules.order" \
			"usr/lib/modules/6.$revision+deb13-amd64/modules.builtin"
	done
	deb linux-image-6.3+deb13-rt-amd64 6.3-1 trixie "Depends: kmod" boot/vmlinuz-6.3+deb13-rt-amd64 \
		usr/lib/modules/6.3+deb13-rt-amd64/modules.{order,builtin}
	deb kit 1.0-1 trixie
	deb large 1.0-1 trixie
	deb tool 2.0-1 sid "Depends: kit"
	deb kit 2.0-1 sid
	dsc zlib 0.9-1 sid
	dsc zlib 1.2-1 sid
	publish trixie
	publish sid

	tests/http-server "$archive" "$BATS_FILE_TMPDIR/port" "$BATS_FILE_TMPDIR/answers" 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/server"
	eventually 10 test -s "$BATS_FILE_TMPDIR/port"
}

teardown_file() {
	kill "$(cat "$BATS_FILE_TMPDIR/server")"
	gpgconf --homedir "$BATS_FILE_TMPDIR/gpg" --kill all
}

setup() {
	MIRROR=http://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")
	export MIRROR KEYRING=$BATS_FILE_TMPDIR/keys.gpg DOWNLOADS=$BATS_TEST_TMPDIR/downloads
	export FETCH_TIMEOUT=1 STRICT=0 APT_CONFIG=$BATS_TEST_TMPDIR/apt.conf
	# apt retries without a delay
	echo 'Acquire::Retries::Delay "false";' >"$APT_CONFIG"
	: >"$BATS_FILE_TMPDIR/answers"
	state=$BATS_TEST_TMPDIR/apt
}

teardown() {
	find "$archive" -name '*.fault' -delete
	[ ! -e "$archive/kept" ] || { cp -a "$archive/kept/." "$archive/"; rm -r "$archive/kept"; }
}

# fault WHAT FILE...: the server makes this error for these files
fault() {
	local what=$1 file

	shift
	for file; do
		[ -e "$archive/$file" ]
		echo "$what" >"$archive/$file.fault"
	done
}

# change FILE: differs from the signed file, during this test
change() {
	mkdir -p "$archive/kept/$(dirname "$1")"
	cp -a "$archive/$1" "$archive/kept/$1"
	echo more >>"$archive/$1"
}

# answers STATUS TEXT: counts answers with the status ("": any) and TEXT in the path
answers() { grep -c "^$1.*$2" "$BATS_FILE_TMPDIR/answers"; }

# fetch COMMAND ARG...: from trixie, else sid
fetch() { scripts/apt-private "$state" trixie,sid amd64 "$@"; }

# took FILE...: the files were printed and are in DOWNLOADS, complete
took() {
	local file

	for file; do
		says "$DOWNLOADS/pool/${file##*/} "
		cmp "$DOWNLOADS/pool/${file##*/}" "$archive/pool/$file"
	done
}

@test "the newest revision is taken; a file in DOWNLOADS is not fetched again" {
	run -0 fetch download-deb tool
	took trixie/tool_1.0-2_amd64.deb
	run -0 fetch download-src zlib=1.0
	took trixie/zlib_1.0-2.dsc trixie/zlib_1.0-2.tar.xz
	[[ $output != *note:* ]]
	: >"$BATS_FILE_TMPDIR/answers"
	run -0 fetch download-src zlib=1.0
	took trixie/zlib_1.0-2.dsc
	[ ! -s "$BATS_FILE_TMPDIR/answers" ]
}

@test "the newest revision is missing: the previous one is taken" {
	fault 404 pool/trixie/{tool_1.0-2_amd64.deb,zlib_1.0-2.dsc}
	run -0 fetch download-deb tool
	took trixie/tool_1.0-1_amd64.deb
	says "note: tool 1.0-1 of Debian trixie is taken in place of tool 1.0-2"
	STRICT=1 run -0 fetch download-src zlib=1.0
	took trixie/zlib_1.0-1.dsc trixie/zlib_1.0-1.tar.xz
	[[ $output != *note:* ]]
}

@test "no revision is available: another suite is taken, with a note" {
	fault 404 pool/trixie/tool_1.0-{1,2}_amd64.deb
	STRICT=1 run -1 fetch download-deb tool
	says "cannot fetch tool from trixie (amd64)" "tool 1.0-2 of Debian trixie: 404" "tool 1.0-1 of Debian trixie: 404" "MIRROR=URL"
	run -0 fetch download-deb tool
	took sid/tool_2.0-1_amd64.deb
	says "note: tool 2.0-1 of Debian sid is taken in place of tool 1.0-2 of Debian trixie"
}

@test "the suite has another upstream version: the same of another suite is taken, else the nearest" {
	run -0 fetch download-src zlib=1.2
	took sid/zlib_1.2-1.dsc
	[[ $output != *note:* ]]
	# the next newer one, then the next older
	run -0 fetch download-src zlib=1.1
	took sid/zlib_1.2-1.dsc
	says "note: zlib 1.2-1 of Debian sid is taken in place of 1.1"
	run -0 fetch download-src zlib=1.3
	took sid/zlib_1.2-1.dsc
	STRICT=1 run -1 fetch download-src zlib=1.1
	says "cannot fetch zlib 1.1" "STRICT=1" "trixie has 1.0" "sid has 1.2"
	DOWNLOADS=$BATS_TEST_TMPDIR/other
	fault 404 pool/sid/zlib_1.2-1.dsc
	run -0 fetch download-src zlib=1.1
	took trixie/zlib_1.0-2.dsc
	says "note: zlib 1.0-2 of Debian trixie is taken in place of 1.1"
	fault 404 pool/trixie/zlib_1.0-{1,2}.dsc pool/sid/zlib_0.9-1.dsc
	DOWNLOADS=$BATS_TEST_TMPDIR/third
	run -1 fetch download-src zlib=1.1
	says "zlib 1.2-1 of Debian sid: 404" "zlib 1.0-1 of Debian trixie: 404" "zlib 0.9-1 of Debian sid: 404" "MIRROR=URL"
}

@test "files that differ from the signed ones are refused; the next revision is taken" {
	change pool/trixie/tool_1.0-2_amd64.deb
	run -0 fetch download-deb tool
	took trixie/tool_1.0-1_amd64.deb
	change pool/trixie/part_1.0-2_amd64.deb
	change pool/trixie/part_1.0-1_amd64.deb
	run -1 fetch download-deb part
	says "part 1.0-2 of Debian trixie: Hash Sum mismatch" "part 1.0-1 of Debian trixie: Hash Sum mismatch" "MIRROR=URL"
	[ ! -e "$DOWNLOADS/pool/part_1.0-2_amd64.deb" ]
	# lists of different ages are refused, too
	change dists/trixie/main/binary-amd64/Packages
	STRICT=1 run -1 scripts/apt-private "$BATS_TEST_TMPDIR/new" trixie amd64 update --force
	says "cannot fetch the package lists of trixie" "MIRROR=URL"
	run -0 scripts/apt-private "$BATS_TEST_TMPDIR/new" trixie,sid amd64 download-deb kit
	says "/pool/kit_1.0-1_amd64.deb"
}

@test "packages with their dependencies: a missing one is replaced, or all are of another suite" {
	fault 404 pool/trixie/part_1.0-2_amd64.deb
	run -0 fetch download-root tool
	took trixie/{tool_1.0-2,part_1.0-1,kit_1.0-1}_amd64.deb
	says "note: not the newest versions of Debian trixie are taken of part"
	fault 404 pool/trixie/kit_1.0-1_amd64.deb
	DOWNLOADS=$BATS_TEST_TMPDIR/other run -1 env STRICT=1 scripts/apt-private "$state" trixie,sid amd64 download-root tool
	says "cannot fetch tool from trixie" "kit 1.0-1 of Debian trixie: 404"
	DOWNLOADS=$BATS_TEST_TMPDIR/other
	run -0 fetch download-root tool
	took sid/{tool_2.0-1,kit_2.0-1}_amd64.deb
	says "note: the packages of Debian sid are taken in place of trixie's"
}

@test "a connection that stalls is ended, and the download resumes" {
	fetch update
	fault "stall once" pool/trixie/large_1.0-1_amd64.deb
	run -0 fetch download-deb large
	took trixie/large_1.0-1_amd64.deb
	[ "$(answers 200 large_)" -eq 1 ]
	[ "$(answers 206 'large_.* [1-9]')" -eq 1 ]
}

@test "a broken download resumes in the next run" {
	fault stall pool/trixie/large_1.0-1_amd64.deb
	run -1 fetch download-deb large
	says "large 1.0-1 of Debian trixie: Connection timed out" "MIRROR=URL"
	rm "$archive/pool/trixie/large_1.0-1_amd64.deb.fault"
	: >"$BATS_FILE_TMPDIR/answers"
	run -0 fetch download-deb large
	took trixie/large_1.0-1_amd64.deb
	[ "$(answers 206 'large_.* [1-9]')" -eq 1 ]
	run -1 answers 200 large_
}

@test "a server that is busy at first (503)" {
	fault "503 once" dists/trixie/InRelease pool/trixie/tool_1.0-2_amd64.deb
	run -0 fetch download-deb tool
	took trixie/tool_1.0-2_amd64.deb
}

@test "an archive that is unsigned, or signed with an unknown key, is refused" {
	KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg run -1 fetch download-deb tool
	says "the package lists of trixie (amd64)" "KEYRING=FILE"
	[[ $output =~ NO_PUBKEY|"Missing key" ]]
	mkdir -p "$archive/kept/dists/trixie"
	mv "$archive/dists/trixie/InRelease" "$archive/kept/dists/trixie/"
	cp "$BATS_FILE_TMPDIR/Release" "$archive/dists/trixie/"
	run -1 fetch update
	rm "$archive/dists/trixie/Release"
	says "not signed" "KEYRING=FILE"
	[ ! -e "$DOWNLOADS/pool" ] || [ -z "$(ls "$DOWNLOADS/pool")" ]
}

@test "an unreachable mirror is asked once" {
	MIRROR=http://127.0.0.1:9 run -1 fetch download-src zlib=1.0
	says "the package lists of trixie (sources): " "connect to 127.0.0.1:9" "MIRROR=URL"
	[[ $output != *"lists of sid"* ]]
}

@test "files in DOWNLOADS are verified, and fetched again if they differ from the signed ones" {
	fetch download-deb tool
	echo more >>"$DOWNLOADS/pool/tool_1.0-2_amd64.deb"
	run -0 fetch download-deb tool
	took trixie/tool_1.0-2_amd64.deb
	# a new checkout refuses lists that were changed there
	sed -i 's/^Version: 1.0-2/Version: 1.0-9/' "$DOWNLOADS/lists/trixie-amd64/dists/trixie/main/binary-amd64/Packages"
	state=$BATS_TEST_TMPDIR/new
	run -0 fetch download-deb tool
	took trixie/tool_1.0-2_amd64.deb
	says "trixie-amd64 cannot be used"
}

@test "a fresh checkout with DOWNLOADS needs no network" {
	unshare -rn true || skip "no user namespaces here"
	fault 404 pool/trixie/kit_1.0-1_amd64.deb pool/trixie/zlib_1.0-2.dsc
	fetch download-root tool
	fetch download-src zlib=1.0
	fetch download-src zlib=0.9
	state=$BATS_TEST_TMPDIR/new
	export -f fetch
	export state
	run -0 unshare -rn bash -euc 'fetch download-root tool; fetch download-src zlib=1.0; fetch download-src zlib=0.9'
	took sid/{tool_2.0-1,kit_2.0-1}_amd64.deb trixie/zlib_1.0-1.dsc sid/zlib_0.9-1.dsc
}

@test "two runs at once share one DOWNLOADS" {
	fetch download-root tool 3>&- &
	state=$BATS_TEST_TMPDIR/new
	run -0 fetch download-root tool
	took trixie/{tool_1.0-2,part_1.0-2,kit_1.0-1}_amd64.deb
	wait $!
}

@test "of the kernels that a suite lists, the newest available is taken" {
	fault 404 "pool/trixie/linux-image-6.2+deb13-amd64_6.2-1_amd64.deb"
	run -0 scripts/kernel-debian trixie amd64 amd64 extras/kernel/modules.exclude "$state" "$BATS_TEST_TMPDIR/kernel"
	says "note: linux-image-6.1+deb13-amd64 6.1-1 of Debian trixie is taken in place of linux-image-6.2+deb13-amd64 6.2-1"
	[ "$(cat "$BATS_TEST_TMPDIR/kernel/release")" = 6.1+deb13-amd64 ]
	[ "$(cat "$BATS_TEST_TMPDIR/kernel/version")" = "linux-image-6.1+deb13-amd64 6.1-1, Debian trixie" ]
}

@test "a flavour of a kernel by its name; one that is not there: those there are" {
	kernel() { scripts/kernel-debian trixie amd64 "$1" extras/kernel/modules.exclude "$state" "$BATS_TEST_TMPDIR/kernel"; }
	run -0 kernel "rt rt-amd64 amd64-rt"
	[ "$(cat "$BATS_TEST_TMPDIR/kernel/version")" = "linux-image-6.3+deb13-rt-amd64 6.3-1, Debian trixie" ]
	run -1 kernel "cloud cloud-amd64 amd64-cloud"
	says "Debian trixie has no kernel of the flavour cloud for amd64" "Its flavours are: amd64 rt-amd64."
}

@test "make takes a source from DOWNLOADS, and notes the version, as make versions does" {
	local out=$BATS_TEST_TMPDIR/out

	run -0 mk O="$out" ZLIB_VERSION=1.1 "$out/src/zlib/.unpacked"
	says "NOTE     zlib 1.2-1 of Debian sid is taken in place of 1.1"
	[ "$(cat "$out/src/zlib/version")" = "zlib 1.2-1" ]
	run -0 mk O="$out" versions
	says "zlib" "1.2-1, Debian sid"
	run -2 mk O="$BATS_TEST_TMPDIR/strict" ZLIB_VERSION=1.1 STRICT=1 "$BATS_TEST_TMPDIR/strict/src/zlib/.unpacked"
	says "STRICT=1 allows no other version"
}
