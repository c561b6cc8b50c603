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
matrix-env = exec env MAKE='$(MAKE)' O='$(O)' REPORT='$(REPORT)' GIVEN='$(given-vars)'
matrix = $(matrix-env) scripts/matrix

# Two goals would use the same VMs.
.NOTPARALLEL:

.PHONY: all setup check check-all bench bench-cells matrix matrix-baseline matrix-diff
all: check

setup:
	@export GOALS='$(MAKECMDGOALS)'; $(matrix) setup '$(matrix-archs)' '$(KERNEL)'

# Beside setup they come after it.
check: | $(filter setup,$(MAKECMDGOALS))
	@$(matrix) check '$(matrix-archs)' '$(KERNEL)'

# CI has no time for all cells.  The page is written whatever the verdicts are, but not of a part of a cell.
check-all: | $(filter setup,$(MAKECMDGOALS))
	@$(if $(SHARD)$(FILTER),,export RESULTS_PAGE=docs/results.md; )$(matrix) check '$(matrix-archs)' '$(KERNEL)'

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

bench-cells: | $(filter setup,$(MAKECMDGOALS))
	@$(matrix-env) scripts/bench-cells $(GOAL) '$(matrix-archs)' '$(KERNEL)'

# The kernel's own tests and the JIT lab: one KTAP stream and one table of all cells.
.PHONY: $(test-goals)
$(test-goals): | $(filter setup,$(MAKECMDGOALS))
	@$(matrix) $@ '$(matrix-archs)' '$(KERNEL)'

# The table is written whatever the verdicts are: rows of cells that have not run stay.
.PHONY: arch-table
arch-table: | $(filter setup,$(MAKECMDGOALS))
	@($(matrix) arch-facts '$(matrix-archs)' '$(KERNEL)'); status=$$?; \
		scripts/arch-table '$(REPORT)/arch-facts.ktap' docs/arch-table.md && exit $$status

bisect:
	@printf 'error: %s\n  %s\n' 'bisect is for one architecture' \
		'Each step depends on the verdict of the step before: start one for each ARCH.' >&2; exit 2

%:
	@printf 'error: %s is for one architecture and one kernel\n  %s\n  %s\n' '$*' \
		'For several there are check, matrix, bench, bench-cells, arch-table, setup,' \
		'$(test-goals).' >&2; exit 2
