# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash
#
# Helpers for all tests (tests/README.md).  make exports to every test:
#   TESTBENCH   the checkout, which is the working directory of the tests
#   OUT BIN     the directories of everything generated, and of the apps
#   O_GIVEN     OUT as the user gave it to make: a relative path by default
#   TARGET      TARGET as given to make; TARGET_DIR its name for scripts/remote
#   VM          the program vm
#   ARCH KERNEL the architecture and the kernel under test
#   KERNEL_NAME KERNEL in the names of directories and VMs
#   HOST_ARCH   the architecture of this machine
#   QEMU CXX    the QEMU, and the C++ compiler of the user halves
#   GDB_NAME    the gdb for ARCH, if Debian's gdb does not support ARCH
#   GDB_TLB     1 if gdb reads only the memory that the CPU's TLB maps
#   GDB_WINDOWS 1 if the frames of callers may be in registers that gdb does not see
#   ROOTFS_NAME the file name of the guest's root image
bats_require_minimum_version 1.5.0

# Without make, as in `bats tests/input.bats`, make is asked for these variables.
if [ -z "${TESTBENCH-}" ]; then
	TESTBENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
	words=$(make -s --no-print-directory -C "$TESTBENCH" \
		--eval='print-test-env: ; $(info $(test-env))@:' print-test-env </dev/null)
	eval "export TESTBENCH $words"
fi
cd "$TESTBENCH" || exit
# shellcheck source=scripts/ssh.bash
source scripts/ssh.bash

# make as a user types it (scripts/run-test has removed the variables of make check).
MK=(make --no-print-directory -C "$TESTBENCH" O="$O_GIVEN" ARCH="$ARCH" KERNEL="$KERNEL")

# mk ARG...: runs it
mk() {
	"${MK[@]}" "$@" </dev/null 3>&-
}

# mk_line ARG...: prints it, as a command line for another shell
mk_line() {
	printf '%q ' "${MK[@]}" "$@"
}

# mk_job LOG ARG...: runs it in the background, with its output in LOG, as process $job in
# a process group of its own, to which `interrupt` is what Ctrl-C is in a terminal
mk_job() {
	local log=$1

	shift
	: >"$log"	# the job may begin after the first look at its log
	# bash lets jobs in the background ignore SIGINT: env undoes that
	setsid env --default-signal=INT "${MK[@]}" "$@" >"$log" 2>&1 </dev/null 3>&- &
	job=$!
}

# interrupt: Ctrl-C for the last mk_job, which must then fail
interrupt() {
	kill -INT -- "-$job"
	fails "$job"
}

# fails JOB: waits for the end of a job, which must not be a success
fails() {
	! wait "$1"
}

# target LINE: runs a shell command line as root on the target, in the directory of the
# binaries; passes on output and exit status.  It is a single ssh, on the connection that
# scripts/remote keeps open, because tests call it often.
target() {
	local status=0

	if [ "$TARGET_DIR" = host ]; then
		scripts/remote host sh "cd '$BIN' && { $1
}" </dev/null
		return
	fi
	# shellcheck disable=SC2086 # SSH_OPTS is a list of words; scripts/ssh.bash sets kept
	(cd "$TARGET_DIR" && exec ssh "${kept[@]}" ${SSH_OPTS-} target "$1") </dev/null || status=$?
	# 255 is ssh's own failure, most likely: print the reason, too
	if [ $status -eq 255 ]; then
		! scripts/remote "$TARGET_DIR" why
	fi
	return $status
}

# says TEXT...: the output of the last `run` contains each TEXT
says() {
	local text

	for text; do
		[[ $output == *"$text"* ]] || {
			printf 'expected: %s\ngot:\n%s\n' "$text" "$output"
			return 1
		}
	done
}

# kernel_package FILE ARCH ROOT: makes FILE, .deb or .rpm, a package of the files below ROOT
kernel_package() {
	local file=$1 arch=$2 root=$3 name

	name=$(basename "${file%.*}")
	case $file in
	*.deb)
		mkdir -p "$root/DEBIAN"
		printf '%s\n' "Package: $name" "Version: 1-1" "Architecture: $arch" "Maintainer: nobody" "Description: a test" >"$root/DEBIAN/control"
		dpkg-deb -Znone --root-owner-group --build "$root" "$file" >/dev/null
		rm -r "$root/DEBIAN" ;;
	*.rpm)
		printf '%s\n' "Name: $name" "Version: 1" "Release: 1" "Summary: a test" "License: none" \
			%description "a test" %install "cp -al $root/. %{buildroot}/" %files "$(cd "$root" && find . -type f | sed 's,^\.,,')" >"$root.spec"
		# neither packed nor stripped
		rpmbuild -bb --quiet --nodeps --target "$arch" --define "_topdir $root.top" --define "_dbpath $root.db" \
			--define "_rpmdir $(dirname "$file")" --define "_rpmfilename $(basename "$file")" --define "_binary_payload w.ufdio" \
			--define "__os_install_post %{nil}" --define "debug_package %{nil}" "$root.spec" >/dev/null 2>"$root.log" || { cat "$root.log"; return 1; } ;;
	esac
}

# eventually SECONDS COMMAND...: repeats the command until it succeeds.  SECONDS are enough
# on an idle machine; a busy machine gets ten times as long, after which the test fails.
eventually() {
	local end=$((SECONDS + 10 * $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { echo "never true: $*"; return 1; }
		sleep 0.05
	done
}

# copy_app APP NAME DIR: copies an app of apps/ to DIR under another name
copy_app() {
	cp "apps/$1.bpf.c" "$3/$2.bpf.c"
	sed "s/\<$1\(_bpf\|\.skel\)/$2\1/g" "apps/$1.c" >"$3/$2.c"
}

# path_name PATH: the name of directories and VMs that are made of the user's file PATH
path_name() {
	printf '%s-%x\n' "$(basename "$1")" "$(printf %s "$1" | cksum | cut -d' ' -f1)"
}
