# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The results in REPORT, in the forms that readers and servers want.

.PHONY: report
report: ## show all results in REPORT as a table; make report.md, report.xml (JUnit) and report.html of them
	@scripts/report $(REPORT)
