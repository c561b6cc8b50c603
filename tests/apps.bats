#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# Apps with other layouts than those of apps/: several objects, languages, files; their names.
load lib

# A directory with two apps that share a source: "many" has two skeletons, one of two linked
# objects, is written in C, C++ and assembly, and opens two files at run time; "few" is trivial.
setup_file() {
	export apps=$BATS_FILE_TMPDIR/apps

	mkdir -p "$apps/sub"
	bpf() {
		cat <<-EOT
			#include "vmlinux.h"
			#include <bpf/bpf_helpers.h>
			char LICENSE[] SEC("license") = "GPL";
		EOT
		cat
	}
	bpf >"$apps/many.bpf.c" <<-EOT
		extern int part(int n);
		SEC("socket") int seven(void *ctx) { return part(4); }
	EOT
	bpf >"$apps/sub/part.bpf.c" <<<'__noinline int part(int n) { return n + PART; }'
	bpf >"$apps/many_net.bpf.c" <<<'SEC("socket") int eleven(void *ctx) { return 11; }'
	bpf >"$apps/few.bpf.c" <<<'int nothing;'
	cat >"$apps/many.c" <<-EOT
		#include <stdio.h>
		#include <bpf/bpf.h>
		#include "many.skel.h"
		#include "many_net.skel.h"

		int twice(int n);
		const char *version(void);
		extern int three;

		static int run(struct bpf_program *prog)
		{
			char packet[64] = {};
			LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

			return bpf_prog_test_run_opts(bpf_program__fd(prog), &opts) ? -1 : (int)opts.retval;
		}

		int main(void)
		{
			struct many_bpf *one = many_bpf__open_and_load();
			struct many_net_bpf *net = many_net_bpf__open_and_load();
			struct bpf_object *obj = bpf_object__open_file("many_net.bpf.o", NULL);
			FILE *data = fopen("words.txt", "r");
			char word[16];

			if (!one || !net || !obj || !data || fscanf(data, "%15s", word) != 1)
				return 1;
			printf("%d %d %d %d %s %s %s\n", run(one->progs.seven), run(net->progs.eleven), twice(4), three,
			       version(), word, bpf_program__name(bpf_object__next_program(obj, NULL)));
			return 0;
		}
	EOT
	echo 'int main(void) { return 0; }' >"$apps/few.c"
	echo 'const char *version(void) { return VERSION; }' >"$apps/version.c"
	cat >"$apps/twice.cpp" <<-EOT
		#include <string>
		extern "C" int twice(int n) { return std::to_string(n).size() + 2 * n - 1; }
	EOT
	printf '%s\n' '.data' '.balign 4' '.globl three' 'three: .long 3' '.section .note.GNU-stack,"",%progbits' >"$apps/three.S"
	echo word >"$apps/sub/words.txt"
	printf '%s\n' 'many_BPF_SRCS := sub/part.bpf.c' 'many_BPF_CFLAGS := -DPART=3' 'many_SRCS := twice.cpp three.S' \
		'many_FILES := sub/words.txt' >"$apps/many.mk"
	# with the quoting of make and of the shell
	cat >"$apps/apps.mk" <<-'EOT'
		APPS_SRCS   := version.c
		APPS_CFLAGS := -DVERSION='"1.2, $$HOME"'
		APPS_LIBS   := -Wl,-rpath,'$$ORIGIN/../lib'
	EOT
}

teardown_file() {
	mk APPS_DIR="$apps" clean-many clean-few clean-many_net
	rm -rf "$OUT/$ARCH/apps/${apps//\//+}".*
}

@test "several BPF objects, C++, assembly, shared sources and files: built once, run on the target" {
	command -v "$CXX" >/dev/null || skip "there is no $CXX"
	run -0 mk APPS_DIR="$apps" all
	says "CXX      $apps/twice.cpp" "CC       $apps/three.S"
	[ "$(grep -c "$apps/version.c" <<<"$output")" -eq 1 ]
	# values with quotes and dollars compare equal in the next make
	run -0 mk APPS_DIR="$apps" all
	says "Nothing to be done"
	run -0 readelf -d "$BIN/many_shared"
	says "[\$ORIGIN/lib:\$ORIGIN/../lib]"
	run -0 mk APPS_DIR="$apps" run-many
	says "7 11 8 3 1.2, \$HOME word eleven"
	run -0 mk APPS_DIR="$apps" run-few
	[[ $output != *words.txt* ]]
	# the linked part belongs to the app, the other object stands alone
	run -0 mk APPS_DIR="$apps" disas-many disas-many_net
	says "<part>:" "<eleven>:"
	run -2 mk APPS_DIR="$apps" run-many_net
	says "error: the app many_net has no user half" "make load-many_net.bpf.o"
}

@test "a user half in C++, and a shared library of the app" {
	local dir=$BATS_TEST_TMPDIR/apps

	command -v "$CXX" >/dev/null || skip "there is no $CXX"
	mkdir "$dir"
	cp "$apps/few.bpf.c" "$dir/plus.bpf.c"
	printf '%s\n' '#include <iostream>' '#include "plus.skel.h"' 'extern "C" int answer(void);' \
		'int main() { std::cout << "the answer is " << answer() << std::endl; }' >"$dir/plus.cpp"
	echo 'int answer(void) { return 42; }' >"$dir/answer.c"
	"${CXX%g++}gcc" -shared -fPIC -Wl,-soname,libanswer.so.1 -o "$dir/libanswer.so.1" "$dir/answer.c"
	ln -s libanswer.so.1 "$dir/libanswer.so"
	"${CXX%g++}gcc" -c -o "$dir/answer.o" "$dir/answer.c"
	"${CXX%g++}ar" rcs "$dir/libanswer.a" "$dir/answer.o"
	printf '%s\n' "plus_LIBS := -L$dir -lanswer" 'plus_FILES := libanswer.so.1' >"$dir/plus.mk"
	run -0 mk APPS_DIR="$dir" run-plus
	says "the answer is 42"
	run -0 mk APPS_DIR="$dir" build-plus
	readelf -d "$BIN/plus_shared" | grep -F 'NEEDED' | grep -F libanswer.so.1
	[ -e "$BIN/lib/libanswer.so.1" ]
	mk APPS_DIR="$dir" clean-plus
	[ ! -e "$BIN/lib/libanswer.so.1" ]
}

@test "skeletons are made by a bpftool that is no older than libbpf" {
	local dir=$BATS_TEST_TMPDIR/apps

	mkdir "$dir"
	cat >"$dir/new.bpf.c" <<-EOT
		#define BPF_NO_KFUNC_PROTOTYPES
		#include "vmlinux.h"
		#include <bpf/bpf_helpers.h>
		#include <bpf/bpf_tracing.h>
		SEC("struct_ops/ssthresh") __u32 BPF_PROG(ssthresh, struct sock *sk) { return 2; }
		SEC(".struct_ops.link") struct tcp_congestion_ops new_cc = { .ssthresh = (void *)ssthresh };
		struct {
			__uint(type, BPF_MAP_TYPE_ARENA);
			__uint(map_flags, BPF_F_MMAPABLE);
			__uint(max_entries, 10);
		} arena SEC(".maps");
		int __attribute__((address_space(1))) counter SEC(".addr_space.1");
		SEC("syscall") int count(void *ctx) { bpf_printk("%p", &arena); return counter++; }
		char LICENSE[] SEC("license") = "GPL";
	EOT
	cat >"$dir/new.c" <<-EOT
		#include "new.skel.h"
		int main(void)
		{
			struct new_bpf *skel = new_bpf__open();

			return !skel || !skel->maps.new_cc || !skel->struct_ops.new_cc || skel->arena->counter;
		}
	EOT
	run -0 mk APPS_DIR="$dir" build-new
	mk APPS_DIR="$dir" clean-new
}

@test "bpftool: this machine's if it is new enough, or, with a warning, if no other is available" {
	local out=$BATS_TEST_TMPDIR/out header=$BATS_TEST_TMPDIR/version.h

	version() { printf '#define LIBBPF_MAJOR_VERSION %s\n#define LIBBPF_MINOR_VERSION %s\n' "$@" >"$header"; }
	version 0 1
	scripts/bpftool-for "$header" nosuite "$BATS_TEST_TMPDIR/apt" "$out"
	[ "$("$out/bpftool" version | tail -n +2)" = "$(bpftool version | tail -n +2)" ]
	# make asks for its time, which is not that of Debian's package
	[ "$out/bpftool" -nt "$header" ]
	[ ! -e "$out/warning" ]
	version 99 0
	MIRROR=http://127.0.0.1:9/ run -0 scripts/bpftool-for "$header" nosuite "$BATS_TEST_TMPDIR/apt" "$out"
	[ "$("$out/bpftool" version | tail -n +2)" = "$(bpftool version | tail -n +2)" ]
	run -0 cat "$out/warning"
	says "older than libbpf 99.0" "BPFTOOL=<path>"
}

@test "make -B does not report an installed tool as missing" {
	run -0 mk -n -B build-minimal
	says "LINK" "minimal_shared"
}

@test "an app cannot have a name that would redefine a goal of the testbench" {
	local name

	# every goal that begins with a verb for apps
	for name in $(sed -n 's/^\.PHONY: //p' mk/*.mk | tr ' ' '\n' | sed -nE \
		's/^(build|disas|clean|qemu-load|run|check|native|asm|btf|cpu|show|xlated|jited|maps|stats|testrun|cost|pin|unpin|load|attach|detach)-([a-z0-9_-]+)$/\2/p' |
		sort -u) common lib; do
		run -2 mk new-app NAME="$name" DIR="$BATS_TEST_TMPDIR"
		says "NAME=$name cannot be an app"
	done
	[ "$name" = lib ]
	cp apps/minimal.bpf.c "$BATS_TEST_TMPDIR/unit.bpf.c"
	run -2 mk APPS_DIR="$BATS_TEST_TMPDIR" check-unit
	says "an app cannot be called unit"
}

@test "an app of APPS_DIR that replaces one of apps/ is not tested by the test of that" {
	for file in apps/profile.*; do
		cp "$file" "$BATS_TEST_TMPDIR"
	done
	run -2 mk -n APPS_DIR="$BATS_TEST_TMPDIR" check-profile
	says "profile has no test: there is no $BATS_TEST_TMPDIR/profile.bats"
	touch "$BATS_TEST_TMPDIR/profile.bats"
	run -0 mk -n APPS_DIR="$BATS_TEST_TMPDIR" check-profile
	says " $BATS_TEST_TMPDIR/profile.bats"
}
