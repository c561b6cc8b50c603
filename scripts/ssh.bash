# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# shellcheck shell=bash disable=SC2034 # for the scripts that read it
#
# How a target is reached: ssh "${kept[@]}" target, in the target's directory.  The connection
# is opened once and shared by all that follow.  Its socket has a relative name, because a
# socket's path may not be longer than 107 bytes.
kept=(-F ssh_config -o ControlMaster=auto -o ControlPersist=yes -o ControlPath=ssh.sock)
