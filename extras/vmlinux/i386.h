/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * i386's registers at a probe; a BPF program's long has 64 bits, so they are no longs here.
 * libbpf knows where i386 has a function's arguments, but only by the names that the
 * registers have in user space; with those of vmlinux.h it takes it for x86_64.
 */
struct pt_regs {
	__u32 ebx, ecx, edx, esi, edi, ebp, eax;
	__u16 ds, __dsh, es, __esh, fs, __fsh, gs, __gsh;
	__u32 orig_eax, eip;
	__u16 cs, __csh;
	__u32 eflags, esp;
	__u16 ss, __ssh;
};
#undef __VMLINUX_H__
#define __i386__
