#!/usr/bin/env bats
# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
# The test of apps/fexit: `make check-fexit`.
load app

setup_file() {
	learn_skip fexit -n 1
}

@test "fexit: adds up arguments by result" {
	works
	run -0 target ./fexit
	[ "${#lines[@]}" -eq 5 ]
	# every third of the calls with 1, 2 ... 9 bytes
	[[ ${lines[1]} =~ ^"success "\ +"3 "\ +12$ ]]
	[[ ${lines[2]} =~ ^"Invalid argument "\ +"3 "\ +15$ ]]
	[[ ${lines[3]} =~ ^"Operation not supported "\ +"3 "\ +18$ ]]
	[[ ${lines[4]} == "PASS: "* ]]
	run -0 target './fexit -n 1000'
	[[ ${lines[1]} =~ ^"success "\ +"334 "\ +167167$ ]]
}

@test "fexit: several at once count their own calls only" {
	works
	run -0 on_target '
		for i in 1 2 3; do
			./fexit -n 3000 > $tmp/$i &
		done
		wait
		tail -qn 1 $tmp/*'
	[ "$(grep -c ^PASS <<<"$output")" -eq 3 ]
}

@test "fexit: options" {
	check_options fexit -n 0 x
}

@test "fexit: needs root and says so" {
	works
	check_needs_root fexit
}
