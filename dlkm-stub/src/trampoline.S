/* The way of a first call: keeps all that can hold an argument, asks the runtime for the function,
   and jumps there as if the caller had called it.

   In: r11d is the index of the function. In the System V ABI, r11 carries nothing from a caller to a
   function, so trampolines may use it. */

/* State components of XSAVE that can hold arguments: SSE, AVX, and AVX-512's opmask, ZMM_Hi256 and
   Hi16_ZMM. x87 and MMX registers hold none. */
#define COMPONENTS 0xe6
/* The legacy area, which FXSAVE writes, and the header behind it. */
#define LEGACY 512
#define HEADER 64
/* In the size of the area: it is for XSAVEC. */
#define COMPACT 1

	.text
	.p2align 4
	.globl dlkm_stub_cold
	.hidden dlkm_stub_cold
	.type dlkm_stub_cold, @function
dlkm_stub_cold:
	.cfi_startproc
	pushq %rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	movq %rsp, %rbp
	.cfi_def_cfa_register %rbp
	/* rax says how many vector registers a variadic call uses; r10 is the static chain. */
	pushq %rax
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %rbx
	.cfi_offset %rbx, -96

	movl dlkm_stub_area(%rip), %r11d
	testl %r11d, %r11d
	jz .Lmeasure
.Lmeasured:
	subq %r11, %rsp
	andq $-64, %rsp
	cmpl $LEGACY, %r11d
	je .Llegacy_save
	/* XRSTOR refuses a header with anything in it but what XSAVE or XSAVEC has written. */
	xorl %eax, %eax
	movq %rax, LEGACY+0(%rsp)
	movq %rax, LEGACY+8(%rsp)
	movq %rax, LEGACY+16(%rsp)
	movq %rax, LEGACY+24(%rsp)
	movq %rax, LEGACY+32(%rsp)
	movq %rax, LEGACY+40(%rsp)
	movq %rax, LEGACY+48(%rsp)
	movq %rax, LEGACY+56(%rsp)
	movl $COMPONENTS, %eax
	xorl %edx, %edx
	testl $COMPACT, %r11d
	jnz .Lcompact_save
	xsave64 (%rsp)
.Lsaved:
	movl -72(%rbp), %edi
	call dlkm_stub_resolve
	movq %rax, %r11

	cmpl $LEGACY, dlkm_stub_area(%rip)
	je .Llegacy_restore
	/* It takes both formats. */
	movl $COMPONENTS, %eax
	xorl %edx, %edx
	xrstor64 (%rsp)
.Lrestored:
	leaq -80(%rbp), %rsp
	popq %rbx
	.cfi_same_value %rbx
	/* The place of the index. */
	popq %r10
	popq %r10
	popq %r9
	popq %r8
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
	popq %rax
	popq %rbp
	.cfi_def_cfa %rsp, 8
	.cfi_same_value %rbp
	jmpq *%r11

	/* What is below belongs to the frame that has been built. */
	.cfi_def_cfa %rbp, 16
	.cfi_offset %rbp, -16
	.cfi_offset %rbx, -96
.Lcompact_save:
	xsavec64 (%rsp)
	jmp .Lsaved
.Llegacy_save:
	fxsave64 (%rsp)
	jmp .Lsaved
.Llegacy_restore:
	fxrstor64 (%rsp)
	jmp .Lrestored

	/* What the constructor in runtime.c has not found out: the bytes that the components need in the
	   standard format, which is the largest end of one of them. All processors of a machine answer the
	   same, so it does not matter which thread writes it. */
.Lmeasure:
	movl $LEGACY, %r8d
#ifndef DLKM_STUB_FXSAVE
	xorl %eax, %eax
	cpuid
	cmpl $13, %eax
	jb .Lmeasured_now
	movl $1, %eax
	cpuid
	/* OSXSAVE: the system lets programs use it. */
	btl $27, %ecx
	jnc .Lmeasured_now
	xorl %ecx, %ecx
	xgetbv
	andl $COMPONENTS, %eax
	movl %eax, %esi
	movl $LEGACY+HEADER, %r8d
	movl $2, %edi
.Lcomponent:
	btl %edi, %esi
	jnc .Lnext
	movl $13, %eax
	movl %edi, %ecx
	cpuid
	addl %ebx, %eax
	cmpl %r8d, %eax
	cmoval %eax, %r8d
.Lnext:
	incl %edi
	cmpl $8, %edi
	jb .Lcomponent
.Lmeasured_now:
#endif
	addl $63, %r8d
	andl $-64, %r8d
	movl %r8d, dlkm_stub_area(%rip)
	movl %r8d, %r11d
	jmp .Lmeasured
	.cfi_endproc
	.size dlkm_stub_cold, . - dlkm_stub_cold

	/* The bytes to keep vector registers in: LEGACY for FXSAVE; with COMPACT, for XSAVEC; else for XSAVE.
	   0 is not known yet. */
	.bss
	.balign 4
	.globl dlkm_stub_area
	.hidden dlkm_stub_area
	.type dlkm_stub_area, @object
dlkm_stub_area:
	.long 0
	.size dlkm_stub_area, 4

	.section .note.GNU-stack, "", @progbits

	/* All of this library keeps to the rules of indirect branch tracking and of the shadow stack. */
	.section .note.gnu.property, "a", @note
	.p2align 3
	.long 4, 16, 5
	.asciz "GNU"
	.long 0xc0000002, 4, 3, 0
