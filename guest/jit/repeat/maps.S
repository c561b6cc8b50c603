/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The maps of a program of `make jit-random`: `words`, an array of 4 words, and `tails`, an array of 2
 * programs.  libbpf reads maps from BTF, which no assembler makes, so it is made here.  The types of
 * the members are as those of __uint() in C: a pointer to an array of as many elements.
 */
#define KIND_INT	(1 << 24)
#define KIND_PTR	(2 << 24)
#define KIND_ARRAY	(3 << 24)
#define KIND_STRUCT	(4 << 24)
#define KIND_FUNC	(12 << 24)
#define KIND_FUNC_PROTO	(13 << 24)
#define KIND_VAR	(14 << 24)
#define KIND_DATASEC	(15 << 24)

	.section .maps, "aw", @progbits
	.globl	words
	.type	words, @object
	.size	words, 32
words:
	.zero	32
	.globl	tails
	.type	tails, @object
	.size	tails, 32
tails:
	.zero	32

	.section .BTF, "", @progbits
	.short	0xeb9f
	.byte	1, 0
	.long	24, 0, .Lstrings - .Ltypes, .Lstrings - .Ltypes, .Lend - .Lstrings
.Ltypes:
	.long	.Lint - .Lstrings, KIND_INT, 4, 1 << 24 | 32		/* 1 */
	.long	0, KIND_ARRAY, 0, 1, 1, 2				/* 2 */
	.long	0, KIND_PTR, 2						/* 3: 2 */
	.long	0, KIND_ARRAY, 0, 1, 1, 4				/* 4 */
	.long	0, KIND_PTR, 4						/* 5: 4 */
	.long	0, KIND_ARRAY, 0, 1, 1, 8				/* 6 */
	.long	0, KIND_PTR, 6						/* 7: 8 */
	.long	0, KIND_ARRAY, 0, 1, 1, 3				/* 8 */
	.long	0, KIND_PTR, 8						/* 9: 3 */
	.long	0, KIND_STRUCT | 4, 32					/* 10: an array of 4 words */
	.long	.Ltype - .Lstrings, 3, 0
	.long	.Lkey_size - .Lstrings, 5, 64
	.long	.Lvalue_size - .Lstrings, 7, 128
	.long	.Lmax_entries - .Lstrings, 5, 192
	.long	.Lwords - .Lstrings, KIND_VAR, 10, 1			/* 11 */
	.long	0, KIND_STRUCT | 4, 32					/* 12: an array of 2 programs */
	.long	.Ltype - .Lstrings, 9, 0
	.long	.Lkey_size - .Lstrings, 5, 64
	.long	.Lvalue_size - .Lstrings, 5, 128
	.long	.Lmax_entries - .Lstrings, 3, 192
	.long	.Ltails - .Lstrings, KIND_VAR, 12, 1			/* 13 */
	.long	.Lmaps - .Lstrings, KIND_DATASEC | 2, 64		/* 14 */
	.long	11, 0, 32
	.long	13, 32, 32
	.long	0, KIND_FUNC_PROTO, 1					/* 15: static int function(void) */
	.long	.Lfunction - .Lstrings, KIND_FUNC, 15			/* 16 */
#define FUNCTION_TYPE	16
#define LINE		.Lfunction - .Lstrings, .Lfunction - .Lstrings, 1 << 10
.Lstrings:
	.byte	0
.Lint:
	.asciz	"int"
.Ltype:
	.asciz	"type"
.Lkey_size:
	.asciz	"key_size"
.Lvalue_size:
	.asciz	"value_size"
.Lmax_entries:
	.asciz	"max_entries"
.Lwords:
	.asciz	"words"
.Ltails:
	.asciz	"tails"
.Lmaps:
	.asciz	".maps"
.Lfunction:
	.asciz	"function"
.Ltext:
	.asciz	".text"
.Lraw_tp:
	.asciz	"raw_tp"
.Lxdp:
	.asciz	"xdp"
.Lsocket:
	.asciz	"socket"
.Lend:

	.section license, "aw", @progbits
	.asciz	"Dual BSD/GPL"
