#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# How apps recognise missing kernel features: a missing feature is a skip that names it; a program
# that the verifier rejects for its own fault is a failure, on every kernel.  The programs are
# in tests/kernel/.
load apps/app

setup_file() {
	mk APPS_DIR=tests/kernel build-lacks build-lacks_kfunc build-kconfig
	[ "$TARGET_DIR" = host ] || scripts/remote "$TARGET_DIR" push "$BIN/lacks" "$BIN/lacks_kfunc" "$BIN/kconfig"
	# the features that the kernel itself reports, and the verdict of each program
	export SEEN="$BATS_FILE_TMPDIR/seen"
	target '
		uname -r
		grep -owF -e register_fprobe -e bpf_uprobe_multi_link_release /proc/kallsyms | sort -u
		read -r address _ </proc/kallsyms
		[ ${#address} -lt 16 ] || echo bits64
		[ ! -e /sys/kernel/btf/vmlinux ] || echo btf
		[ ! -e /proc/sys/net/core/bpf_jit_enable ] || echo jit
		for name in event function frags kprobes uprobes pointer dynptr null beyond global; do
			./lacks -p $name >out-$$ 2>&1
			echo "$name, exit code $?, $(tail -n 1 out-$$)"
		done
		./lacks_kfunc >out-$$ 2>&1
		echo "kfunc, exit code $?, $(tail -n 1 out-$$)"
		./kconfig >out-$$ 2>&1
		echo "kconfig, exit code $?, $(tail -n 1 out-$$)"
		ls /boot/config-$(uname -r) /proc/config.gz 2>/dev/null || :
		mkdir none-$$
		unshare -m sh -c "mount --bind none-$$ /boot && ./kconfig" >out-$$ 2>&1
		echo "no file, exit code $?, $(tail -n 1 out-$$)"
		rmdir none-$$
		rm out-$$' >"$SEEN"
}

# verdict NAME CODE TEXT: the program NAME exited with CODE after a line TEXT
verdict() {
	grep -F "$1, exit code $2, $3" "$SEEN" || { cat "$SEEN"; return 1; }
}

# has NAME: the kernel reported this feature
has() {
	grep -qx "$1" "$SEEN"
}

# since RELEASE: the kernel is that release or newer
since() {
	[ "$(printf '%s\n' "$1" "$(head -n 1 "$SEEN")" | sort -V | head -n 1)" = "$1" ]
}

# may_trace: skips if tracing programs may not be loaded, as for root of some containers
may_trace() {
	! grep "^beyond.*run it as root" "$SEEN" || skip "no tracing programs may be loaded here"
}

@test "kernel: a feature that no kernel has is a skip that names it" {
	may_trace
	if has btf; then
		verdict event 4 "SKIP: kernel has no tp_btf/no_such_event: its BTF does not name it"
		verdict function 4 "SKIP: kernel has no fentry/no_such_function: its BTF does not name it"
		verdict kfunc 4 "SKIP: kernel has no function bpf_testbench_nothing() for BPF programs"
	else
		verdict event 4 "SKIP: kernel has no BTF (CONFIG_DEBUG_INFO_BTF), by which tp_btf/no_such_event is found"
		verdict function 4 "SKIP: kernel has no BTF (CONFIG_DEBUG_INFO_BTF), by which fentry/no_such_function is found"
		verdict kfunc 4 "SKIP: kernel has no BTF (CONFIG_DEBUG_INFO_BTF), which the BPF programs need"
	fi
}

@test "kernel: kprobe.multi and uprobe.multi pass if the kernel has them, and are skipped otherwise" {
	if has bits64 && has register_fprobe; then
		verdict kprobes 0 "PASS: "
	else
		verdict kprobes 4 "SKIP: kernel has no links of type kprobe.multi (CONFIG_FPROBE, 64 bits)"
	fi
	if has bits64 && has bpf_uprobe_multi_link_release; then
		verdict uprobes 0 "PASS: "
	else
		verdict uprobes 4 "SKIP: kernel has no links of type uprobe.multi (CONFIG_UPROBES, 64 bits)"
	fi
}

@test "kernel: xdp.frags, pointers to global functions and a helper, on older and newer kernels" {
	if since 5.18; then
		verdict frags 0 "PASS: "
	else
		verdict frags 4 "SKIP: kernel has no XDP programs for packets in fragments (xdp.frags)"
	fi
	if since 5.13; then
		verdict pointer 0 "PASS: "
	else
		verdict pointer 4 "SKIP: kernel's verifier knows no pointers as arguments of global functions, which first() takes"
	fi
	may_trace
	if ! has btf; then
		verdict dynptr 4 "SKIP: kernel has no BTF "
	elif ! has jit; then
		verdict dynptr 4 "SKIP: kernel has no trampolines to fentry/vfs_read (CONFIG_BPF_JIT)"
	elif since 5.19; then
		verdict dynptr 0 "PASS: "
	else
		verdict dynptr 4 "SKIP: kernel has no bpf_ringbuf_reserve_dynptr() for BPF programs of type tracing"
	fi
}

@test "kernel: a program's own fault is a failure" {
	verdict null 1 "FAIL: cannot load the BPF programs: Permission denied"
	# Linux 6.8 began to verify a global function after the call; its own fault came first before.
	if ! has btf && since 6.8; then
		verdict global 4 "SKIP: kernel has no BTF (CONFIG_DEBUG_INFO_BTF), by which the verifier knows the context"
	elif has btf || since 5.13; then
		verdict global 1 "FAIL: cannot load the BPF programs: Permission denied"
	else
		verdict global 4 "SKIP: kernel's verifier knows no pointers as arguments of global functions, which fourth()"
	fi
	may_trace
	! has btf || ! has jit || verdict beyond 1 "FAIL: cannot load the BPF programs: Permission denied"
}

@test "kernel: a program can read the kernel's version and configuration (__kconfig)" {
	local config="$OUT/$ARCH/kernel/$KERNEL_NAME/config" hz

	# the guest has the configuration of its kernel
	if [ "$TARGET" = vm ] && [ -e "$config" ]; then
		hz=$(sed -n 's/^CONFIG_HZ=//p' "$config")
	elif grep -E "^(/boot/config-|/proc/config.gz)" "$SEEN"; then
		hz=$(target "cat /boot/config-\$(uname -r) 2>/dev/null || zcat /proc/config.gz" | sed -n 's/^CONFIG_HZ=//p')
	else
		skip "the target has no file with its kernel's configuration"
	fi
	verdict kconfig 0 "PASS: Linux $(head -n 1 "$SEEN" | grep -oE '^[0-9]+\.[0-9]+'), HZ $hz"
	grep "^/proc/config.gz" "$SEEN" || verdict "no file" 4 "SKIP: no file has the kernel's configuration: "
}

@test "kernel: the configuration of an image is found among its modules, beside it, and in its tree" {
	local dir="$BATS_TEST_TMPDIR"

	mkdir -p "$dir"/{boot,modules/6.1-mine,tree/include/config,tree/arch/x86/boot}
	touch "$dir"/boot/{vmlinuz-6.1-mine,other} "$dir/tree/arch/x86/boot/bzImage" "$dir/tree/include/config/kernel.release"
	echo modules >"$dir/modules/6.1-mine/config"
	echo beside >"$dir/boot/config-6.1-mine"
	echo tree >"$dir/tree/.config"
	found() {
		scripts/kernel-image "$1" "$2" "$dir/out" 2>/dev/null	# depmod fails without real modules
		cat "$dir/out/config"
	}
	run -0 found "$dir/boot/vmlinuz-6.1-mine" "$dir/modules/6.1-mine"
	[ "$output" = modules ]
	run -0 found "$dir/boot/vmlinuz-6.1-mine" ""
	[ "$output" = beside ]
	run -0 found "$dir/tree/arch/x86/boot/bzImage" ""
	[ "$output" = tree ]
	run -1 found "$dir/boot/other" ""
}
