# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
newest_BPF_CFLAGS := -mcpu=v4
