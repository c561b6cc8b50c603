# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# Several architectures or kernels at once: ARCH=all, KERNEL=all, or lists, in which
# ARCH/KERNEL is one cell.
# Each goal here is made once for every architecture, or every cell of the two, by a
# make of its own.

# The defaults of vars.mk are those of one cell.
$(foreach var,ARCH KERNEL,$(if $(filter file,$(origin $(var))),\
	$(eval $(var) := $(if $(filter check-all,$(MAKECMDGOALS)),all))))
matrix-archs := $(patsubst all,$(ARCHS),$(ARCH))

# An engine sends the values of the user's variables along with the cells.
export ENGINE HOSTS HOST_DIR PARTITION SLURM_OPTS SSH_OPTS

# The shell becomes the script, so that a signal that make passes on reaches it.
matrix = exec env MAKE='$(MAKE)' O='$(O)' REPORT='$(REPORT)' GIVEN='$(given-vars)' scripts/matrix

.PHONY: all setup check check-all bench matrix matrix-baseline matrix-diff
all: check

setup:
	@export GOALS='$(MAKECMDGOALS)'; $(matrix) setup '$(matrix-archs)' '$(KERNEL)'

# Beside setup they come after it.
check: | $(filter setup,$(MAKECMDGOALS))
	@$(matrix) check '$(matrix-archs)' '$(KERNEL)'

# CI has no time for all cells.  The page is written whatever the verdicts are, but not of a part.
check-all: | $(filter setup,$(MAKECMDGOALS))
	@$(if $(SHARD),,export RESULTS=docs/results.md; )$(matrix) check '$(matrix-archs)' '$(KERNEL)'

# Where programs load, and what that costs.
export OBJ OBJ_RODATA OBJ_ATTACH CMD FILES TEST_TIMEOUT BASELINE THRESHOLD MATRIX_CPUS A B
# Beside matrix-baseline there is nothing yet to compare with.
matrix: export KEEP = $(filter matrix-baseline,$(MAKECMDGOALS))
matrix: | $(filter setup,$(MAKECMDGOALS))
	@env -u ARCH scripts/load --check && scripts/load-report check
	@$(matrix) load '$(matrix-archs)' '$(KERNEL)'

matrix-baseline matrix-diff: matrix-%: | $(filter matrix,$(MAKECMDGOALS))
	@exec scripts/load-report $* '$(REPORT)'

bench: | $(filter setup,$(MAKECMDGOALS))
	@$(matrix) bench '$(matrix-archs)' '$(KERNEL)'

%:
	@printf 'error: %s is for one architecture and one kernel\n  %s\n' '$*' \
		'For several there are check, matrix, bench and setup.' >&2; exit 2
