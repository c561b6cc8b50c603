#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Saved state: a VM boots once and is restored from then on; each restored VM is independent; if
# a state is unusable, the VM boots and says why.
load vm

# The state with which many tests begin is made once.
setup_file() {
	[ "$TARGET" != vm ] || mk VM_NAME=snapshot-base SNAPSHOTS="$BATS_FILE_TMPDIR/states" qemu-start qemu-stop
}

# states: sets $states, the directory of this test's states
states() {
	states=$BATS_TEST_TMPDIR/states
}

# one_state: the same, with a copy of the state of setup_file in it
one_state() {
	states
	rm -rf "$states"
	cp -a --sparse=always "$BATS_FILE_TMPDIR/states" "$states"
}

# mine ARG...: my, with the states of this test
mine() {
	my SNAPSHOTS="$states" "$@"
}

# state: prints the directories of the states
state() {
	find "$states" -mindepth 1 -maxdepth 1 -type d ! -name '.*'
}

# restored: a start that must restore a state
restored() {
	run -0 mine qemu-start
	says "ready in" "(restored, "
}

# boots REASON: a start that must boot and print REASON; the VM works
boots() {
	run -0 mine qemu-start
	says "boots" "$@" "ready in"
	[[ $output != *"(restored"* ]]
	run -0 mine qemu-ssh ARGS='cat /proc/sys/kernel/ostype'
	says Linux
	mine qemu-stop
}

# refuses REASON: a start that must begin to boot and print REASON; it is interrupted
refuses() {
	my_job SNAPSHOTS="$states" qemu-start
	eventually 60 grep -qE ' boots[,:] |ready in' "$log"
	interrupt
	output=$(cat "$log")
	says " boots, " "$@"
	[[ $output != *"ready in"* ]]
	gone
}

# newest, oldest: print the newest and the oldest state
newest() {
	find "$states" -mindepth 1 -maxdepth 1 -type d ! -name '.*' -printf '%T@ %p\n' | sort -gr | sed -n '1s/.* //p'
}

oldest() {
	find "$states" -mindepth 1 -maxdepth 1 -type d ! -name '.*' -printf '%T@ %p\n' | sort -g | sed -n '1s/.* //p'
}

# in_time: the guest's clock is right, between the seconds before and after the question
in_time() {
	local before guest

	before=$(date +%s)
	guest=$(my qemu-ssh ARGS='date +%s')
	[ "$guest" -ge $((before - 1)) ] && [ "$guest" -le $(($(date +%s) + 1)) ]
}

@test "the first start boots and saves, later starts restore" {
	states
	run -0 mine qemu-start
	[[ $output != *restored* ]]
	mine qemu-stop
	restored
	# the console's log still begins with the boot
	grep -q 'testbench: ready' "$dir/console.log"
	run -0 mine run-minimal
	says "PASS: "
	mine qemu-stop
	run -0 mine SNAPSHOT=0 qemu-start
	[[ $output != *restored* ]]
	mine qemu-stop
	mine clean-snapshots
	[ ! -e "$states" ]
	run -0 mine qemu-start
	[[ $output != *restored* ]]
	[ -d "$(state)" ]
}

@test "another command line has a state of its own" {
	one_state
	run -0 mine BOOT_ARGS=other qemu-start
	[[ $output != *restored* ]]
	mine qemu-stop
	[ "$(state | wc -l)" -eq 2 ]
}

@test "a restored VM has the present time, not that of the save" {
	states
	# a saved clock that is years wrong shows that the restore sets it
	run -0 mine QEMU_ARGS='-rtc base=2001-02-03T04:05:06' qemu-start
	[[ $output != *restored* ]]
	in_time
	mine QEMU_ARGS='-rtc base=2001-02-03T04:05:06' qemu-stop
	sleep 4
	run -0 mine QEMU_ARGS='-rtc base=2001-02-03T04:05:06' qemu-start
	says restored
	in_time
}

@test "VMs from one state draw different random numbers, and so do their SSH servers" {
	my qemu-start
	my qemu-stop
	for copy in a b; do
		run -0 mk VM_NAME="$name-$copy" qemu-start
		says restored
	done
	for copy in a b; do
		mk VM_NAME="$name-$copy" qemu-ssh ARGS='cat /proc/sys/kernel/random/uuid; head -c 16 /dev/urandom | od -An -tx1' >"$BATS_TEST_TMPDIR/random-$copy"
		# the first data that the server sends has its random numbers for the key exchange
		exec 9<>"/dev/tcp/127.0.0.1/$("$VM" get --dir "$dir-$copy" port)"
		echo "SSH-2.0-test" >&9
		timeout 20 head -c 100 <&9 >"$BATS_TEST_TMPDIR/kex-$copy"
		exec 9>&-
	done
	[ -s "$BATS_TEST_TMPDIR/random-a" ]
	run -1 cmp "$BATS_TEST_TMPDIR/random-a" "$BATS_TEST_TMPDIR/random-b"
	[ "$(wc -c <"$BATS_TEST_TMPDIR/kex-a")" -eq 100 ]
	run -1 cmp "$BATS_TEST_TMPDIR/kex-a" "$BATS_TEST_TMPDIR/kex-b"
}

@test "8 VMs at once from one state, each its own" {
	my qemu-start
	my qemu-stop
	for n in 1 2 3 4 5 6 7 8; do
		mk VM_NAME="$name-$n" qemu-start >"$BATS_TEST_TMPDIR/$n" 2>&1 &
		jobs[n]=$!
	done
	for n in 1 2 3 4 5 6 7 8; do
		wait "${jobs[n]}"
		grep '(restored' "$BATS_TEST_TMPDIR/$n"
	done
	for n in 1 2 3 4 5 6 7 8; do
		mk VM_NAME="$name-$n" qemu-ssh ARGS="echo $n >/tmp/me"
	done
	for n in 1 2 3 4 5 6 7 8; do
		[ "$(mk VM_NAME="$name-$n" qemu-ssh ARGS='cat /tmp/me')" = $n ]
	done
}

@test "qemu-reset: the guest is in its first state, at the same port" {
	my qemu-start
	port=$("$VM" get --dir "$dir" port)
	my qemu-load-minimal
	my qemu-ssh ARGS='touch /tmp/dirt'
	run -0 my qemu-reset
	says "ready in" restored
	[ "$("$VM" get --dir "$dir" port)" = "$port" ]
	run -0 my qemu-ssh ARGS='ls -a /tmp'
	[[ $output != *dirt* ]]
	# loaded apps are gone, and are loaded again
	run -0 my run-minimal
	says LOAD "PASS: "
	run -0 my SNAPSHOT=0 qemu-reset
	says "ready in"
	[[ $output != *restored* ]]
	my qemu-stop
	run -0 my qemu-reset
	says "ready in"
}

@test "two first starts at once: one saves" {
	states
	mk VM_NAME="$name-b" SNAPSHOTS="$states" qemu-start >"$BATS_TEST_TMPDIR/b" 2>&1 &
	job=$!
	mine qemu-start
	wait $job
	mine qemu-stop
	[ "$(state | wc -l)" -eq 1 ]
	restored
}

@test "states above the limit are pruned, those not used for longest first" {
	one_state
	used=$(state)
	# two more of its size, used later
	for word in one two; do
		cp -a --sparse=always "$used" "$states/$word"
		touch "$states/$word"
	done
	touch -d '1 hour ago' "$used"
	# what killed processes have left, and the half state of one that still writes it
	mkdir "$states/.new-killed" "$states/.new-alive" "$states/.old-1"
	touch "$states/.new-killed/ram" "$states/.new-alive/ram" "$states/.old-1/ram"
	exec 7>"$states/alive.lock"
	flock 7
	mine SNAPSHOT_LIMIT=200 BOOT_ARGS=three qemu-start 7>&-
	exec 7>&-
	mine qemu-stop
	[ ! -e "$states/.new-killed" ]
	[ ! -e "$states/.old-1" ]
	[ -e "$states/.new-alive/ram" ]
	last=$(newest)
	[ "$(state | wc -l)" -lt 4 ]
	[ ! -e "$used" ]
	[ -e "$last/ram" ]
	run -0 mine BOOT_ARGS=three qemu-start
	says restored
}

# --- faults -----------------------------------------------------------------------------

@test "a truncated state: the VM boots, says so, and saves again" {
	one_state
	truncate -s 1000 "$(state)/state"
	refuses "damaged: QEMU's state is not what was saved"
	one_state
	truncate -s 10 "$(state)/meta.json"
	refuses "damaged: its meta.json is not whole"
	one_state
	rm "$(state)/ram"
	refuses damaged
	one_state
	truncate -s -1M "$(state)/ram"
	boots "damaged: the guest's memory has been cut short"
	restored
}

# flip FILE OFFSET: changes one bit
flip() {
	local byte

	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf '%03o' $((byte ^ 16)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "a flipped bit: the VM boots, says so, and saves again" {
	one_state
	flip "$(state)/ram" $((16 << 20))
	refuses "the guest's memory is not what was saved"
	# in a hole of the file, too
	one_state
	flip "$(state)/ram" $(($(stat -c %s "$(state)/ram") - 4096 * 3))
	refuses "the guest's memory is not what was saved"
	one_state
	flip "$(state)/state" 4321
	boots "damaged: QEMU's state is not what was saved"
	restored
}

@test "a state of another machine under this name: the VM boots and says why" {
	one_state
	mine QEMU_ARGS='-device virtio-balloon-pci' qemu-start
	mine QEMU_ARGS='-device virtio-balloon-pci' qemu-stop
	ours=$(oldest)
	theirs=$(newest)
	rm -r "$ours"
	mv "$theirs" "$ours"
	cp -r "$ours" "$BATS_TEST_TMPDIR/theirs"
	boots "cannot be restored: " "; its state is saved anew"
	restored
	mine qemu-stop
	# after two unusable states in a row, no third is saved for a day
	rm -r "$ours"
	cp -r "$BATS_TEST_TMPDIR/theirs" "$ours"
	touch "$ours/second"
	boots "cannot be restored: "
	boots "make clean-snapshots"
	touch -d '2 days ago' "$ours/meta.json"
	mine qemu-start
	mine qemu-stop
	restored
	[ ! -e "$ours/second" ]
}

@test "a state of another user: the VM boots and says whose it is" {
	[ "$(id -u)" = 0 ] || skip "a state cannot be given to another user"
	states
	mine qemu-start
	mine qemu-stop
	[ "$(stat -c %a "$states" "$(state)" "$(state)/ram" "$dir" | paste -sd' ')" = "700 700 600 700" ]
	chown 12345 "$(state)"
	boots "belongs to another user (uid 12345)"
}

@test "shared states: of a copy of QEMU, for another checkout; none of another QEMU, none that was changed" {
	local copy="$BATS_TEST_TMPDIR/checkout"

	[[ $KERNEL != */* && $KERNEL != src ]] || skip "the kernel under test is the user's own"
	states
	export STATES="$BATS_TEST_TMPDIR/shared"
	printf '#!/bin/sh\nexec %s "$@"\n' "$(command -v "$QEMU")" >"$BATS_TEST_TMPDIR/qemu"
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	export QEMU="$BATS_TEST_TMPDIR/qemu"
	mine qemu-start qemu-stop
	# a copy is another file, as on another machine
	cp "$QEMU" "$QEMU-copy"
	mv "$QEMU-copy" "$QEMU"
	mkdir "$BATS_TEST_TMPDIR/pack"
	O=$O_GIVEN scripts/engine-copy pack "$BATS_TEST_TMPDIR/pack" <<<"$ARCH $KERNEL $ARCH-$KERNEL"
	O=$O_GIVEN scripts/engine-copy send "$BATS_TEST_TMPDIR/pack" "$copy"
	run -0 make --no-print-directory -C "$copy" ARCH="$ARCH" KERNEL="$KERNEL" run-minimal qemu-stop </dev/null 3>&-
	says "its saved state comes from $STATES, made by QEMU " "(restored, " "PASS: "
	states=$BATS_TEST_TMPDIR/none
	printf X | dd of="$(echo "$STATES"/*/*/ram)" bs=1 seek=1000000 conv=notrunc status=none
	refuses "no state of $STATES is used: the guest's memory is not what was saved"
	# a changed file counts as another version
	echo '# new' >>"$QEMU"
	refuses "no state of $STATES is used: this machine has another QEMU or CPU than the one that made it: QEMU "
}

@test "a machine that cannot be saved: the VM is started, and QEMU's reason shown" {
	states
	run -0 mine QEMU_ARGS='-drive if=none,id=n,driver=null-co -device nvme,drive=n,serial=n' qemu-start
	says "is not saved" "nvme" "ready in"
	run -0 mine qemu-ssh ARGS='cat /proc/sys/kernel/ostype'
	says Linux
	[ -z "$(state)" ]
}

# killer CONDITION WORD: makes a QEMU that is killed when CONDITION becomes true, if WORD is in
# its command line and the file "armed" exists
killer() {
	cat >"$BATS_TEST_TMPDIR/qemu" <<-EOF
		#!/bin/bash
		[ -e $BATS_TEST_TMPDIR/armed ] && [[ " \$* " == *"$2"* ]] && (
			for ((i = 0; i < 3000; i++)); do
				kill -0 \$\$ || exit
				if $1; then kill -9 \$\$; exit; fi
				sleep 0.01
			done) &
		exec $QEMU "\$@"
	EOF
	chmod +x "$BATS_TEST_TMPDIR/qemu"
	touch "$BATS_TEST_TMPDIR/armed"
}

@test "QEMU killed while its state is saved: the start fails, the next one boots and saves" {
	states
	killer "compgen -G '$states/.new-*'" ""
	run -2 mine QEMU="$BATS_TEST_TMPDIR/qemu" qemu-start
	says "error:" "did not start"
	gone
	[ -z "$(state)" ]
	rm "$BATS_TEST_TMPDIR/armed"
	run -0 mine QEMU="$BATS_TEST_TMPDIR/qemu" qemu-start
	says "ready in"
	[[ $output != *restored* ]]
	mine qemu-stop
	[ -z "$(find "$states" -name '.new-*' -o -name '.old-*')" ]
	run -0 mine QEMU="$BATS_TEST_TMPDIR/qemu" qemu-start
	says restored
}

@test "QEMU killed while it is restored: the VM boots and says so" {
	states
	killer true "-incoming"
	run -0 mine QEMU="$BATS_TEST_TMPDIR/qemu" qemu-start
	mine qemu-stop
	run -0 mine QEMU="$BATS_TEST_TMPDIR/qemu" qemu-start
	says "cannot be restored" "signal 9" "ready in"
	mine qemu-stop
	# the state is still good
	rm "$BATS_TEST_TMPDIR/armed"
	run -0 mine QEMU="$BATS_TEST_TMPDIR/qemu" qemu-start
	says restored
}

@test "vm killed while it saves: the next start cleans up, and saves" {
	states
	# on a busy machine the save may begin and end between two looks at it
	for ((try = 0; try < 10; try++)); do
		mine qemu-start >"$BATS_TEST_TMPDIR/log" 2>&1 &
		job=$!
		while [ -z "$(compgen -G "$states/.new-*")" ] && kill -0 $job 2>/dev/null; do
			sleep 0.01
		done
		kill_starter && fails $job && break
		mine qemu-stop
		rm -rf "$states"
	done
	[ $try -lt 10 ] || { cat "$BATS_TEST_TMPDIR/log"; false; }
	run -0 mine qemu-start
	says "ready in"
	[ "$(running | wc -l)" -eq 1 ]
	mine qemu-stop
	[ -z "$(compgen -G "$states/.new-*")" ]
	restored
}

@test "vm killed while it restores: the next start cleans up" {
	one_state
	for ((try = 0; try < 10; try++)); do
		mine qemu-start >"$BATS_TEST_TMPDIR/log" 2>&1 &
		job=$!
		eventually 20 test -e "$dir/state.json"
		kill_starter && fails $job && break
		mine qemu-stop
	done
	[ $try -lt 10 ]
	restored
	[ "$(running | wc -l)" -eq 1 ]
}

@test "a full disk when the state is saved: the VM starts, with a note" {
	unshare -rm true || skip "no user namespaces here"
	states
	mkdir "$states"
	run -0 unshare -rm sh -c "
		mount -t tmpfs -o size=20m tmpfs $states
		$(mk_line VM_NAME="$name" SNAPSHOTS="$states" qemu-start) </dev/null 3>&-
		ls -A $states | grep -v lock && exit 1
		exit 0"
	says "is not saved" "No space left on device" "ready in"
	run -0 my qemu-ssh ARGS='cat /proc/sys/kernel/ostype'
	says Linux
}
