# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Every variable a user may set, on make's command line or in the environment:
# its default, its check, its other names.  No other file reads the environment.
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
SNAPSHOTS    ?= $(B)/snapshots## directory of the saved states
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

# depmod and bpftool are where an ordinary user's PATH may not look.
export PATH := $(PATH):/usr/sbin:/sbin

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

# --- helpers -----------------------------------------------------------------

# $(call nearest,WORD,LIST): ", did you mean X?" where one of LIST is close.
nearest = $(shell scripts/nearest $(call quote,$1) $(foreach word,$2,'$(word)'))

# $(call not-one-of,VARIABLE,LIST): stops, because its value is none of LIST.
not-one-of = $(error $1=$($1) is not known$(call nearest,$($1),$2) Known: $2)

# $(call check-number,VARIABLE): stops unless it is a whole number.
digits = $(subst 9,,$(subst 8,,$(subst 7,,$(subst 6,,$(subst 5,,$(subst 4,,$(subst 3,,$(subst 2,,$(subst 1,,$(subst 0,,$1))))))))))
check-number = $(if $($1),$(if $(call digits,$($1)),$(error $1=$($1) is not a whole number)))

# $(call path-name,PATH): what files made of PATH, the user's, are called after: there may
# be others of its name.
path-name = $(notdir $(abspath $1))-$(shell printf %s $(call quote,$(abspath $1)) | cksum | { read -r sum size; printf %x "$$sum"; })

# $(call file-id,FILE): words that change when what is in FILE does.
file-id = $(shell stat -L -c '%d %i %s %.Y %.Z' $(call quote,$1))

# $(call check-port,VARIABLE): stops unless it is a port, or none: unset or 0.
check-port = $(if $(filter-out 0,$($1)),$(if $(shell [ $($1) -le 65535 ] 2>&1 || echo no),$(error $1=$($1) is not a port: give one from 1 to 65535)))

# The kernel's test_progs wants more of its VM than others: memory, and programs.
runs-progs     := $(filter test-progs kselftest,$(goals))
progs-packages := bash coreutils e2fsprogs ethtool fsverity iptables keyutils openssl util-linux

# $(call tool,COMMAND,PACKAGE): nothing if COMMAND can be run, else a prerequisite
# whose rule says that it is missing.  Looked up without a process.
tool = $(if $(tool-file),,missing/$1/$(or $2,$1))
# $(call tool-file,COMMAND): where it is.
tool-file = $(or $(if $(findstring /,$1),$(wildcard $1)),$(firstword $(wildcard $(addsuffix /$1,$(subst :, ,$(PATH))))))
missing/%:
	@printf 'error: there is no %s on this machine\n  %s\n  %s\n' '$(patsubst %/,%,$(dir $*))' \
		'The package that has it is $(notdir $*).' \
		'Install it: make setup (make doctor shows all that is missing)' >&2; exit 1

# $(call named-tool,VARIABLE,PACKAGE): the same for the command that VARIABLE names; without
# PACKAGE, Debian has none, and VARIABLE_SOURCE says who does.
named-tool = $(if $2,$(call tool,$($1),$2),$(if $(call tool,$($1)),no-package/$1))
no-package/%:
	@printf 'error: there is no %s on this machine\n  %s\n  %s\n' '$($*)' \
		'No package of Debian has it: $($*_SOURCE).' 'Put it into PATH, or name it: $*=<path>' >&2; exit 1

# Who runs make, and with which capabilities, as make's own process knows it.
process-status := $(subst CapEff: ,CapEff:,$(subst Uid: ,Uid:,$(strip $(file </proc/self/status))))
USER_ID   := $(patsubst Uid:%,%,$(filter Uid:%,$(process-status)))
# (root of a user namespace may become none but those that are mapped into it.)
USER_CAPS := $(patsubst CapEff:%,%,$(filter CapEff:%,$(process-status)))-$(subst $(space),.,$(strip $(file </proc/self/uid_map)))

# --- ARCH ----------------------------------------------------------------------

ARCHS := $(patsubst mk/arch/%.mk,%,$(wildcard mk/arch/*.mk))

# $(call arch-name,NAME): the project's name of an architecture that others
# call NAME; only a name that is not ours costs a look into the files.
arch-name = $(or $(filter $1,$(ARCHS)),$(patsubst mk/arch/%.mk,%,$(shell \
	grep -lE '^ARCH_ALIASES .*[ =]$1( |$$)' mk/arch/*.mk)))

# MAKE_HOST is the triplet that make itself was built for.
HOST_ARCH := $(call arch-name,$(firstword $(subst -, ,$(MAKE_HOST))))

ifeq ($(ARCH),)
$(error this machine is a $(firstword $(subst -, ,$(MAKE_HOST))), which the testbench has no file for in mk/arch. Say which architecture to test: ARCH=<one of $(ARCHS)>)
endif
ifeq ($(filter $(ARCH),$(ARCHS)),)
arch := $(call arch-name,$(ARCH))
$(if $(arch),,$(call not-one-of,ARCH,$(ARCHS)))
override ARCH := $(arch)
endif

include mk/arch/$(ARCH).mk

# --- checks ----------------------------------------------------------------------

ifeq ($(KERNEL),src)
include mk/linux-tree.mk
else ifneq ($(filter $(KERNEL),$(KERNEL_SUITES)),)
KERNEL_NAME := $(KERNEL)
else ifneq ($(wildcard $(KERNEL)),)
# wildcard has made a home directory of "~".
override KERNEL := $(wildcard $(KERNEL))
KERNEL_NAME := image-$(call path-name,$(KERNEL))
else ifneq ($(findstring /,$(KERNEL)),)
$(error KERNEL=$(KERNEL): there is no such file. Give a kernel image, src, or a Debian suite: $(KERNEL_SUITES))
else
$(call not-one-of,KERNEL,$(KERNEL_SUITES) src <path>)
endif

# ROOTFS_GIVEN: the image, if it is the user's; ROOTFS_NAME: what files made of it are
# called after; ROOTFS_CPIO: it is an archive.  The environment has no say in these.
ROOTFS_GIVEN :=
ROOTFS_NAME  :=
ROOTFS_CPIO  :=
ifeq ($(filter debian source,$(ROOTFS)),)
ifneq ($(wildcard $(ROOTFS)),)
# wildcard has made a home directory of "~".
ROOTFS_GIVEN := $(abspath $(wildcard $(ROOTFS)))
ROOTFS_NAME  := $(call path-name,$(ROOTFS_GIVEN))
ROOTFS_CPIO  := $(if $(findstring .cpio,$(notdir $(ROOTFS_GIVEN))),cpio)
else ifneq ($(findstring /,$(ROOTFS)),)
$(error ROOTFS=$(ROOTFS): there is no such file. Give an image (.cpio, .ext2, .ext4, .erofs), debian or source)
else
$(call not-one-of,ROOTFS,$(if $(DEBIAN_ARCH),debian) source <path>)
endif
else ifeq ($(ROOTFS)$(DEBIAN_ARCH),debian)
$(error ROOTFS=debian: Debian has no port to $(ARCH). Known: source <path>)
endif

ifeq ($(filter $(ACCEL),auto kvm tcg),)
$(call not-one-of,ACCEL,auto kvm tcg)
endif
ifeq ($(filter $(BPF_CPU),v1 v2 v3 v4 probe),)
$(call not-one-of,BPF_CPU,v1 v2 v3 v4 probe)
endif
$(foreach var,TIMEOUT MEM SMP SSH_PORT GDB_PORT VM_TIMEOUT SNAPSHOT_LIMIT REPEAT FETCH_TIMEOUT,$(call check-number,$(var)))
$(foreach var,SSH_PORT GDB_PORT,$(call check-port,$(var)))

# A name that is no machine's is most likely a mistyped word.
ifeq ($(filter $(TARGET),vm host),)
target-host := $(firstword $(subst :, ,$(lastword $(subst @, ,$(TARGET)))))
ifeq ($(shell getent -- ahosts '$(target-host)' | head -n 1),)
$(error TARGET=$(TARGET): no machine is called '$(target-host)'$(call nearest,$(TARGET),vm host) Known: vm host [user@]host[:port])
endif
endif

$(foreach dir,$(APPS_DIR),$(if $(wildcard $(dir)/.),,$(error APPS_DIR: there is no directory $(dir))))
override APPS_DIR := $(patsubst %/.,%,$(wildcard $(APPS_DIR:%=%/.)))

# native-<app> builds in a guest that has the tools, and shares the directory of the app,
# or all of the checkout if the app is in it.
NATIVE := $(patsubst native-%,%,$(filter native-%,$(goals)))
ifneq ($(NATIVE),)
override ROOTFS_DEV := 1
ifneq ($(TARGET),vm)
$(error native-<app> builds in a VM, from a directory that this machine shares with it: TARGET=$(TARGET) cannot be meant)
endif
endif
ifeq ($(filter $(ROOTFS_DEV),0 1),)
$(call not-one-of,ROOTFS_DEV,0 1)
endif
ifneq ($(ROOTFS_PACKAGES)$(filter 1,$(ROOTFS_DEV)),)
ifneq ($(ROOTFS),debian)
$(error ROOTFS_PACKAGES and ROOTFS_DEV mean packages of Debian: ROOTFS=$(ROOTFS) takes none)
endif
endif
native-halves = $(foreach app,$(NATIVE),$(wildcard $(foreach dir,$(APPS_DIR) apps,$(dir)/$(app).bpf.[cS])))
native-dir    = $(realpath $(or $(dir $(firstword $(native-halves))),$(firstword $(APPS_DIR)),.))
native-share  = $(if $(filter $(CURDIR)/%,$(native-dir)/),$(CURDIR),$(native-dir))

ifeq ($(filter $(SHARE_TYPE),9p nfs sshfs),)
$(call not-one-of,SHARE_TYPE,9p nfs sshfs)
endif
share-asked := $(filter-out file,$(origin SHARE))
ifeq ($(and $(SHARE),$(filter sshfs,$(SHARE_TYPE)),$(filter source,$(ROOTFS))),source)
$(error SHARE_TYPE=sshfs: ROOTFS=source has no sshfs. Take 9p or nfs)
endif
ifneq ($(SHARE),)
ifeq ($(wildcard $(SHARE)/.),)
$(error SHARE=$(SHARE): there is no such directory)
endif
# wildcard has made a home directory of "~".
override SHARE := $(abspath $(wildcard $(SHARE)/.))
endif

ifneq ($(KERNEL_MODULES),)
ifeq ($(wildcard $(KERNEL_MODULES)/modules.dep),)
modules-near := $(patsubst %/modules.dep,%,$(firstword $(wildcard $(KERNEL_MODULES)/*/modules.dep \
	$(KERNEL_MODULES)/lib/modules/*/modules.dep $(abspath $(KERNEL_MODULES)/..)/modules.dep)))
$(error KERNEL_MODULES=$(KERNEL_MODULES) has no modules.dep$(if $(modules-near),$(comma) did you mean $(modules-near)?,.) \
	Give the directory lib/modules/<release> of the kernel, after depmod)
endif
endif

# --- who runs make, and where -----------------------------------------------------

# With it set, cd prints where it goes.
unexport CDPATH

ifneq ($(filter-out help config archs doctor setup,$(or $(goals),all)),)
ifneq ($(TMPDIR),)
$(if $(wildcard $(TMPDIR)/.),,$(error TMPDIR=$(TMPDIR): there is no such directory. Make it, or unset TMPDIR))
endif

# ssh asks who it runs for.
ifneq ($(filter-out $(build-goals) clean% qemu-st%,$(or $(goals),all)),)
ifeq ($(or $(findstring :$(USER_ID):,$(file </etc/passwd)),$(shell getent passwd $(USER_ID))),)
$(error the uid $(USER_ID) has no entry in /etc/passwd, and ssh, by which all gets into a VM, runs for no such user. \
	Add one as root: echo me:x:$(USER_ID):$(USER_ID)::/tmp:/bin/sh >>/etc/passwd)
endif
endif

# What root has made stays root's.
ifneq ($(USER_ID),0)
not-ours := $(firstword $(shell for dir in $(O) $(O)/host $(O)/$(ARCH); do [ ! -e $$dir ] || [ -w $$dir ] || echo $$dir; done))
$(if $(not-ours),$(error you may not write to $(not-ours): most likely root made it. \
	Take it over (sudo chown -R $(USER_ID) $(O)), or name another directory by O=))
endif
endif

# --- what follows from it --------------------------------------------------------

# The user's A and B are what features-diff and kselftest-compare compare; B has
# another meaning in these files.
COMPARE_A := $(A)
COMPARE_B := $(B)

# Everything of one architecture, and what runs on the host.
override B := $(O)/$(ARCH)
HOST := $(O)/host

# What was seen of apps on this target.
INSPECT_DIR := $(B)/inspect/$(if $(filter vm,$(TARGET)),$(KERNEL_NAME)$(addprefix -,$(VM_NAME)),$(subst :,-,$(TARGET)))

# $(Q) hides a command; $(call msg,TAG,TEXT) is its line instead, as in the
# kernel's build.  Both are nothing with V=1.
ifeq ($(V),1)
Q   :=
msg  =
else
Q   := @
msg  = @printf '  %-8s %s\n' '$1' "$2";
endif

# As many jobs as there are CPUs, unless the user said how many.
ifeq ($(MAKELEVEL),0)
ifeq ($(filter -j% --jobserver%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif
MAKEFLAGS += --no-print-directory
