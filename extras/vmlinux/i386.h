/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* i386's registers at a probe; a BPF program's long has 64 bits, so they are no longs here. */
struct pt_regs {
	__u32 bx, cx, dx, si, di, bp, ax;
	__u16 ds, __dsh, es, __esh, fs, __fsh, gs, __gsh;
	__u32 orig_ax, ip;
	__u16 cs, __csh;
	__u32 flags, sp;
	__u16 ss, __ssh;
};
