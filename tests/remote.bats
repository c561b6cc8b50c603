#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Loading and running apps: on a VM, on a machine over SSH, on this machine.
load lib

# as_machine: makes the VM the machine $machine, for TARGET=[user@]host:port
as_machine() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	machine=root@127.0.0.1:$("$VM" get --dir "$TARGET_DIR" port)
}

@test "run-<app> shows the app's status, and passes ARGS" {
	run -0 mk TARGET="$TARGET" run-minimal ARGS='-n 2'
	says "PASS: 2 writes"
	run -2 mk TARGET="$TARGET" run-minimal ARGS='--nonsense'
	says "nonsense" "run-minimal] Error 1"
}

@test "scripts/run ends with the app's own status, and passes its arguments as they are" {
	app() { scripts/run O="$O_GIVEN" ARCH="$ARCH" KERNEL="$KERNEL" TARGET="$TARGET" "$@" </dev/null 3>&-; }
	run -0 app minimal -n 2
	says "PASS: 2 writes"
	run -1 app minimal "it's one word"
	says "'it's one word'"
	TIMEOUT=1 run -124 app hello -n 1000000000 -t 60
	run -2 app nonesuch
	says "there is no app nonesuch"
}

@test "a file that was written twice within a second, with the same size, is sent twice" {
	local file=$BATS_TEST_TMPDIR/twice word

	[ "$TARGET" != host ] || skip "nothing is sent to this machine"

	for word in one two; do
		echo $word >"$file"
		touch -d "2026-01-01 00:00:00.$([ $word = one ] && echo 1 || echo 9)" "$file"
		scripts/remote "$TARGET_DIR" push "$file"
	done
	[ "$(target 'cat twice; rm twice')" = two ]
}

@test "ARGS may contain quoted words" {
	run -2 mk TARGET="$TARGET" run-minimal ARGS="'a b'"
	says "'a b'"
}

@test "TIMEOUT bounds a run" {
	run -2 mk TARGET="$TARGET" TIMEOUT=2 run-hello ARGS='-n 1000000000 -t 60'
	says "did not end within TIMEOUT=2 seconds" "Error 124"
}

@test "an interrupted run leaves no process on the target, whatever interrupts it" {
	local log=$BATS_TEST_TMPDIR/log signal

	gone() { output=$(target ps) && [[ $output != *"./hello -n 10000"* ]]; }
	for signal in TERM INT KILL; do
		mk_job "$log" TARGET="$TARGET" run-hello ARGS='-n 1000000000 -t 600'
		eventually 60 grep -q '^attached' "$log"
		# without a terminal, make alone gets the signal; a terminal's Ctrl-C reaches all processes
		case $signal in
		TERM)	kill -TERM "$job" ;;
		*)	kill -"$signal" -- "-$job" ;;
		esac
		fails "$job"
		eventually 60 gone
	done
}

@test "after Ctrl-C the program's last output is shown, and it has ended when the command returns" {
	[ "$TARGET" != host ] || skip "make starts it"
	local log=$BATS_TEST_TMPDIR/log

	: >"$log"
	setsid env --default-signal=INT scripts/remote "$TARGET_DIR" \
		sh 'trap "sleep 1; echo last words; exit" INT; echo begun; while :; do sleep 1; done' \
		>"$log" 2>&1 </dev/null 3>&- &
	job=$!
	eventually 60 grep -qx begun "$log"
	interrupt
	grep -qx 'last words' "$log"
}

@test "a program's own status 255 is not taken for a lost connection" {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	printf '#!/bin/sh\necho "$1" >>%s\nexec %s "$@"\n' "$BATS_TEST_TMPDIR/asked" "$VM" >"$BATS_TEST_TMPDIR/vm"
	chmod +x "$BATS_TEST_TMPDIR/vm"
	VM=$BATS_TEST_TMPDIR/vm run -255 scripts/remote "$TARGET_DIR" sh 'exit 255'
	# where it is lost, "vm alive" is asked again and again
	[ "$(cat "$BATS_TEST_TMPDIR/asked")" = why ]
}

@test "a program that a signal has killed: the signal is named, and is in the status" {
	[ "$TARGET" != host ] || skip "make starts it"
	# a core file would be left
	run -139 scripts/remote "$TARGET_DIR" sh 'ulimit -c 0; kill -SEGV $me'
	says "Segmentation fault"
	run -137 scripts/remote "$TARGET_DIR" sh 'exec sh -c "kill -KILL \$\$"'
	says "Killed"
}

@test "when a command returns, its sessions have ended" {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	# the session that watches ends late
	printf '#!/bin/sh\n%s "$@"\ncase " $* " in *" -T "*) sleep 1 ;; esac\n' "$(command -v ssh)" >"$BATS_TEST_TMPDIR/ssh"
	chmod +x "$BATS_TEST_TMPDIR/ssh"
	PATH=$BATS_TEST_TMPDIR:$PATH scripts/remote "$TARGET_DIR" sh true 3>&- &
	wait $!
	run -1 pgrep -f "/\.run-sh\.$!"
}

@test "a process that an earlier run has left is named" {
	target 'sleep 600 & echo $! >.run-hello.0'
	run -0 mk TARGET="$TARGET" run-hello
	says "note: another run of hello is there, as process " "PASS: "
	target 'read p <.run-hello.0; rm .run-hello.0; kill $p'
	run -0 mk TARGET="$TARGET" run-hello
	[[ $output != *note:* ]]
}

@test "several goals are made in the given order; with -k also after a failure" {
	local app=order$$ apps=$BATS_TEST_TMPDIR

	# an app of this test only, to be cleaned: other tests run minimal
	copy_app minimal "$app" "$apps"
	run -0 mk -j8 TARGET="$TARGET" APPS_DIR="$apps" clean-$app run-$app clean-$app
	says "CLEAN    $app" "PASS: "
	[ ! -e "$BIN/$app" ]
	run -2 mk -j8 -k TARGET="$TARGET" run-minimal run-hello ARGS=--nonsense
	says "RUN      minimal" "RUN      hello"
	run -2 mk -j8 TARGET="$TARGET" run-minimal run-hello ARGS=--nonsense
	[[ $output != *"RUN      hello"* ]]
}

@test "run-<app>-shared uses the shared libraries" {
	run -0 mk TARGET="$TARGET" run-minimal-shared
	says "PASS: "
}

@test "the guest's side of a terminal is a terminal" {
	# script ends the terminal when its own input ends.
	local out=$BATS_TEST_TMPDIR/out

	eventually 60 grep -qE '/dev/pts/|not a tty' "$out" |
		script -qefc "$(mk_line TARGET="$TARGET" qemu-ssh ARGS=tty)" "$out" >/dev/null 2>&1 3>&-
	output=$(cat "$out")
	[ "$TARGET" != vm ] || says "/dev/pts/"
}

@test "the guest has the mounts and tools that eBPF needs" {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	run -0 target 'cat /proc/mounts; grep -c testbench.jit=0 /proc/cmdline; cat /proc/sys/net/core/bpf_jit_enable'
	[ $((lines[-2] + lines[-1])) = 1 ]
	for mount in "/proc proc" "/sys sysfs" "/dev devtmpfs" "/dev/pts devpts" "/sys/kernel/tracing tracefs" \
		"/sys/kernel/debug debugfs" "/sys/fs/bpf bpf" "/sys/fs/cgroup cgroup2" "/usr/lib/modules erofs"; do
		says " $mount "
	done
	run -0 target 'bpftool version; ip -V; rsync --version; modprobe -n dummy'
}

@test "the guest's setup turns the JIT on, unless the kernel's command line forbids it" {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	run -0 target 'jit=/proc/sys/net/core/bpf_jit_enable
		for words in "a testbench.jit=0 b" "testbench.jit=1"; do
			echo "$words" >/tmp/words && mount --bind /tmp/words /proc/cmdline && echo 0 >$jit &&
				/usr/lib/testbench/setup; umount /proc/cmdline; cat $jit
		done
		/usr/lib/testbench/setup'
	[ "$output" = "0
1" ]
}

@test "TARGET=[user@]host:port: load, set up and run on a running machine" {
	as_machine
	run -0 mk TARGET="$machine" qemu-setup qemu-load
	says "LOAD     "
	run -0 mk TARGET="$machine" run-minimal
	says "PASS: "
	run -0 mk TARGET="$machine" run-minimal-shared
	says "PASS: "
	run -2 mk TARGET="$machine" run-minimal ARGS='--nonsense'
	says "Error 1"
}

@test "a machine that refuses the key: ssh's message, and the remedy" {
	as_machine
	ssh-keygen -q -t ed25519 -N '' -f "$BATS_TEST_TMPDIR/key"
	run -2 mk TARGET="stranger@${machine#*@}" SSH_KEY="$BATS_TEST_TMPDIR/key" run-minimal
	says "Permission denied" "SSH_KEY="
}

@test "a machine that does not answer" {
	run -2 mk TARGET=root@127.0.0.1:1 run-minimal
	says "Connection refused" "Is the machine up"
}

@test "TARGET=host runs an app on this machine" {
	[ "$ARCH" = "$HOST_ARCH" ] || skip "this machine is a $HOST_ARCH"
	if [ "$(id -u)" != 0 ]; then
		sudo -n true 2>/dev/null || skip "sudo wants a password"
	fi
	bpftool=$(command -v bpftool || echo /usr/sbin/bpftool)
	$( [ "$(id -u)" = 0 ] || echo sudo -n) "$bpftool" prog show >/dev/null 2>&1 ||
		skip "this machine does not allow bpf()"
	run -0 mk CROSS=0 run-hello
	says "PASS: "
}

@test "TARGET=host with another ARCH is refused" {
	other=$(basename -s .mk mk/arch/*.mk | grep -vx "$HOST_ARCH" | head -n 1)
	[ -n "$other" ] || skip "there is one architecture"
	run -2 env -u MAKEFLAGS -u KERNEL make TARGET=host ARCH="$other" run-minimal
	says "this machine, whose architecture is $HOST_ARCH"
}
