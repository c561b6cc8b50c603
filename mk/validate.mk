# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# What the values of users' variables may hold.  They stand in rules and in the shell's
# command lines, so either a value is refused that would be taken for something else there,
# or, for the few that may hold anything, it is quoted where it is used: $(call quote,...).

user-vars := $(shell sed -n 's/^\([A-Z0-9_]*\) *?=.*/\1/p' mk/vars.mk)
given-vars  := $(foreach var,$(user-vars) CROSS_ARCH LNXIMG,$(if $(filter-out undefined file default,$(origin $(var))),$(var)))

# Text: every use is quoted, or the value goes to a script in the environment.
text-vars  := FILTER ARGS READY BOOT_ARGS TEST_NAME SSH_OPTS
# Words for a shell, which may be quoted: made into words, and quoted anew.
shell-vars := QEMU_ARGS GDB_ARGS
# The same where make and other makefiles read them, too.
flag-vars  := CFLAGS LINUX_ARGS
# One path, or a command's.
path-vars  := O SHARE SNAPSHOTS ROOTFS SSH_KEY KEYRING DEPS_SRC VMLINUX_H KERNEL_SRC KERNEL_DBG KERNEL_MODULES \
	LNXIMG QEMU DIR DATA_IN CTX_IN CGROUP DOWNLOADS
# They become a part of a file's or a device's name.
name-vars  := VM_NAME TAP_NAME MAPS

# --- characters ----------------------------------------------------------------

hash   := \#
dollar := $$
define tab
	
endef
shell-chars := ; & | < > ` $(dollar)
word-chars  := $(shell-chars) ' " ( ) \ $(hash)
path-chars  := % , : = * ? [ ] { } !
name-chars  := a b c d e f g h i j k l m n o p q r s t u v w x y z A B C D E F G H I J K L M N O P Q R S T U V W X Y Z \
	0 1 2 3 4 5 6 7 8 9 . _ -

# $(call found,CHARACTERS,TEXT): the first of them that is in it.
found = $(firstword $(foreach char,$1,$(findstring $(char),$2)))
# $(call found-space,TEXT): its name, if there is one.
found-space = $(or $(if $(findstring $(newline),$1),a line break),$(if $(findstring $(space),$1)$(findstring $(tab),$1),a space))

# $(call strip-chars,CHARACTERS,TEXT): what is left without them.
strip-chars = $(if $1,$(call strip-chars,$(wordlist 2,$(words $1),$1),$(subst $(firstword $1),,$2)),$2)

not-in-path = which make or the shell takes for something else. Give a path without (a symbolic link will do)
check-found = $(if $2,$(error $1=$($1) has $2 in it, $3))
check-chars = $(call check-found,$1,$(call found,$2,$($1))$(if $(findstring $(newline),$($1)), a line break),$3)
check-path  = $(call check-found,$1,$(or $(call found,$(word-chars) $(path-chars),$($1)),$(call found-space,$($1))),$(not-in-path))
check-name  = $(if $(call strip-chars,$(name-chars),$($1))$(filter -%,$($1)),$(error \
	$1=$($1) is no name for files and devices: letters, digits, . _ and - make one))

# --- checks ---------------------------------------------------------------------

$(foreach var,$(filter $(path-vars),$(given-vars)),$(call check-path,$(var)))
$(foreach var,$(filter $(name-vars),$(given-vars)),$(call check-name,$(var)))
$(foreach var,$(filter $(flag-vars),$(given-vars)),$(call check-chars,$(var),$(shell-chars),which the shell takes for something else))
$(foreach var,$(filter-out $(path-vars) $(name-vars) $(flag-vars) $(shell-vars) $(text-vars),$(given-vars)),\
	$(call check-chars,$(var),$(word-chars),which no value of it has))

goal-char := $(call found,$(word-chars),$(MAKECMDGOALS))
ifneq ($(goal-char),)
$(error there is no goal with $(goal-char) in its name: $(MAKECMDGOALS))
endif

# $(call shell-words,TEXT): its words, each quoted for the shell, and nothing in them that
# the shell would do: quotes mean what they mean to xargs.
shell-words = $(shell printf %s $(call quote,$1) | xargs bash -c 'printf "%q " "$$@"' words 2>/dev/null || echo /not/closed)
take-words  = $(eval override $1 := $$(call shell-words,$$(value $1)))$(if $(filter /not/closed,$($1)),$(error \
	$1: a quote is not closed))
$(foreach var,$(filter $(shell-vars),$(given-vars)),$(if $(strip $(value $(var))),$(call take-words,$(var))))

# --- directories that are removed ---------------------------------------------------

# $(call check-removed,VARIABLE): stops if it is the checkout, the user's home, or above them.
check-removed = $(foreach above,$(patsubst %/,%,$(abspath $($1))),$(if $(filter $(above)/%,$(CURDIR)/ $(HOME)/),$(call no-directory,$1)))$(if \
	$(filter /,$(abspath $($1))),$(call no-directory,$1))
no-directory = $(error $1=$($1) cannot be: all that is generated is in it, and goes with it. Name a directory that is for nothing else)
$(foreach var,$(filter O SNAPSHOTS,$(given-vars)),$(call check-removed,$(var)))
$(if $(filter O,$(given-vars)),$(if $(O),,$(error O= is empty: name a directory for all that is generated)))

# --- choices, numbers and ports -----------------------------------------------------

# $(call check-one-of,VARIABLE,LIST): stops unless its value is one of LIST.
check-one-of = $(if $(filter $($1),$2),,$(call not-one-of,$1,$2))
$(call check-one-of,ACCEL,auto kvm tcg)
$(call check-one-of,BPF_CPU,v1 v2 v3 v4 probe)
$(call check-one-of,SHARE_TYPE,9p nfs sshfs)
$(call check-one-of,ROOTFS_DEV,0 1)
$(call check-one-of,FULL,0 1)

# $(call check-number,VARIABLE): stops unless it is a whole number.
digits = $(subst 9,,$(subst 8,,$(subst 7,,$(subst 6,,$(subst 5,,$(subst 4,,$(subst 3,,$(subst 2,,$(subst 1,,$(subst 0,,$1))))))))))
check-number = $(if $($1),$(if $(call digits,$($1)),$(error $1=$($1) is not a whole number)))

# $(call check-port,VARIABLE): stops unless it is a port, or none: unset or 0.
check-port = $(if $(filter-out 0,$($1)),$(if $(shell [ $($1) -le 65535 ] 2>&1 || echo no),$(error $1=$($1) is not a port: give one from 1 to 65535)))

$(foreach var,TIMEOUT MEM SMP SSH_PORT GDB_PORT VM_TIMEOUT SNAPSHOT_LIMIT REPEAT FETCH_TIMEOUT SEED COUNT LEN,$(if $(filter $(var),$(given-vars)),$(call check-number,$(var))))
$(foreach var,SSH_PORT GDB_PORT,$(call check-port,$(var)))
