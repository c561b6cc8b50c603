# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Every variable a user may set, on make's command line or in the environment: its default
# and its other names.  No other file reads the environment; mk/validate.mk checks the values.
#
# The `##` lines above a variable are its text in `make help`, with a default that is not a
# plain value in brackets; `## @` starts a group.

## @ What to build and where to run it

## architecture of the guest; check, matrix, bench, setup, the kernel's own tests and the JIT lab also
## take all, or a list, in which ARCH/KERNEL is one cell [the host's]
ARCH         ?= $(HOST_ARCH)
## kernel: a Debian suite (bullseye is 5.10, bookworm 6.1, trixie 6.12), SUITE-backports,
## SUITE/FLAVOUR (trixie/cloud, trixie/rt), src (built here), or the path of an image or of a package
## (.deb, .rpm); goals that take a list in ARCH also take a list here, or all [trixie, or the newest that Debian
## has for ARCH; src where Debian has none]
KERNEL       ?= $(or $(if $(KERNEL_SRC),src),$(filter trixie,$(KERNEL_SUITES)),$(lastword $(KERNEL_SUITES)),src)
## where apps run: vm, host (this machine), or [user@]host[:port]
TARGET       ?= vm
## arguments for run-<app>: make run-hello ARGS='-n 5'; for the benchmarks of test-bench
ARGS         ?=
## seconds after which run-<app> ends the app [none]
TIMEOUT      ?=
## directories with your own apps, in addition to apps/
APPS_DIR     ?=
## 1: show the commands
V            ?= 0

## @ The VM

## accelerator: auto (KVM if it is proven to work), kvm, tcg
ACCEL        ?= auto
## the guest's memory in MiB [512, or the size that the machine is fixed to; test_progs: 2048,
## test-bench: 1024]
MEM          ?= $(or $(QEMU_MEM),$(if $(runs-progs),2048,$(if $(filter test-bench,$(goals)),1024,512)))
## number of the guest's CPUs
SMP          ?= 1
## 1: qemu-start boots the VM with its console in this terminal; Ctrl-A X ends it
FG           ?= 0
## 0: always boot the VM, and do not save its state for later starts
SNAPSHOT     ?= $(if $(ROOTFS_GIVEN),0,$(or $(QEMU_SNAPSHOT),1))
## directory of the saved states
SNAPSHOTS    ?= $(BUILD)/snapshots
## size limit in MiB of an architecture's saved states; the oldest are removed first
SNAPSHOT_LIMIT ?= 2048
## file: a saved state is for the files that it was made with; content: also for copies of them, on
## another machine, which takes a start 0.1 s more
SNAPSHOT_KEY ?= file
## directory in which machines leave saved states for each other (docs/many-machines.md)
## [none]
STATES       ?=
## 1: a VM of its own, under TCG, whose clock counts instructions: a nanosecond is one; jit-cost and
## cost-<app> imply it
ICOUNT       ?= 0
## a name, for more than one VM of an architecture and kernel
VM_NAME      ?=
## seconds within which a VM must be ready
VM_TIMEOUT   ?= 120
## the QEMU to run
QEMU         ?= $(QEMU_SYSTEM)
## more options for QEMU, quoted as for a shell
QEMU_ARGS    ?=
## more parameters for the kernel's command line
BOOT_ARGS    ?=
## port of this machine that leads to the guest's SSH; 0: a free port
SSH_PORT     ?= 0
## for KERNEL=<path>: the image's lib/modules/<release>; for a package, the packages with its
## modules [no modules, or those in the package]
KERNEL_MODULES ?=
## the guest's root: debian, source (built here), or an image of yours: .cpio, .ext2 and the like
## [debian, or source where Debian has no ARCH]
ROOTFS       ?= $(if $(DEBIAN_ARCH),debian,source)
## for ROOTFS=<path>: text on the console that means that the root is up
READY        ?= login:
## Debian packages to add to the root image [test_progs: the programs that it runs]
ROOTFS_PACKAGES ?= $(if $(runs-progs),$(if $(filter debian,$(ROOTFS)),$(progs-packages)))
## 1: a second VM whose root image has clang, gcc, make, bpftool and libbpf; native-<app> implies it
ROOTFS_DEV   ?= 0

## @ The VM's network, and a directory it shares with this machine

## 1: the VM uses the TAP device TAP_NAME, not QEMU's user-mode network
USE_TAP      ?= 0
## the TAP device; one VM at a time can use it
TAP_NAME     ?= tap1
## address of the TAP device on this machine
TAP_IP_HOST  ?= 10.42.0.1
## address of the guest
TAP_IP_TARGET ?= 10.42.0.100
## user who may use the device that `make tap` creates [you]
TAP_USER     ?= $(or $(SUDO_USER),$(shell id -un))
## a directory of this machine that the guest mounts at /mnt/share [none; for ROOTFS_DEV=1 this
## checkout, or APPS_DIR]
SHARE        ?= $(if $(filter 1,$(ROOTFS_DEV)),$(native-share))
## how to share it: 9p, nfs (starts a server, as root), sshfs; docs/security.md says what each lets
## the guest do
SHARE_TYPE   ?= 9p

## @ gdb on the VM's kernel

## the gdb that qemu-connect runs [gdb-multiarch, or the host's]
GDB          ?= $(or $(GDB_NAME),$(firstword $(foreach gdb,gdb-multiarch \
	$(if $(filter $(ARCH),$(HOST_ARCH)),gdb),$(if $(call tool,$(gdb)),,$(gdb))) gdb-multiarch))
## more options for gdb, quoted as for a shell: make qemu-connect GDB_ARGS='-batch -ex continue -ex bt'
GDB_ARGS     ?=
## function at which gdb stops, or nothing
GDB_BREAK    ?= bpf_int_jit_compile
## TCP port of this machine at which gdb reaches QEMU [a socket in the VM's directory]
GDB_PORT     ?=
## symbols for gdb: 1 (Debian's, with source lines; a large download), or a vmlinux [the image's own,
## or its kallsyms]
KERNEL_DBG   ?=

## @ A kernel from source: KERNEL=src

## Linux tree; KERNEL=src uses it again until another tree is named [Debian's]
KERNEL_SRC   ?=
## without KERNEL_SRC: the Debian suite whose Linux source is built
LINUX_SUITE  ?= trixie
## your own configuration fragments, which override all others
KCONFIG      ?=
## 1: enable the options that test_maps, test_progs and kselftest need; those goals imply it
KERNEL_SELFTESTS ?= 0
## 1: build for gdb: code and backtraces that are easier to read, no KASLR
KERNEL_DEBUG ?= 0
## 1: as little as eBPF and the VM need, without BTF: builds several times as fast
KERNEL_TINY  ?= 0
## 1: count which lines of the JIT and of kernel/bpf run; jit-coverage implies it
KERNEL_COVERAGE ?= $(if $(filter jit-coverage,$(goals)),1,0)
## kasan, ubsan, lockdep, or some of them: faults that the kernel itself finds while it runs; they
## fail a test
KERNEL_SANITIZE ?=
## more arguments for the kernel's make: KCFLAGS=-Og, LLVM=1
LINUX_ARGS   ?=

## @ Looking at an app (show-<app>, xlated-<app> ...)

## the name or id of one of its programs [all]
PROG         ?=
## jited-<app>: xlated, the BPF code beside the native code. btf-<app>: c. asm-<app>: btf
WITH         ?=
## testrun-<app>, cost-<app>: a file with a packet [64 zeros, if the program takes a packet]
DATA_IN      ?=
## testrun-<app>, cost-<app>: a file with the program's context
CTX_IN       ?=
## testrun-<app>: number of runs; the time shown is their mean [1]
REPEAT       ?=
## load-<app>.bpf.o: the app whose pinned maps to use [its own]
MAPS         ?=
## attach-<app>: the interface of an XDP program
IFACE        ?= lo
## attach-<app>: the cgroup of a cgroup program
CGROUP       ?= /sys/fs/cgroup
## attach-<app>: the attach point in the cgroup: ingress, egress, connect4 ...
ATTACH       ?=
## features-diff: one target: [ARCH/]KERNEL, host or [user@]host [the target that ARCH, KERNEL and
## TARGET name]. matrix-diff: one cell, ARCH/KERNEL. jit-cost-diff: ARCH/KERNEL or ARCH/KERNEL/MODE.
## kselftest-compare: a file of results
A            ?=
## features-diff: the other target. matrix-diff, jit-cost-diff: the other cell. kselftest-compare: the
## other file
B            ?=

## @ A new app

## new-app: its name
NAME         ?=
## new-app: the app to copy: xdp, tracepoint, or any app of apps/ (kprobe, tc, lsm ...)
TEMPLATE     ?= tracepoint
## new-app: directory of the new app [APPS_DIR, or apps]
DIR          ?= $(or $(firstword $(APPS_DIR)),apps)

## @ Another machine as TARGET

## private key for it [the key of this checkout, made when needed]
SSH_KEY      ?= $(O)/keys/id_ed25519
## more options for ssh
SSH_OPTS     ?=

## @ Tools and sources

## directory of all generated files
O            ?= output
## Debian mirror [from this machine's apt configuration]
MIRROR       ?=
## keys that may sign the mirror's files
KEYRING      ?= /usr/share/keyrings/debian-archive-keyring.gpg
## directory of results and reports
REPORT       ?= $(O)/report
## directory of all downloaded files; several checkouts may share it, and files in it are not fetched
## again [O/downloads]
DOWNLOADS    ?= $(O)/downloads
## 1: fail where another version or suite than the wanted one would be used
STRICT       ?= 0
## seconds without data after which a download is aborted and tried again
FETCH_TIMEOUT ?= 30
## directory with zlib/, elfutils/ and libbpf/ to build instead of Debian's sources
DEPS_SRC     ?=
## upstream version of zlib
ZLIB_VERSION     ?= 1.3.dfsg+really1.3.1
## upstream version of elfutils, for libelf
ELFUTILS_VERSION ?= 0.192
## upstream version of libbpf
LIBBPF_VERSION   ?= 1.5.0
## architectures without a packaged C library: upstream version of musl
MUSL_VERSION     ?= 1.2.5
## the same: upstream version of LLVM 19, whose compiler-rt is taken in place of libgcc
COMPILER_RT_VERSION ?= 19.1.7
## ROOTFS=source: upstream version of busybox
BUSYBOX_VERSION  ?= 1.37.0
## ROOTFS=source: upstream version of dropbear
DROPBEAR_VERSION ?= 2025.89
## ROOTFS=source: upstream version of rsync
RSYNC_VERSION    ?= 3.4.1+ds1
## ROOTFS=source: upstream version of popt, which rsync needs
POPT_VERSION     ?= 1.19+dfsg
## ROOTFS=source: upstream version of iproute2
IPROUTE2_VERSION ?= 6.1.0
## the vmlinux.h that apps are built with
VMLINUX_H    ?= $(O)/$(ARCH)/vmlinux.h
## first part of the cross compiler's name [by ARCH]
TOOLCHAIN    ?= $(firstword $(subst -, ,$(TRIPLE)))
## last part of the cross compiler's name: gnu, uclibc ... [by ARCH]
STDLIB       ?= $(lastword $(subst -, ,$(TRIPLE)))
## prefix of the user halves' compiler
CROSS_COMPILE ?= $(if $(filter $(ARCH),$(HOST_ARCH)),,$(or \
	$(if $(MUSL_CFLAGS),$(filter $(musl-cross),$(dir $(musl-cross))$(TOOLCHAIN)-linux-$(STDLIB)-)),\
	$(TOOLCHAIN)-linux-$(STDLIB)-))
musl-cross    = $(abspath $(BUILD))/musl/bin/$(TRIPLE)-
## version of LLVM and clang; setup installs it
LLVM_VERSION ?= 19
## compiler of the BPF halves [of LLVM_VERSION]
CLANG        ?= clang-$(LLVM_VERSION)
## program that removes DWARF, which the kernel does not read, from BPF objects
LLVM_STRIP   ?= $(CLANG:clang%=llvm-strip%)
## disassembler of the BPF halves
LLVM_OBJDUMP ?= $(CLANG:clang%=llvm-objdump%)
## assembler of BPF halves in assembly
LLVM_MC      ?= $(CLANG:clang%=llvm-mc%)
## generator of skeletons, unless the guest has another byte order [this machine's, or a bpftool as
## new as libbpf]
BPFTOOL      ?= bpftool
## BPF instruction set: v1 to v4, or probe: the newest that the target's kernel takes
BPF_CPU      ?= v3
## flags for the user halves
CFLAGS       ?= -O2 -g

## @ Tests

## check, check-<app>, check-<suite>: only the tests whose name matches this regular expression
FILTER       ?=
## check, matrix, bench: only this part of it; 2/5 is the second of five. Several cells are split by
## cells, a single one by test files, or by objects
SHARD        ?=
## check of several cells, cell: 1: also run cells that have passed with the same inputs before
AGAIN        ?= 0
## check-fresh: Debian suites of the bare machines
FRESH        ?= bookworm trixie
## rounds of make bench
BENCH_RUNS   ?= 5

## @ Cells on other machines (check, matrix, test-bpf, jit-isa ... of several cells)

## what runs the cells: local (this machine), parallel (GNU parallel, by SSH), slurm (an array job)
ENGINE       ?= local
## ENGINE=parallel: machines, with the number of cells that each runs at once: 'a 8/b user@c' [CPUs
## and memory say how many]
HOSTS        ?=
## ENGINE=parallel, slurm: directory on each machine for its copies of the checkout
HOST_DIR     ?= .cache/ebpf-testbench
## ENGINE=slurm: partition [the cluster's default]
PARTITION    ?=
## ENGINE=slurm: more options for sbatch: --time=60 --account=me
SLURM_OPTS   ?=
## cell, bench-cells: the goal that they run
GOAL         ?= check-target

## @ The kernel's own tests: test-bpf, test-verifier ...

## test-bpf: the number of one test
TEST_ID      ?=
## test-bpf: tests FIRST,LAST
TEST_RANGE   ?=
## test-bpf: the name of one test
TEST_NAME    ?=
## test-bpf: test_bpf, test_tail_calls or test_skb_segment [all]
TEST_SUITE   ?=
## jit, nojit, or 'jit nojit' [test-bpf, test-verifier, test-bench: both; the others: jit]
TEST_JIT     ?=
## seconds without output after which a test counts as hung; matrix: seconds for a row [300;
## test_maps and kselftest, which are silent for long: 3600]
TEST_TIMEOUT ?= $(if $(filter test-maps kselftest,$(MAKECMDGOALS)),3600,300)
## test-verifier: 12 or 100-200; test-progs: NAME,NAME; jit-isa, jit-cost, test-bench: names or parts
## of names:
## alu32 sdiv [all]
TESTS        ?=
## test-progs: no_alu32, cpuv4 or bpf_gcc: its objects for another instruction set, or by GCC
VARIANT      ?=
## GCC for BPF, of VARIANT=bpf_gcc
BPF_GCC      ?= bpf-gcc
## kselftest: the collection
COLLECTION   ?= bpf

## @ Where programs load (matrix)

## BPF objects without sources: files, patterns, directories: OBJ='a.bpf.o dir/*.bpf.o' [the apps]; {arch} in
## them is the architecture
OBJ          ?=
## values of their variables, a row for each shape: 'depth=4 strict=true, depth=16'; or @FILE, with a
## shape on each line
OBJ_RODATA   ?=
## 1: also attach the programs that load
OBJ_ATTACH   ?= 0
## your own loader in place of the testbench's; {} is an object of OBJ: CMD='./loader --flag {}'
CMD          ?=
## files to send along with CMD
FILES        ?=
## instruction sets (v1 v2 v3 v4) for each of which the apps are built and loaded, to find the cheapest
## [BPF_CPU alone]
MATRIX_CPUS  ?=
## file of matrix-baseline or jit-cost-baseline, which write it: matrix, or jit-cost, fails if results
## are worse than that; test-bench: an earlier .csv, beside which the results are shown
BASELINE     ?=
## percent of instructions, states or size that count as worse than BASELINE; jit-cost-diff: that count
## as a difference
THRESHOLD    ?= 10

## @ The JIT lab: jit-isa, jit-random, jit-cost, jit-coverage

## some of jit, blinding, interpreter and flags (JIT, with the verifier's test flags) [all; jit-cost:
## jit interpreter]
MODES        ?=
## jit-isa: 1: more programs and operands, which takes minutes
FULL         ?= 0
## jit-random: number that the programs are made from [another one each time]
SEED         ?=
## jit-random: number of programs
COUNT        ?= 300
## jit-random: number of instructions of a program
LEN          ?= 40

## jit-coverage: goals, the tests whose lines are counted [test-bpf jit-isa jit-random test-verifier]
COVER        ?=

## @ The change that broke a test: bisect

## a revision of KERNEL_SRC with which TEST passes; without KERNEL_SRC a Debian suite
GOOD         ?=
## a later one with which TEST fails
BAD          ?=
## what passes or fails: goals and variables of make, TEST='run-hello ARGS=-v', or a command with a /
## in its first word, TEST='./my-test'
TEST         ?=

# --- the names of the ancestor, Synopsys's testbench -----------------------

ifdef CROSS_ARCH
ARCH := $(CROSS_ARCH)
endif
ifdef LNXIMG
KERNEL := $(LNXIMG)
endif
ifeq ($(CROSS),0)
TARGET := host
endif
