# Entries for exceptions (vectors 0-31) and interrupts (32-63, and 255 for the APIC's spurious one).
#
# Exceptions run on the stack that the TSS names (IST 1), because the fault may be the stack itself, and do not return.
# Interrupts run on the interrupted thread's stack: managed code has no red zone. Nearly all interrupt cpu_halt_once, a function that
# C# has called: as at any call, nothing that C# may overwrite is in use there, and nothing is saved. Of other code all of that is
# saved, SSE registers included, so it can be any code. Either way the interrupt flag comes back clear: one interrupt ends the idling
# that let it in, and a line that stays raised cannot keep the kernel from running.

.set RFLAGS_IF, 0x200

.text
.altmacro

.macro EXCEPTION vector
        .balign 16
exception_\vector:
    .if \vector == 8 || (\vector >= 10 && \vector <= 14) || \vector == 17 || \vector == 21 || \vector == 29 || \vector == 30
        # the processor has pushed an error code
    .else
        pushq   $0
    .endif
        pushq   $\vector
        jmp     exception_common
.endm

.set vector, 0
.rept 32
        EXCEPTION %vector
.set vector, vector + 1
.endr

# The frame that C# sees (ExceptionFrame.cs), lowest address first: r15 .. rax, vector, error code, rip, cs, rflags, rsp, ss.
.global exception_common               # Xen PV's entries end here too
exception_common:
        cld
        pushq   %rax
        pushq   %rcx
        pushq   %rdx
        pushq   %rbx
        pushq   %rbp
        pushq   %rsi
        pushq   %rdi
        pushq   %r8
        pushq   %r9
        pushq   %r10
        pushq   %r11
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, %rdi
        xorl    %ebp, %ebp
        andq    $-16, %rsp
        call    exception_entered
        ud2

.macro INTERRUPT number
        .balign 16
interrupt_\number:
        pushq   %rax
        movl    $\number, %eax
        jmp     interrupt_common
.endm

.set vector, 32
.rept 32
        INTERRUPT %vector
.set vector, vector + 1
.endr

interrupt_common:                          # eax: the vector; on the stack: rax, then what the processor pushed, rip first
        cmpq    $cpu_halted, 8(%rsp)
        jne     interrupt_elsewhere
interrupt_of_idle:
        movl    %eax, %edi
        call    interrupt_entered          # void interrupt_entered(int vector); the processor has aligned the stack, and pushed an
        movq    32(%rsp), %rsp             # odd number of words, rax makes it even. The rest of cpu_halt_once is a return, so what
        ret                                # was interrupted need not be gone back to: rsp as it was there has the caller's address

interrupt_elsewhere:
        cmpq    $cpu_halting, 8(%rsp)      # sti should have kept interrupts out until hlt, but a hypervisor may forget that when it leaves
        je      interrupt_of_idle          # the guest in between (KVM on QEMU's SVM does); hlt with interrupts off would never end
        pushq   %rcx
        pushq   %rdx
        pushq   %rsi
        pushq   %rdi
        pushq   %r8
        pushq   %r9
        pushq   %r10
        pushq   %r11
        pushq   %rbp
        movq    %rsp, %rbp                 # survives the call, and finds the way back from the alignment
        subq    $256 + 16, %rsp
        andq    $-16, %rsp
        stmxcsr 256(%rsp)
        movups  %xmm0,    0(%rsp)
        movups  %xmm1,   16(%rsp)
        movups  %xmm2,   32(%rsp)
        movups  %xmm3,   48(%rsp)
        movups  %xmm4,   64(%rsp)
        movups  %xmm5,   80(%rsp)
        movups  %xmm6,   96(%rsp)
        movups  %xmm7,  112(%rsp)
        movups  %xmm8,  128(%rsp)
        movups  %xmm9,  144(%rsp)
        movups  %xmm10, 160(%rsp)
        movups  %xmm11, 176(%rsp)
        movups  %xmm12, 192(%rsp)
        movups  %xmm13, 208(%rsp)
        movups  %xmm14, 224(%rsp)
        movups  %xmm15, 240(%rsp)
        cld
        movl    %eax, %edi
        call    interrupt_entered
        movups    0(%rsp), %xmm0
        movups   16(%rsp), %xmm1
        movups   32(%rsp), %xmm2
        movups   48(%rsp), %xmm3
        movups   64(%rsp), %xmm4
        movups   80(%rsp), %xmm5
        movups   96(%rsp), %xmm6
        movups  112(%rsp), %xmm7
        movups  128(%rsp), %xmm8
        movups  144(%rsp), %xmm9
        movups  160(%rsp), %xmm10
        movups  176(%rsp), %xmm11
        movups  192(%rsp), %xmm12
        movups  208(%rsp), %xmm13
        movups  224(%rsp), %xmm14
        movups  240(%rsp), %xmm15
        ldmxcsr 256(%rsp)
        movq    %rbp, %rsp
        popq    %rbp
        popq    %r11
        popq    %r10
        popq    %r9
        popq    %r8
        popq    %rdi
        popq    %rsi
        popq    %rdx
        popq    %rcx
        popq    %rax
interrupt_spurious:                        # the APIC wants no end-of-interrupt for it
        andl    $~RFLAGS_IF, 16(%rsp)      # return with interrupts off
        iretq

.macro ADDRESS prefix number
        .quad   \prefix\number
.endm

# The entries' addresses, for the interrupt descriptor table.
.section .rodata.interrupts, "a"
        .balign 8
.global interrupt_entries
interrupt_entries:
.set vector, 0
.rept 32
        ADDRESS exception_, %vector
.set vector, vector + 1
.endr
.rept 32
        ADDRESS interrupt_, %vector
.set vector, vector + 1
.endr
        .quad   interrupt_spurious
