# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Every variable a user may set, on make's command line or in the environment:
# its default and its other names.  No other file reads the environment; mk/validate.mk
# checks what was given.
# A comment after `##` is the variable's line in `make help`; `@` starts a group.

## @ What to build and where to run it
ARCH         ?= $(HOST_ARCH)## architecture of the guest; for check, bench and setup also all, or a list, in which ARCH/KERNEL is one cell [the host's]
KERNEL       ?= $(or $(if $(KERNEL_SRC),src),$(filter trixie,$(KERNEL_SUITES)),$(lastword $(KERNEL_SUITES)),src)## kernel: a Debian suite (bullseye is 5.10, bookworm 6.1, trixie 6.12), src (built here), or the path of an image; for check and bench also a list, or all [trixie, or the newest there is for ARCH; src where Debian has none]
TARGET       ?= vm## where apps run: vm, host (this machine), or [user@]host[:port]
ARGS         ?=## arguments for run-<app>: make run-hello ARGS='-n 5'
TIMEOUT      ?=## seconds after which run-<app> ends the app [none]
APPS_DIR     ?=## directories with your own apps, beside apps/
V            ?= 0## V=1 shows the commands

## @ The VM
ACCEL        ?= auto## auto (KVM if it is proven to work), kvm, tcg
MEM          ?= $(or $(QEMU_MEM),$(if $(runs-progs),2048,512))## the guest's memory in MiB [512, or what the machine must have; test_progs: 2048]
SMP          ?= 1## the guest's CPUs
FG           ?= 0## 1: qemu-start boots the VM with its console in this terminal; Ctrl-A X ends it
SNAPSHOT     ?= $(if $(ROOTFS_GIVEN),0,$(or $(QEMU_SNAPSHOT),1))## 0: boot the VM always, and do not save its state for later starts
SNAPSHOTS    ?= $(BUILD)/snapshots## directory of the saved states
SNAPSHOT_LIMIT ?= 2048## MiB that the saved states of an architecture may take; the oldest go first
VM_NAME      ?=## a name, for more than one VM of an architecture and kernel
VM_TIMEOUT   ?= 120## seconds a VM may take to get ready
QEMU         ?= $(QEMU_SYSTEM)## the QEMU to run
QEMU_ARGS    ?=## more options for QEMU, quoted as for a shell
BOOT_ARGS    ?=## more words for the kernel's command line
SSH_PORT     ?= 0## port of this machine that leads to the guest's SSH [a free one]
KERNEL_MODULES ?=## for KERNEL=<path>: the image's lib/modules/<release> [all is built in]
ROOTFS       ?= $(if $(DEBIAN_ARCH),debian,source)## the guest's root: debian, source (built here), or an image of yours: .cpio, .ext2 and the like [debian, or source where Debian has no ARCH]
READY        ?= login:## for ROOTFS=<path>: the words on the console by which it is known to be up
ROOTFS_PACKAGES ?= $(if $(runs-progs),$(if $(filter debian,$(ROOTFS)),$(progs-packages)))## Debian packages to add to the root image [test_progs: what it starts]
ROOTFS_DEV   ?= 0## 1: a VM beside the other one, whose root image has clang, gcc, make, bpftool and libbpf; native-<app> implies it

## @ The VM's network, and a directory it shares with this machine
USE_TAP      ?= 0## 1: the VM is on the TAP device TAP_NAME, not on QEMU's own network
TAP_NAME     ?= tap1## the TAP device; a VM has it for itself
TAP_IP_HOST  ?= 10.42.0.1## its address, this machine's end
TAP_IP_TARGET ?= 10.42.0.100## the guest's end
TAP_USER     ?= $(or $(SUDO_USER),$(shell id -un))## who may use the device that tap makes [you]
SHARE        ?= $(if $(filter 1,$(ROOTFS_DEV)),$(native-share))## a directory of this machine, which the guest has at /mnt/share [none; for ROOTFS_DEV=1 this checkout, or APPS_DIR]
SHARE_TYPE   ?= 9p## how: 9p, nfs (a server is started; as root), sshfs; docs/security.md says what each lets the guest do

## @ gdb on the VM's kernel
GDB          ?= $(or $(GDB_NAME),$(firstword $(foreach gdb,gdb-multiarch $(if $(filter $(ARCH),$(HOST_ARCH)),gdb),$(if $(call tool,$(gdb)),,$(gdb))) gdb-multiarch))## the gdb that qemu-connect runs [gdb-multiarch, or the host's]
GDB_ARGS     ?=## more options for gdb, quoted as for a shell: make qemu-connect GDB_ARGS='-batch -ex continue -ex bt'
GDB_BREAK    ?= bpf_int_jit_compile## function that gdb is to stop at, or nothing
GDB_PORT     ?=## TCP port of this machine that gdb reaches QEMU at [a socket in the VM's directory]
KERNEL_DBG   ?=## symbols for gdb: 1 (Debian's, with source lines; a large download), or a vmlinux [the image's own, else its kallsyms]

## @ A kernel from source: KERNEL=src
KERNEL_SRC   ?=## Linux tree; KERNEL=src stands for it until another one is named [Debian's]
LINUX_SUITE  ?= trixie## without KERNEL_SRC, the Debian suite whose source it is
KCONFIG      ?=## configuration fragments of your own; they win over all others
KERNEL_SELFTESTS ?= 0## 1: with what test_maps, test_progs and kselftest need; those goals imply it
KERNEL_DEBUG ?= 0## 1: made for gdb: code and backtraces that are easier to read, no KASLR
LINUX_ARGS   ?=## more words for the kernel's make: KCFLAGS=-Og, LLVM=1

## @ Looking at an app (show-<app>, xlated-<app> ...)
PROG         ?=## the name or id of one of its programs [all]
WITH         ?=## jited-<app>: xlated, the BPF code at its side. btf-<app>: c. asm-<app>: btf
DATA_IN      ?=## testrun-<app>: a file with a packet [64 zeros, if the program takes one]
CTX_IN       ?=## testrun-<app>: a file with the program's context
REPEAT       ?=## testrun-<app>: how many runs the time is the mean of [1]
MAPS         ?=## load-<app>.bpf.o: the app whose pinned maps to use [its own]
IFACE        ?= lo## attach-<app>: the interface of an XDP program
CGROUP       ?= /sys/fs/cgroup## attach-<app>: the cgroup of another program
ATTACH       ?=## attach-<app>: where at the cgroup: ingress, egress, connect4 ...
A            ?=## features-diff: one target: [ARCH/]KERNEL, host or [user@]host [what ARCH, KERNEL and TARGET say]. kselftest-compare: a file of results
B            ?=## features-diff: the other target. kselftest-compare: the other file

## @ A new app
NAME         ?=## new-app: its name
TEMPLATE     ?= tracepoint## new-app: xdp, tracepoint, or any app of apps/ (kprobe, tc, lsm ...)
DIR          ?= $(or $(firstword $(APPS_DIR)),apps)## new-app: where to put it [APPS_DIR, or apps]

## @ Another machine as TARGET
SSH_KEY      ?= $(O)/keys/id_ed25519## private key for it [one made for this checkout]
SSH_OPTS     ?=## more options for ssh

## @ Tools and sources
O            ?= output## directory of everything that is generated
MIRROR       ?=## Debian mirror [from this machine's apt configuration]
KEYRING      ?= /usr/share/keyrings/debian-archive-keyring.gpg## keys that may sign it
DOWNLOADS    ?= $(O)/downloads## directory of everything downloaded; several checkouts may share it, and what it has needs no network [O/downloads]
STRICT       ?= 0## 1: an error where another version or suite than the wanted one would be taken
FETCH_TIMEOUT ?= 30## seconds of silence after which a download is ended and tried again
DEPS_SRC     ?=## directory with zlib/, elfutils/ and libbpf/ to build instead of Debian's sources
ZLIB_VERSION     ?= 1.3.dfsg+really1.3.1## upstream version of zlib that is built
ELFUTILS_VERSION ?= 0.192## upstream version of elfutils, for libelf
LIBBPF_VERSION   ?= 1.5.0## upstream version of libbpf
BUSYBOX_VERSION  ?= 1.37.0## upstream version of busybox, for ROOTFS=source as those that follow
DROPBEAR_VERSION ?= 2025.89## upstream version of dropbear
RSYNC_VERSION    ?= 3.4.1+ds1## upstream version of rsync
POPT_VERSION     ?= 1.19+dfsg## upstream version of popt, which rsync needs
IPROUTE2_VERSION ?= 6.1.0## upstream version of iproute2
VMLINUX_H    ?= $(O)/$(ARCH)/vmlinux.h## the vmlinux.h that apps are built with
TOOLCHAIN    ?= $(firstword $(subst -, ,$(TRIPLE)))## first part of the cross compiler's name [by ARCH]
STDLIB       ?= $(lastword $(subst -, ,$(TRIPLE)))## its last part: gnu, uclibc ... [by ARCH]
CROSS_COMPILE ?= $(if $(filter $(ARCH),$(HOST_ARCH)),,$(TOOLCHAIN)-linux-$(STDLIB)-)## prefix of the user halves' compiler
CLANG        ?= clang-19## compiler of the BPF halves
LLVM_STRIP   ?= $(CLANG:clang%=llvm-strip%)## removes DWARF, which the kernel does not read, from BPF objects
LLVM_OBJDUMP ?= $(CLANG:clang%=llvm-objdump%)## disassembler of the BPF halves
LLVM_MC      ?= $(CLANG:clang%=llvm-mc%)## assembler of BPF halves in assembly
BPFTOOL      ?= bpftool## generator of skeletons, unless the guest has another byte order [this machine's, or one as new as libbpf]
BPF_CPU      ?= v3## BPF instruction set: v1 to v4, or probe: the newest that the target's kernel takes
CFLAGS       ?= -O2 -g## flags for the user halves

## @ Tests
FILTER       ?=## check, check-<app>, check-<suite>: only the tests whose name matches this regular expression
FRESH        ?= bookworm trixie## Debian suites that check-fresh makes bare machines of
BENCH_RUNS   ?= 5## rounds of make bench

## @ The kernel's own tests: test-bpf, test-verifier ...
TEST_ID      ?=## test-bpf: the test of that number
TEST_RANGE   ?=## test-bpf: tests FIRST,LAST
TEST_NAME    ?=## test-bpf: the test of that name
TEST_SUITE   ?=## test-bpf: test_bpf, test_tail_calls or test_skb_segment [all]
TEST_JIT     ?=## jit, nojit or both: TEST_JIT='jit nojit' [test-bpf, test-verifier: both; the others: jit]
TEST_TIMEOUT ?= $(if $(filter test-maps kselftest,$(MAKECMDGOALS)),3600,300)## seconds of silence after which a test counts as hung [300; test_maps is silent for long: 3600]
TESTS        ?=## test-verifier: 12 or 100-200; test-progs: NAME,NAME [all]
COLLECTION   ?= bpf## kselftest: the collection

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
