# SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
#
# The JIT lab: the target's BPF JIT and interpreter against the specification.

JIT_SRCS := $(wildcard guest/jit/*.c)
JIT_HDRS := $(wildcard guest/jit/*.h)
