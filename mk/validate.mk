# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Checks of the values of users' variables.  The values are used in rules and in command lines
# of the shell.  A value with a character that is special there is refused; the few variables
# that may hold any text are quoted where they are used: $(call quote,...).

user-vars := $(shell sed -n 's/^\([A-Z0-9_]*\) *?=.*/\1/p' mk/vars.mk)
given-vars := $(foreach var,$(user-vars) CROSS_ARCH LNXIMG,\
	$(if $(filter-out undefined file default,$(origin $(var))),$(var)))

# Text: each use is quoted, or a script gets the value in its environment.
text-vars  := FILTER ARGS READY BOOT_ARGS TEST_NAME SSH_OPTS CMD OBJ OBJ_RODATA FILES TEST
# Words for a shell, with quotes: split into words, each of which is quoted again.
shell-vars := QEMU_ARGS GDB_ARGS
# Words for a shell, make and other makefiles.
flag-vars  := CFLAGS LINUX_ARGS
# A path, or a command.
path-vars  := O SHARE SNAPSHOTS STATES ROOTFS SSH_KEY KEYRING DEPS_SRC VMLINUX_H KERNEL_SRC KERNEL_DBG \
	LNXIMG QEMU DIR DATA_IN CTX_IN CGROUP DOWNLOADS BASELINE REPORT HOST_DIR
# A list of paths.
paths-vars := KERNEL_MODULES
# Parts of names of files and devices.
name-vars  := VM_NAME TAP_NAME MAPS PARTITION GOAL
# Words without quotes.
list-vars  := HOSTS SLURM_OPTS

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

# $(call found,CHARACTERS,TEXT): the first of CHARACTERS that TEXT has.
found = $(firstword $(foreach char,$1,$(findstring $(char),$2)))
# $(call found-space,TEXT): the name of the white space that TEXT has, if any.
found-space = $(or $(if $(findstring $(newline),$1),a line break),\
	$(if $(findstring $(space),$1)$(findstring $(tab),$1),a space))

# $(call strip-chars,CHARACTERS,TEXT): TEXT without CHARACTERS.
strip-chars = $(if $1,$(call strip-chars,$(wordlist 2,$(words $1),$1),$(subst $(firstword $1),,$2)),$2)

not-in-path = which is special to make or the shell. Give a path without it (a symbolic link will do)
check-found = $(if $2,$(error $1=$($1) has $2 in it, $3))
check-chars = $(call check-found,$1,$(call found,$2,$($1))$(if $(findstring $(newline),$($1)), a line break),$3)
check-path  = $(call check-found,$1,$(call not-of-path,$($1)),$(not-in-path))
not-of-path = $(or $(call found,$(word-chars) $(path-chars),$1),$(call found-space,$1))
check-name  = $(if $(call strip-chars,$(name-chars),$($1))$(filter -%,$($1)),$(error \
	$1=$($1) is no name for files and devices. Use letters, digits, . _ and -))

# --- checks ---------------------------------------------------------------------

$(foreach var,$(filter $(path-vars),$(given-vars)),$(call check-path,$(var)))
$(foreach var,$(filter $(paths-vars),$(given-vars)),\
	$(call check-chars,$(var),$(word-chars) $(path-chars),$(not-in-path)))
$(foreach var,$(filter $(name-vars),$(given-vars)),$(call check-name,$(var)))
$(foreach var,$(filter $(list-vars),$(given-vars)),\
	$(call check-chars,$(var),$(word-chars) % * ?,which is special to make or the shell))
$(foreach var,$(filter $(flag-vars),$(given-vars)),\
	$(call check-chars,$(var),$(shell-chars),which is special to the shell))
plain-vars := $(filter-out $(path-vars) $(paths-vars) $(name-vars) $(flag-vars) $(shell-vars) \
	$(text-vars),$(given-vars))
$(foreach var,$(plain-vars),\
	$(call check-chars,$(var),$(word-chars),which no value of $(var) may have))

goal-char := $(call found,$(word-chars),$(MAKECMDGOALS))
ifneq ($(goal-char),)
$(error there is no goal with $(goal-char) in its name: $(MAKECMDGOALS))
endif

# $(call shell-words,TEXT): the words of TEXT, each quoted for the shell.  xargs splits them: it
# knows quotes, and expands nothing.
shell-words = $(shell printf %s $(call quote,$1) | xargs bash -c 'printf "%q " "$$@"' words 2>/dev/null || \
	echo /not/closed)
take-words  = $(eval override $1 := $$(call shell-words,$$(value $1)))$(if $(filter /not/closed,$($1)),$(error \
	$1: a quote is not closed))
$(foreach var,$(filter $(shell-vars),$(given-vars)),$(if $(strip $(value $(var))),$(call take-words,$(var))))

# --- directories that are removed ---------------------------------------------------

# $(call check-removed,VARIABLE): stops make if the directory is the checkout, the user's home,
# or a parent of them.
check-removed = $(foreach dir,$(patsubst %/,%,$(abspath $($1))),\
	$(if $(filter $(dir)/%,$(CURDIR)/ $(HOME)/),$(call no-directory,$1)))$(if \
	$(filter /,$(abspath $($1))),$(call no-directory,$1))
no-directory = $(error $1=$($1) cannot be the directory of generated files, because it is removed with them. \
	Name a directory that holds nothing else)
$(foreach var,$(filter O SNAPSHOTS,$(given-vars)),$(call check-removed,$(var)))
$(if $(filter O,$(given-vars)),$(if $(O),,$(error O= is empty: name a directory for generated files)))
# The checkout's own directory has one name: with another one in the flags, all would be built again.
override O := $(O:$(CURDIR)/%=%)

# --- choices, numbers and ports -----------------------------------------------------

# $(call check-one-of,VARIABLE,LIST): stops make unless VARIABLE has a value of LIST.
check-one-of = $(if $(filter $($1),$2),,$(call not-one-of,$1,$2))
$(call check-one-of,ACCEL,auto kvm tcg)
$(call check-one-of,BPF_CPU,v1 v2 v3 v4 probe)
$(foreach cpu,$(MATRIX_CPUS),$(if $(filter $(cpu),v1 v2 v3 v4),,\
	$(error MATRIX_CPUS: $(cpu) is no BPF instruction set. Known: v1 v2 v3 v4)))
$(if $(and $(MATRIX_CPUS),$(OBJ)$(CMD)),$(error MATRIX_CPUS is for apps, which have sources: leave out \
	$(if $(OBJ),OBJ,CMD)))
$(call check-one-of,SNAPSHOT_KEY,file content)
$(call check-one-of,SHARE_TYPE,9p nfs sshfs)
$(call check-one-of,ENGINE,local parallel slurm)
flag-vars := ROOTFS_DEV FULL ICOUNT KERNEL_TINY KERNEL_COVERAGE KERNEL_DEBUG KERNEL_SELFTESTS OBJ_ATTACH AGAIN STRICT \
	USE_TAP SNAPSHOT FG
$(foreach var,$(flag-vars),$(call check-one-of,$(var),0 1))

# $(call check-number,VARIABLE): stops make unless VARIABLE is empty or a whole number.
check-number = $(if $(call strip-chars,0 1 2 3 4 5 6 7 8 9,$($1)),$(error $1=$($1) is not a whole number))

# $(call check-port,VARIABLE): stops make unless VARIABLE is empty, 0 or a port.
check-port = $(if $(filter-out 0,$($1)),$(if $(shell [ $($1) -le 65535 ] 2>&1 || echo no),\
	$(error $1=$($1) is not a port: give a number from 1 to 65535)))

number-vars := TIMEOUT MEM SMP SSH_PORT GDB_PORT VM_TIMEOUT SNAPSHOT_LIMIT REPEAT FETCH_TIMEOUT \
	SEED COUNT LEN TEST_TIMEOUT THRESHOLD
$(foreach var,$(filter $(number-vars),$(given-vars)),$(call check-number,$(var)))
$(foreach var,SSH_PORT GDB_PORT,$(call check-port,$(var)))

# --- a part of a check -----------------------------------------------------------------

shard-fault := $(if $(SHARD),$(shell scripts/shard --check $(call quote,$(SHARD)) 2>&1))
$(if $(shard-fault),$(error $(wordlist 2,$(words $(shard-fault)),$(shard-fault))))
