// What rewritten code calls. Every register is as it was on return, and so are the flags, but for the quick forms.
//
// Copyright 2026 the Fencepost authors. Licensed under the Apache License, Version 2.0.

.macro SAVE
	pushq %rax
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %rbp
	movq %rsp, %rbp
.endm

.macro RESTORE
	movq %rbp, %rsp
	popq %rbp
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rax
.endm

// The ten registers and the return address; with the flags one more.
.macro ENTRY name, function
	.globl \name
	.hidden \name
	.type \name, @function
\name:
	pushfq
	SAVE
	leaq 96(%rsp), %rdi
	movq 80(%rsp), %rsi
	cld
	andq $-16, %rsp
	call \function
	RESTORE
	popfq
	ret
	.size \name, . - \name
.endm

.macro QUICK name, function
	.globl \name
	.hidden \name
	.type \name, @function
\name:
	SAVE
	leaq 88(%rsp), %rdi
	xorl %esi, %esi
	andq $-16, %rsp
	call \function
	RESTORE
	ret
	.size \name, . - \name
.endm

	.text
	ENTRY entry_before, record_before
	QUICK entry_before_quick, record_before
	ENTRY entry_after, record_after
	QUICK entry_after_quick, record_after
	ENTRY entry_order, record_order
	QUICK entry_order_quick, record_order
	ENTRY entry_request, record_request
	.section .note.GNU-stack,"",@progbits
