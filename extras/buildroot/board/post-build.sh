#!/bin/sh
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Buildroot's post-build script: the keys of this checkout, which `make keys` made on
# this machine, into the target directory $1.  None is in the tree.

set -eu

keys=${TESTBENCH_KEYS:-$BR2_EXTERNAL_EBPF_TESTBENCH_PATH/../../output/keys}
for key in id_ed25519.pub dropbear_host_key; do
	[ -e "$keys/$key" ] || {
		printf 'error: there is no %s\n  %s\n' "$keys/$key" \
			'Make them in the testbench: make keys; or name their directory: TESTBENCH_KEYS=<dir>' >&2
		exit 1
	}
done

# Buildroot makes /etc/dropbear a link into /var/run, so that a read-only root can
# have a new host key at each boot; ours is to stay.
rm -rf "$1/etc/dropbear"
mkdir -p "$1/etc/dropbear" "$1/root/.ssh"
cp "$keys/dropbear_host_key" "$1/etc/dropbear/dropbear_ed25519_host_key"
cp "$keys/id_ed25519.pub" "$1/root/.ssh/authorized_keys"

# The script that gets a target ready stands in the testbench once.
install -D -m 755 "$BR2_EXTERNAL_EBPF_TESTBENCH_PATH/../../guest/rootfs/setup" "$1/usr/lib/testbench/setup"
