#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The CI kit: action.yml and extras/ci/gitlab.yml, as far as they can be tested without the servers
# that read them; their commands are run.
# shellcheck disable=SC2154 # bats' run sets output
load lib

setup() {
	[ "$TARGET" = vm ] || skip "TARGET is not a VM"
	dir=$BATS_TEST_TMPDIR
	scripts=$dir/scripts
	mkdir "$scripts"
}

# check ACTION [TEMPLATE]: what is wrong with them; their scripts are in $scripts
check() {
	tests/ci-check "$1" "${2-extras/ci/gitlab.yml}" "$(sed -n 's/^\([A-Z0-9_]*\) *?=.*/\1/p' mk/vars.mk)" "$scripts"
}

# fault WORDS SED: with this change, the action has a fault that is told
fault() {
	sed "$2" action.yml >"$dir/action.yml"
	run -0 check "$dir/action.yml"
	says "$1"
}

@test "the kit's files are what the servers read, and say the same variables" {
	run -0 check action.yml
	[ -z "$output" ] || { echo "$output"; false; }
	shellcheck -x "$scripts"/*
	fault "there is no input objects" 's/inputs.obj /inputs.objects /'
	fault "there is no step keep before it" 's/id: keep$/id: other/'
	fault "an expression in a script" 's/"\$GITHUB_ACTION_PATH.scripts.ci" run/& ${{ inputs.cmd }}/'
	fault "run needs a shell" '0,/shell: bash/s///'
	fault "make has no variable OBJECTS" 's/ OBJ: / OBJECTS: /'
	fault "input shard: no step uses it" 's/inputs.shard/inputs.arch/'
}

@test "the action's commands: a matrix of a project's loader and objects, its report, its status" {
	local project=$dir/project
	mkdir -p "$project/tool" "$project/build"
	cd "$project"
	touch build/good.o build/bad.o
	printf '#!/bin/sh\ncase $1 in *bad*) echo "no such thing"; exit 3 ;; esac\n' >tool/loader
	chmod +x tool/loader
	(cd "$TESTBENCH" && check action.yml)
	export GITHUB_ACTION_PATH=$TESTBENCH GITHUB_OUTPUT=$dir/output GITHUB_STEP_SUMMARY=$dir/summary \
		O=$OUT REPORT=$dir/report ARCH KERNEL='' SHARD='' OBJ='build/*.o' CMD='./tool/loader {}' APPS_DIR='' BASELINE=''
	bash -eo pipefail "$scripts/action-0-prepare"
	grep -Fx "report=$REPORT" "$GITHUB_OUTPUT"
	grep -xE "key=ebpf-testbench-[0-9a-f]{16}-[0-9a-f]{8}" "$GITHUB_OUTPUT"
	run bash -eo pipefail "$scripts/action-2-matrix"
	[ "$status" -ne 0 ]
	says "FAILED status: exit status 3: no such thing" "1 loaded, 0 skipped, 1 failed, in 1 cell"
	grep -q "bad.o" "$GITHUB_STEP_SUMMARY"
	grep -q "bad.o" "$REPORT/report.xml"
	[ -s "$REPORT/report.html" ]
	# with the loader alone, from a list of files; GitLab numbers the jobs
	rm build/bad.o
	CI_NODE_INDEX=1 CI_NODE_TOTAL=1 bash -e "$scripts/gitlab-script" 2>/dev/null && return 1
	mkdir ebpf-testbench
	ln -s "$TESTBENCH" ebpf-testbench/testbench
	bash -e "$scripts/gitlab-script"
}

@test "what is kept is named by its content; what the next job has no use for is removed" {
	export O=$dir/kept
	mkdir -p "$O/apt/lists" "$O/log" "$O/vax/vm/trixie" "$O/vax/snapshots" "$O/downloads"
	touch "$O/downloads/some.deb"
	run -0 scripts/ci keep
	[[ $output =~ ^content=[0-9a-f]{16}$ ]]
	local before=$output
	[ "$(find "$O" -printf '%P\n' | sort | xargs)" = "downloads downloads/some.deb made-of vax vax/snapshots" ]
	mkdir "$O/apt"
	touch "$O/apt/x"
	run -0 scripts/ci keep
	[ "$output" = "$before" ]
	echo more >"$O/downloads/some.deb"
	run -0 scripts/ci keep
	[ "$output" != "$before" ]
}

@test "the comment is made once, and replaced after that; without rights a line says so" {
	local server port
	export TOKEN=secret REPORT=$dir SHARD=2/3
	tests/ci-server "$dir" 3>&- &
	server=$!
	eventually 10 test -e "$dir/port"
	echo 'is `it` "so"?' >"$dir/report.md"
	echo '[]' >"$dir/comments.json"

	port=$(cat "$dir/port")
	export GITHUB_API_URL=http://127.0.0.1:$port GITHUB_REPOSITORY=me/mine GITHUB_EVENT_PATH=$dir/event
	echo '{ "pull_request": { "number": 7 } }' >"$GITHUB_EVENT_PATH"
	run -0 scripts/ci comment
	says new
	grep -x "POST /repos/me/mine/issues/7/comments" "$dir/log"
	grep -x "Authorization: Bearer secret" "$dir/log"
	[ "$(cat "$dir/body")" = $'<!-- ebpf-testbench-2-of-3 -->\nis `it` "so"?' ]
	cat >"$dir/comments.json" <<-'JSON'
		[{ "id": 1, "body": "hi" }, { "id": 2, "body": "<!-- ebpf-testbench -->" },
		 { "id": 3, "body": "<!-- ebpf-testbench-2-of-3 -->\nold" }]
	JSON
	run -0 scripts/ci comment
	says replaced
	grep -x "PATCH /repos/me/mine/issues/comments/3" "$dir/log"
	touch "$dir/deny"
	run -0 scripts/ci comment
	says "the token may not write one" 403
	rm "$dir/deny"
	echo '{}' >"$GITHUB_EVENT_PATH"
	run -0 scripts/ci comment
	says "this job is for no pull request"

	export CI_API_V4_URL=$GITHUB_API_URL/api/v4 CI_PROJECT_ID=42 CI_MERGE_REQUEST_IID=5 GITHUB_EVENT_PATH=''
	run -0 scripts/ci comment
	grep -x "PUT /api/v4/projects/42/merge_requests/5/notes/3" "$dir/log"
	grep -x "PRIVATE-TOKEN: secret" "$dir/log"
	kill "$server"
	wait "$server" || :
}
