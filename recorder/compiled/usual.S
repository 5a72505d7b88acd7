// The short way of most records: a store of 4, 8 or 16 bytes, a flush or a fence of the only thread, in the region and at
// a place in the code that were recorded before. Whatever else it is takes the long way, entries.S. A function in C would
// put aside three times as many registers, which is most of what a record costs.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.

// As module.h has them.
#define SIZE 4
#define KIND 6
#define USUAL 10
#define BYTES 0x1f
#define ON_STACK 0x100
#define FLUSH 0x200
#define UNFENCED 0x400

// As records.c has them.
#define HAS_SITE 0x20
#define LONGEST 80

// Eight registers are put aside.
#define RETURN 64

.macro PUT_ASIDE
	pushq %rax
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %r8
	pushq %r9
	pushq %r10
.endm

.macro TAKE_BACK
	popq %r10
	popq %r9
	popq %r8
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rax
.endm

// Goes on where one thread writes a record and there is room: rax is where it begins, r9 the number of the site that
// rdi describes.
.macro REQUIRE others
	movq __libc_single_threaded@GOTPCREL(%rip), %rax
	cmpb $0, (%rax)
	je \others
	cmpb $0, is_writing(%rip)
	jne \others
	movq stream_next(%rip), %rax
	leaq LONGEST(%rax), %r8
	cmpq stream_limit(%rip), %r8
	ja \others
	movq %rdi, %r8
	imulq spread(%rip), %r8
	shrq $48, %r8
	shlq $4, %r8
	leaq sites(%rip), %r9
	addq %r8, %r9
	cmpq %rdi, (%r9)
	jne \others
	movl 8(%r9), %r9d
.endm

// Appends the number in r9 at rax; r9 and r10 are lost.
.macro NUMBER
	cmpq $0x80, %r9
	jb 2f
1:	movl %r9d, %r10d
	orl $0x80, %r10d
	movb %r10b, (%rax)
	incq %rax
	shrq $7, %r9
	cmpq $0x80, %r9
	jae 1b
2:	movb %r9b, (%rax)
	incq %rax
.endm

// The same for a number that may have any length, which a processor would guess wrong; rcx is lost as well. Below
// 1 << 28 its groups of seven bits are moved to bytes of their own and all four are written: what is too much is 0.
.macro ANY_NUMBER
	cmpq $(1 << 28), %r9
	jae 1f
	movl %r9d, %r10d
	andl $0x0fffc000, %r10d
	andl $0x3fff, %r9d
	leal (%r9,%r10,4), %r9d
	movl %r9d, %r10d
	andl $0x3f803f80, %r10d
	andl $0x007f007f, %r9d
	leal (%r9,%r10,2), %r9d
	movl %r9d, %r10d
	orl $1, %r10d
	bsrl %r10d, %r10d
	shrl $3, %r10d
	leaq goes_on(%rip), %rcx
	orl (%rcx,%r10,4), %r9d
	movl %r9d, (%rax)
	leaq 1(%rax,%r10), %rax
	jmp 3f
1:	NUMBER
3:
.endm

// The tag in r8, then the site where it is another one.
.macro BEGIN
	movb $1, is_writing(%rip)
	movzbl KIND(%rdi), %r8d
	incq %rax
	cmpl last_site(%rip), %r9d
	je 3f
	movl %r9d, last_site(%rip)
	orl $HAS_SITE, %r8d
	NUMBER
3:
.endm

// The tag is written last: a record that was begun and not ended is none.
.macro END
	movq stream_next(%rip), %rcx
	movb %r8b, (%rcx)
	movq %rax, stream_next(%rip)
	movb $0, is_writing(%rip)
.endm

// Of this thread: whether something waits for a fence.
.macro UNFENCED_IS value
	movq self@gottpoff(%rip), %r9
	movb $\value, %fs:4(%r9)
.endm

// Where rsi points to bytes, rcx is the offset in the file, rdx what the description says.
.macro STORED_BYTES
	movb %dl, (%rax)
	andl $BYTES, %edx
	cmpl $8, %edx
	jb 5f
	movq (%rsi), %r9
	movq %r9, 1(%rax)
	je 6f
	movq 8(%rsi), %r9
	movq %r9, 9(%rax)
	jmp 6f
5:	movl (%rsi), %r9d
	movl %r9d, 1(%rax)
6:	leaq 1(%rax,%rdx), %rax
.endm

.macro STORE name, others, depth
	.globl \name
	.hidden \name
	.type \name, @function
\name:
	.if \depth
	pushfq
	.endif
	PUT_ASIDE
	movq (RETURN + \depth + 8)(%rsp), %rdi
	movq (RETURN + \depth + 16)(%rsp), %rsi
	movq %rsi, %rcx
	subq usual(%rip), %rcx
	cmpq usual+8(%rip), %rcx
	jae .Llong_\name
	movzwl USUAL(%rdi), %edx
	testl %edx, %edx
	je .Llong_\name
	movzwl SIZE(%rdi), %eax
	addq %rcx, %rax
	cmpq usual+8(%rip), %rax
	ja .Llong_\name
	REQUIRE .Llong_\name
	BEGIN
	addq usual+16(%rip), %rcx
	testl $FLUSH, %edx
	je 4f
	andq $-64, %rcx
4:	movq %rcx, %r9
	subq last_offset(%rip), %r9
	movq %rcx, last_offset(%rip)
	movq %r9, %rcx
	sarq $63, %rcx
	addq %r9, %r9
	xorq %rcx, %r9
	ANY_NUMBER
	testl $(FLUSH + ON_STACK + UNFENCED), %edx
	jne 8f
7:	STORED_BYTES
	jmp 9f
8:	UNFENCED_IS 1
	testl $FLUSH, %edx
	jne 9f
	testl $ON_STACK, %edx
	je 7b
	leaq (RETURN + \depth + 24)(%rsp), %rsi
	jmp 7b
9:	END
	TAKE_BACK
	.if \depth
	popfq
	.endif
	ret
.Llong_\name:
	TAKE_BACK
	.if \depth
	popfq
	.endif
	jmp \others
	.size \name, . - \name
.endm

.macro FENCE name, others, depth
	.globl \name
	.hidden \name
	.type \name, @function
\name:
	.if \depth
	pushfq
	.endif
	PUT_ASIDE
	movq (RETURN + \depth + 8)(%rsp), %rdi
	cmpw $0, USUAL(%rdi)
	je .Llong_\name
	cmpq $0, usual+8(%rip)
	je .Llong_\name
	REQUIRE .Llong_\name
	BEGIN
	UNFENCED_IS 0
	END
	TAKE_BACK
	.if \depth
	popfq
	.endif
	ret
.Llong_\name:
	TAKE_BACK
	.if \depth
	popfq
	.endif
	jmp \others
	.size \name, . - \name
.endm

	.text
	STORE usual_after, entry_after, 8
	STORE usual_after_quick, entry_after_quick, 0
	FENCE usual_order, entry_order, 8
	FENCE usual_order_quick, entry_order_quick, 0

	.section .rodata
	.p2align 3
spread:	.quad 0x9E3779B97F4A7C15
// Of numbers of one to four bytes: the bits that say that another byte follows.
goes_on:	.long 0, 0x80, 0x8080, 0x808080
	.section .note.GNU-stack,"",@progbits
