# The instructions that C# has no word for, one small function each. System V calling convention throughout: arguments in
# rdi, rsi, rdx; result in rax; rbx, rbp, r12-r15 preserved. The C# face is X86.Kernel.cs. Functions are aligned to 16 because ilc
# takes bit 1 of a function's address for a flag.

.macro FUNCTION name
        .balign 16
        .global \name
\name:
.endm

.text

FUNCTION cpu_in8                           # byte cpu_in8(ushort port)
        movl    %edi, %edx
        inb     %dx, %al
        movzbl  %al, %eax
        ret

FUNCTION cpu_in16
        movl    %edi, %edx
        inw     %dx, %ax
        movzwl  %ax, %eax
        ret

FUNCTION cpu_in32
        movl    %edi, %edx
        inl     %dx, %eax
        ret

FUNCTION cpu_out8                          # void cpu_out8(ushort port, byte value)
        movl    %edi, %edx
        movl    %esi, %eax
        outb    %al, %dx
        ret

FUNCTION cpu_out16
        movl    %edi, %edx
        movl    %esi, %eax
        outw    %ax, %dx
        ret

FUNCTION cpu_out32
        movl    %edi, %edx
        movl    %esi, %eax
        outl    %eax, %dx
        ret

FUNCTION cpu_insw                          # void cpu_insw(ushort port, void* to, long units)
        movq    %rdx, %rcx
        movl    %edi, %edx
        movq    %rsi, %rdi
        rep insw
        ret

FUNCTION cpu_outsw                         # void cpu_outsw(ushort port, void* from, long units)
        movq    %rdx, %rcx
        movl    %edi, %edx
        rep outsw
        ret

FUNCTION cpu_insl                          # void cpu_insl(ushort port, void* to, long units)
        movq    %rdx, %rcx
        movl    %edi, %edx
        movq    %rsi, %rdi
        rep insl
        ret

FUNCTION cpu_outsl                         # void cpu_outsl(ushort port, void* from, long units)
        movq    %rdx, %rcx
        movl    %edi, %edx
        rep outsl
        ret

FUNCTION cpu_read_msr                      # ulong cpu_read_msr(uint msr)
        movl    %edi, %ecx
        rdmsr
        shlq    $32, %rdx
        orq     %rdx, %rax
        ret

FUNCTION cpu_write_msr                     # void cpu_write_msr(uint msr, ulong value)
        movl    %edi, %ecx
        movl    %esi, %eax
        movq    %rsi, %rdx
        shrq    $32, %rdx
        wrmsr
        ret

FUNCTION cpu_id                            # void cpu_id(uint leaf, uint subleaf, uint* eax_ebx_ecx_edx)
        pushq   %rbx                       # cpuid overwrites it
        movq    %rdx, %r8
        movl    %edi, %eax
        movl    %esi, %ecx
        cpuid
        movl    %eax, 0(%r8)
        movl    %ebx, 4(%r8)
        movl    %ecx, 8(%r8)
        movl    %edx, 12(%r8)
        popq    %rbx
        ret

FUNCTION cpu_read_tsc                      # ulong cpu_read_tsc()
        rdtsc
        shlq    $32, %rdx
        orq     %rdx, %rax
        ret

FUNCTION cpu_read_random                   # bool cpu_read_random(ulong* value): false if the processor has no number ready
        rdrand  %rax
        movq    %rax, (%rdi)
        setc    %al
        movzbl  %al, %eax
        ret

FUNCTION cpu_halt_once                     # void cpu_halt_once(): interrupts are off before and after
        sti                                # takes effect after the next instruction, so an interrupt that is
.global cpu_halting
cpu_halting:
        hlt                                # already pending wakes this hlt instead of preceding it; it
.global cpu_halted
cpu_halted:                                # finds this address pushed, by which Interrupts.S knows that nobody needs any
        ret                                # register, and returns with interrupts off

FUNCTION cpu_take_interrupt                # bool cpu_take_interrupt(): interrupts are off before and after
        sti                                # takes effect after the next instruction
        nop
        pushfq                             # an interrupt that was pending comes before this, and returns with interrupts off
        cli
        popq    %rax
        shrl    $9, %eax                   # RFLAGS.IF: still on if none came
        notl    %eax
        andl    $1, %eax
        ret

FUNCTION cpu_halt_forever
1:      cli
        hlt
        jmp     1b

FUNCTION cpu_triple_fault                  # void cpu_triple_fault(): an exception without a table of handlers resets any processor
        pushq   $0
        pushq   $0
        lidtq   (%rsp)
        ud2

FUNCTION cpu_load_page_tables              # void cpu_load_page_tables(ulong pml4): cr3, flushing every translation
        movq    %cr4, %rax                 # global ones too, by switching PGE off and on
        movq    %rax, %rcx
        andb    $0x7f, %cl
        movq    %rcx, %cr4
        movq    %rdi, %cr3
        movq    %rax, %cr4
        ret

FUNCTION cpu_invalidate_page               # void cpu_invalidate_page(ulong address)
        invlpg  (%rdi)
        ret

FUNCTION cpu_load_tables                   # void cpu_load_tables(void* gdtr, void* idtr, ushort tr)
        lgdtq   (%rdi)
        lidtq   (%rsi)
        ltr     %dx
        ret

FUNCTION cpu_fault_address                 # ulong cpu_fault_address(): cr2
        movq    %cr2, %rax
        ret

FUNCTION cpu_frame_pointer                 # ulong cpu_frame_pointer(): the caller's rbp
        movq    %rbp, %rax
        ret

FUNCTION cpu_stack_pointer                 # ulong cpu_stack_pointer(): the caller's, as it will be after the return
        leaq    8(%rsp), %rax
        ret

# void cpu_switch(ulong* saved, ulong next): leaves the running thread where it can be taken up again, and takes up another.
# Everything that a C# caller expects to find unchanged is on the stack; all else is dead across a call.
FUNCTION cpu_switch
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        ret

# Where a new thread begins: its first switch "returns" here with rbp = 0, which ends every back trace.
FUNCTION cpu_thread_start
        call    thread_main
        ud2

FUNCTION cpu_thread_start_address
        leaq    cpu_thread_start(%rip), %rax
        ret

FUNCTION interrupt_entries_address
        leaq    interrupt_entries(%rip), %rax
        ret
