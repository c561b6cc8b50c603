/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A BPF program in BPF assembly: an XDP program that sends a packet back to its
 * sender, with the two Ethernet addresses swapped, and drops packets that are too
 * short for these. The language is that of LLVM's assembler: `make asm-hello` shows
 * the code that clang makes of C.
 *
 * r1 is the context, struct xdp_md: data and data_end are its first two words; the
 * verifier knows that the values loaded from there are pointers, of 64 bits.
 *
 * Needs: Linux 4.12 (BPF_PROG_RUN)
 */
#define XDP_DROP	1
#define XDP_TX		3
#define ADDRESSES	12

	.section xdp, "ax", @progbits
	.globl	swap
	.type	swap, @function
swap:
	r2 = *(u32 *)(r1 + 0)		/* data */
	r3 = *(u32 *)(r1 + 4)		/* data_end */
	r4 = r2
	r4 += ADDRESSES
	r0 = XDP_DROP
	if r4 > r3 goto Lend		/* the verifier requires this check */

	/* Half words: some machines align a packet to two bytes only. */
	r4 = *(u16 *)(r2 + 0)
	r5 = *(u16 *)(r2 + 6)
	*(u16 *)(r2 + 0) = r5
	*(u16 *)(r2 + 6) = r4
	r4 = *(u16 *)(r2 + 2)
	r5 = *(u16 *)(r2 + 8)
	*(u16 *)(r2 + 2) = r5
	*(u16 *)(r2 + 8) = r4
	r4 = *(u16 *)(r2 + 4)
	r5 = *(u16 *)(r2 + 10)
	*(u16 *)(r2 + 4) = r5
	*(u16 *)(r2 + 10) = r4
	r0 = XDP_TX
Lend:
	exit
	.size	swap, . - swap

	.section license, "aw", @progbits
	.asciz	"Dual BSD/GPL"
