#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Cells on other machines.  Those are a and b, each with a PID namespace, a host name and a home directory
# of its own, in one network namespace; on them run sshd, or slurmd with munge.  A machine dies when
# the first process of its PID namespace is killed.  The cells are the kernel under test and a copy of it,
# in a checkout of their own: other tests have a matrix in this one.
# shellcheck disable=SC2154 # bats' run sets output, and setup_file the exported variables
load lib

bats_require_minimum_version 1.5.0

setup_file() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	[ "$(id -u)" = 0 ] || skip "only root can make namespaces with home directories"
	[[ $KERNEL != */* && $KERNEL != src ]] || skip "the kernel under test is the user's own"
	export DIR=$BATS_FILE_TMPDIR SLURM_CONF=$BATS_FILE_TMPDIR/slurm.conf HOLDER
	mkdir "$DIR/own" "$DIR/pack" "$DIR/home"
	mk all load-needs vm-needs
	O=$O_GIVEN scripts/engine-copy pack "$DIR/pack" <<<"$ARCH $KERNEL $ARCH-$KERNEL"
	O=$O_GIVEN scripts/engine-copy send "$DIR/pack" "$DIR/checkout"
	cp "$OUT/$ARCH/kernel/$KERNEL_NAME/image" "$OUT/$ARCH/apps/minimal.bpf.o" "$DIR/own/"

	unshare -n sh -c 'ip link set lo up; ip addr add 127.0.0.2/8 dev lo; echo up; exec sleep infinity' >"$DIR/net" 2>&1 3>&- &
	HOLDER=$!
	eventually 20 grep up "$DIR/net"
	ssh_machines
	slurm
	# What all runs must agree with.
	local_run matrix matrix
	local_run check FILTER='^hello: counts' check
}

teardown_file() {
	local name

	[ -e "${DIR-}/net" ] || return 0
	for name in a b munged slurmctld; do
		die_machine "$name"
	done
	kill "$HOLDER"
}

in_net() {
	nsenter --target "$HOLDER" --net -- "$@"
}

# start NAME COMMAND...: a program in the network namespace, in $DIR/NAME.pid and .log
start() {
	local name=$1

	shift
	nsenter --target "$HOLDER" --net -- "$@" </dev/null >>"$DIR/$name.log" 2>&1 3>&- &
	echo $! >"$DIR/$name.pid"
}

# machine NAME COMMAND...: a machine that runs COMMAND
machine() {
	local name=$1

	shift
	mkdir -p "$DIR/home/$name"
	# shellcheck disable=SC2016 # for the shell in the namespace
	start "$name" unshare --pid --fork --kill-child --mount --mount-proc --uts -- sh -ec '
		hostname "$1"
		mount --bind "$2" ~
		mount -t tmpfs none /run
		mkdir /run/sshd
		[ -z "$OTHER_QEMU" ] || mount --bind "$OTHER_QEMU" "$(command -v "$QEMU")"
		[ -z "$DIFFERENT" ] || mount --bind "$DIFFERENT" "$DIR/checkout/scripts/load"
		shift 2
		exec "$@"' machine "$name" "$DIR/home/$name" "$@"
}

# die_machine NAME: as by a power cut
die_machine() {
	[ -e "$DIR/$1.pid" ] || return 0
	kill -9 "$(<"$DIR/$1.pid")" 2>/dev/null || :
	rm "$DIR/$1.pid"
}

# in_machine NAME COMMAND...
in_machine() {
	local init

	init=$(pgrep -P "$(<"$DIR/$1.pid")")
	shift
	nsenter --target "$init" --pid --mount -- "$@"
}

# idle NAME: no VM runs on the machine
idle() {
	local vms

	vms=$(in_machine "$1" pgrep -af "^[^ ]*${QEMU##*/} -name ") || [ $? -eq 1 ]
	[ -z "$vms" ] || { echo "$vms"; cat "$log"; tail -n 20 "$DIR/slurmctld.log" "$DIR/$1.log"; false; }
}

# ssh_machines: a and b have sshd, and c has one, without git
ssh_machines() {
	local port=2200 name

	ssh-keygen -q -t ed25519 -N '' -f "$DIR/key"
	ssh-keygen -q -t ed25519 -N '' -f "$DIR/host"
	echo "all $(<"$DIR/host.pub")" >"$DIR/known"
	mkdir "$DIR/bin"
	ln -s /usr/bin/{make,rsync,bash,sha256sum,flock,perl,uname} "$DIR/bin/"
	for name in a b c; do
		port=$((port + 1))
		printf '%s\n' "Host $name" "HostName 127.0.0.1" "Port $port" >>"$DIR/ssh_config"
		printf '%s\n' "Port $port" "ListenAddress 127.0.0.1" "HostKey $DIR/host" "AuthorizedKeysFile $DIR/key.pub" \
			"StrictModes no" "PermitRootLogin prohibit-password" "UsePAM no" "PidFile none" >"$DIR/sshd-$name"
	done
	printf '%s\n' "Host *" "User root" "HostKeyAlias all" "IdentityFile $DIR/key" "IdentitiesOnly yes" \
		"UserKnownHostsFile $DIR/known" "StrictHostKeyChecking yes" >>"$DIR/ssh_config"
	echo "SetEnv PATH=$DIR/bin" >>"$DIR/sshd-c"
}

# sshd NAME: starts a machine with it, unless it is there
sshd() {
	[ ! -e "$DIR/$1.pid" ] || return 0
	machine "$1" /usr/sbin/sshd -D -e -f "$DIR/sshd-$1"
	eventually 20 in_net bash -c "</dev/tcp/127.0.0.1/$(sed -n 's/^Port //p' "$DIR/sshd-$1")"
}

# slurm: the configuration of Slurm with the nodes a and b
slurm() {
	mkdir -p "$DIR/munge" "$DIR/state"
	chmod 755 "$DIR/munge"
	head -c 128 /dev/urandom >"$DIR/munge/key"
	chmod 600 "$DIR/munge/key"
	cat >"$SLURM_CONF" <<-EOC
		ClusterName=test
		SlurmctldHost=localhost(127.0.0.1)
		SlurmUser=root
		AuthType=auth/munge
		AuthInfo=socket=$DIR/munge/socket,cred_expire=5
		StateSaveLocation=$DIR/state
		SlurmdSpoolDir=$DIR/spool-%n
		SlurmctldPidFile=$DIR/slurmctld-own.pid
		SlurmdPidFile=$DIR/slurmd-%n.pid
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		SlurmdParameters=config_overrides
		MpiDefault=none
		SlurmdTimeout=300
		ReturnToService=2
		SchedulerParameters=sched_interval=2,batch_sched_delay=1
		NodeName=a NodeHostname=localhost NodeAddr=127.0.0.1 Port=17001 CPUs=1
		NodeName=b NodeHostname=localhost NodeAddr=127.0.0.1 Port=17002 CPUs=1
		PartitionName=work Nodes=ALL Default=YES State=UP
	EOC
}

# slurmd_machines [FILE]: starts it, and the nodes; b sees FILE in place of scripts/load
slurmd_machines() {
	[ -e "$DIR/munged.pid" ] || {
		start munged unshare --pid --fork --kill-child munged --foreground --force --key-file="$DIR/munge/key" --socket="$DIR/munge/socket" \
			--pid-file="$DIR/munge/pid" --log-file="$DIR/munge/log" --seed-file="$DIR/munge/seed"
		eventually 20 test -S "$DIR/munge/socket"
		start slurmctld unshare --pid --fork --kill-child slurmctld -D -c
	}
	off a
	off b
	machine a slurmd -D -N a
	DIFFERENT=${1-} machine b slurmd -D -N b
	eventually 60 nodes_are idle
}

# off NODE: switches it off, and tells Slurm so: it would notice that by itself, but no sooner than a node
# answers on a machine that is busy
off() {
	[ -e "$DIR/$1.pid" ] || return 0
	die_machine "$1"
	eventually 20 in_net scontrol update "NodeName=$1" State=DOWN Reason=off
}

nodes_are() {
	[ "$(in_net sinfo -h -N -o %T | sort -u)" = "$1" ]
}

no_jobs() {
	local jobs

	jobs=$(in_net squeue -h) && [ -z "$jobs" ]
}

# cells ARG...: make of both cells, as from a shell: the tests of a check have a bats of their own
cells() {
	local bats=("${!BATS@}")

	(cd "$DIR/checkout" && in_net env "${bats[@]/#/-u}" PATH="${PATH#*/bats-core:}" make --no-print-directory ARCH="$ARCH" KERNEL="$KERNEL $DIR/own/image" \
		STATES="$DIR/states" KERNEL_MODULES="$(echo "$OUT/$ARCH/kernel/$KERNEL_NAME/lib/modules/"*)" OBJ="$DIR/own/*.bpf.o" "$@" </dev/null 3>&-)
}

# cells_job ARG...: the same in the background, as $job, with its output in $log
cells_job() {
	log=$BATS_TEST_TMPDIR/log
	: >"$log"	# the last job's may be there
	setsid env --default-signal=INT bash -c "$(declare -f in_net cells); cells \"\$@\"" job "$@" >"$log" 2>&1 </dev/null 3>&- &
	job=$!
}

# local_run NAME ARG...: a run on this machine, whose results are $DIR/NAME-local
local_run() {
	local name=$1

	shift
	cells "$@" >"$DIR/$name-local.out" 2>&1 || { tail -n 30 "$DIR/$name-local.out" "$DIR/checkout/output/report/$ARCH-"*/check.log; false; }
	"keep_$name" "$DIR/$name-local"
}

# keep_table KEPT: what the run $KEPT.out has printed, from the table on
keep_table() {
	mkdir "$1"
	# Before the table are lines about the progress; the last line may be make's, about files from tomorrow.
	sed -n '/Clock skew/d; /^ *[^ ]* *'"$ARCH"' *'"$ARCH"'/,$p' "$1.out" >"$1/table"
}

# keep_matrix KEPT, keep_check KEPT: the results of the last run, without the times
keep_matrix() {
	local file report=$DIR/checkout/output/report

	keep_table "$1"
	cut -d, -f 1-15,17- "$report/load.csv" >"$1/load.csv"
	cp "$report/load.ktap" "$1/"
	for file in "$report/load/"*/load.tsv; do
		grep -c . "$file"
	done >"$1/lines"
}

keep_check() {
	local file report=$DIR/checkout/output/report

	keep_table "$1"
	cp "$report/matrix.ktap" "$1/"
	for file in "$report/$ARCH-"*/*.tap; do
		sed 's/ in [0-9]*ms$//' "$file" >"$1/$(basename "$(dirname "$file")").${file##*/}"
	done
}

# as_local NAME: the results of the job that has ended are those of the local run
as_local() {
	wait "$job" || { cat "$log"; false; }
	cp "$log" "$DIR/$1.out"
	"keep_$1" "$DIR/$1"
	diff -r "$DIR/$1-local" "$DIR/$1"
}

# other_qemu: sets $OTHER_QEMU to a QEMU of another version: with another last character
other_qemu() {
	local version

	version=$("$QEMU" --version | sed -n '1s/.*version //p')
	export OTHER_QEMU=$DIR/other-qemu OTHER_VERSION=${version%?}~
	VERSION=$version perl -pe 's/emulator version \Q$ENV{VERSION}/emulator version $ENV{OTHER_VERSION}/g' "$(command -v "$QEMU")" >"$OTHER_QEMU"
	chmod +x "$OTHER_QEMU"
}

# ran_on MACHINE: how many cells ended there
ran_on() {
	grep -cE " on $1: (1 loaded: 1 ok|Result: PASS)" "$log" || [ $? -eq 1 ]
}

@test "engine: GNU parallel; a machine vanishes in the middle of a cell; the report is that of one machine" {
	sshd a
	other_qemu
	sshd b
	unset OTHER_QEMU
	sshd c
	cells_job ENGINE=parallel SSH_OPTS="-F $DIR/ssh_config" HOSTS='1/a 1/b c nosuch' matrix
	eventually 120 grep -E "LOAD +[^ ]+ on a$" "$log"
	die_machine a
	as_local matrix
	die_machine c
	run cat "$log"
	says "c is left out: there is no git there" "nosuch is left out: ssh: Could not resolve hostname nosuch" "CELLS    1 of 2 done, 0 failed" \
		"QEMU     $ARCH: $OTHER_VERSION on b (versions differ)" "on a (versions differ)"
	run -0 cat "$DIR"/home/b/.cache/ebpf-testbench/*/output/report/cells/*/check.log
	says "boots, no state of $DIR/states is used: this machine has another QEMU or CPU than the one that made it"
	[ "$(ran_on a)-$(ran_on b)" = 0-2 ]
	idle b
	die_machine b
}

@test "engine: Ctrl-C ends the cells on all machines, and their VMs" {
	sshd a
	sshd b
	cells_job ENGINE=parallel SSH_OPTS="-F $DIR/ssh_config" HOSTS='1/a 1/b' check
	eventually 120 grep -E "CHECK +[^ ]+ on a$" "$log"
	eventually 120 grep -E "CHECK +[^ ]+ on b$" "$log"
	# The saved states of this machine are used where its QEMU is.
	eventually 120 grep -rF --include=check.log "its saved state comes from $DIR/states, made by QEMU" "$DIR/home/b/.cache/ebpf-testbench"
	interrupt
	idle a
	idle b
	[ -z "$(find "$DIR"/home/[ab]/.cache/ebpf-testbench/*/output/cells -type f)" ]
	die_machine a
	die_machine b
}

@test "engine: Slurm; a node dies in the middle of a check; clocks that are a day behind; the report is that of one machine" {
	# To the nodes all files seem to come from tomorrow.
	find "$DIR/checkout" -exec touch -h -d "@$(($(date +%s) + 86400))" {} +
	slurmd_machines
	cells_job ENGINE=slurm PARTITION=work FILTER='^hello: counts' check
	eventually 120 grep -E "CHECK +[^ ]+ on a$" "$log"
	off a
	as_local check
	[ "$(ran_on a)-$(ran_on b)" = 0-2 ]
	idle b
	# Nothing was made again for that.
	run -1 grep -hE '^  [A-Z]+ |Clock skew' "$DIR"/home/b/.cache/ebpf-testbench/*/output/report/cells/"$ARCH-$KERNEL/build.log"
	off b
}

@test "engine: Slurm; a node with another version of the checkout is named; Ctrl-C" {
	echo '# another version' | cat scripts/load - >"$DIR/load"
	slurmd_machines "$DIR/load"
	run -2 cells ENGINE=slurm PARTITION=none matrix
	says "error: PARTITION=none: Slurm has no such partition" "It has: work"
	cells_job ENGINE=slurm test-bpf
	eventually 120 grep "These files differ: scripts/load" "$log"
	grep "b is left out: error: this is not the checkout that was sent" "$log"
	eventually 120 grep -E "TEST +[^ ]+ on a$" "$log"
	interrupt
	eventually 20 no_jobs
	idle a
	idle b
	# Slurm itself dies: there is nobody to ask for the end of the job.
	cells_job ENGINE=slurm test-bpf
	eventually 120 grep -E "TEST +[^ ]+ on a$" "$log"
	die_machine slurmctld
	interrupt
	grep -E "WAIT +Slurm does not answer: cells of its job [0-9]+ may go on; when it answers: scancel [0-9]+" "$log"
}

@test "engine: mistakes are told before anything is built" {
	local tool

	run -2 mk ENGINE=palallel check ARCH=all
	says "ENGINE=palallel is not known, did you mean parallel?"
	run -2 mk ENGINE=parallel matrix
	says "error: ENGINE=parallel needs the names of machines" "HOSTS='a 8/b user@c'"
	# one cell is sent, too
	run -2 mk ENGINE=parallel test-bpf
	says "error: ENGINE=parallel needs the names of machines"
	run -2 mk ENGINE=parallel HOSTS='a b/8' matrix
	says "error: HOSTS: 'b/8' is not [CELLS/][USER@]MACHINE[:PORT]"
	run -2 cells ENGINE=parallel HOSTS=nosuch matrix
	says "HOST     nosuch is left out: ssh: Could not resolve hostname nosuch" "error: no machine of HOSTS can be used"
	# engines that are not installed
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in bash sed cat env mktemp rm grep; do
		ln -s "$(command -v $tool)" "$BATS_TEST_TMPDIR/bin/"
	done
	run -2 env PATH="$BATS_TEST_TMPDIR/bin" scripts/engine-parallel check
	says "error: ENGINE=parallel: there is no GNU parallel on this machine" "The package that has it is parallel."
	run -2 env PATH="$BATS_TEST_TMPDIR/bin" scripts/engine-slurm check
	says "error: ENGINE=slurm: there is no sbatch on this machine" "The package that has it is slurm-client."
}
