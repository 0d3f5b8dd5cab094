# The small helpers that compiled code names, where there is no collector and no unwinder behind them.

        .text

        # *rdi = rsi: a store of a reference. Without a collector there is no barrier.
        .globl  RhpAssignRef
        .globl  RhpCheckedAssignRef
        .balign 16
RhpAssignRef:
RhpCheckedAssignRef:
        movq    %rsi, (%rdi)
        ret

        # Copies one reference from *rsi to *rdi and moves both on; in structs that hold references. Changes rcx only, as compiled code expects.
        .globl  RhpByRefAssignRef
        .balign 16
RhpByRefAssignRef:
        movq    (%rsi), %rcx
        movq    %rcx, (%rdi)
        addq    $8, %rdi
        addq    $8, %rsi
        ret

        # Frames for a collector that does not exist: entering C# from elsewhere and leaving it.
        .globl  RhpReversePInvoke
        .globl  RhpReversePInvokeReturn
        .globl  RhpPInvoke
        .globl  RhpPInvokeReturn
        .globl  RhpGcPoll
        .balign 4
RhpReversePInvoke:
RhpReversePInvokeReturn:
RhpPInvoke:
RhpPInvokeReturn:
RhpGcPoll:
        ret

        # Touches the pages of a large frame, down to r11, so that a stack that is too short faults on its guard page and nowhere else.
        # All registers but r11 are kept.
        .globl  RhpStackProbe
        .balign 16
RhpStackProbe:
        pushq   %rax
        leaq    16(%rsp), %rax              # the caller's rsp
        andq    $-4096, %rax
.Lprobe:
        testl   %eax, (%rax)
        subq    $4096, %rax
        cmpq    %r11, %rax
        jae     .Lprobe
        popq    %rax
        ret

        # throw and rethrow: a panic, in C#, with a frame so that a back trace begins at the throw.
        .globl  RhpThrowEx
        .globl  RhpRethrow
        .balign 16
RhpThrowEx:
        pushq   %rbp
        movq    %rsp, %rbp
        call    RhpThrowExManaged
        ud2
RhpRethrow:
        pushq   %rbp
        movq    %rsp, %rbp
        xorl    %edi, %edi
        call    RhpThrowExManaged
        ud2

        # Where ilc's tables begin.
        .globl  GuestReadyToRunHeader
        .balign 4
GuestReadyToRunHeader:
        leaq    __ReadyToRunHeader(%rip), %rax
        ret

        # "Stop for the collector": never.
        .section .bss
        .globl  RhpTrapThreads
        .balign 4
RhpTrapThreads:
        .skip   4

        # Compared at the end of functions with large arrays on the stack. A constant: it finds overruns, not attackers.
        .section .rodata
        .globl  __security_cookie
        .balign 8
__security_cookie:
        .quad   0x9e3779b97f4a7c15

        .section .note.GNU-stack, "", @progbits
