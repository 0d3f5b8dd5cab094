# Calls through interfaces (see Runtime/InterfaceDispatch.cs). On entry r11 = the call's cell, rdi = the object, and the other argument
# registers (rsi, rdx, rcx, r8, r9, xmm0-7) belong to the method that is called; r10 and rax are free.

        .text

        # A cell that has a table: entries of (type, code) from offset 16, ended by a type of zero.
        .balign 16
        .type   guest_cached_dispatch, @function
guest_cached_dispatch:
        movq    8(%r11), %r10               # the table
        movq    (%rdi), %rax                # the object's type; a null object faults here
        cmpq    %rax, 16(%r10)
        jne     .Lsecond
        jmp     *24(%r10)
.Lsecond:
        cmpq    %rax, 32(%r10)
        jne     .Lsearch
        jmp     *40(%r10)
.Lsearch:
        cmpq    $0, 16(%r10)                # the end: not met yet
        je      RhpInitialDynamicInterfaceDispatch
        addq    $16, %r10
        cmpq    %rax, 16(%r10)
        jne     .Lsearch
        jmp     *24(%r10)

        # A cell that has none yet, or a type that its table does not hold: find the method, then go on there.
        .globl  RhpInitialDynamicInterfaceDispatch
        .balign 16
        .type   RhpInitialDynamicInterfaceDispatch, @function
RhpInitialDynamicInterfaceDispatch:
        testb   (%rdi), %al                 # a null object faults here, as it would in a virtual call
        pushq   %rdi
        pushq   %rsi
        pushq   %rdx
        pushq   %rcx
        pushq   %r8
        pushq   %r9
        subq    $136, %rsp                  # eight xmm registers; with the return address, rsp is a multiple of 16
        movups  %xmm0, (%rsp)
        movups  %xmm1, 16(%rsp)
        movups  %xmm2, 32(%rsp)
        movups  %xmm3, 48(%rsp)
        movups  %xmm4, 64(%rsp)
        movups  %xmm5, 80(%rsp)
        movups  %xmm6, 96(%rsp)
        movups  %xmm7, 112(%rsp)
        movq    %r11, %rsi                  # (object, cell)
        call    GuestResolveInterface
        movups  (%rsp), %xmm0
        movups  16(%rsp), %xmm1
        movups  32(%rsp), %xmm2
        movups  48(%rsp), %xmm3
        movups  64(%rsp), %xmm4
        movups  80(%rsp), %xmm5
        movups  96(%rsp), %xmm6
        movups  112(%rsp), %xmm7
        addq    $136, %rsp
        popq    %r9
        popq    %r8
        popq    %rcx
        popq    %rdx
        popq    %rsi
        popq    %rdi
        jmp     *%rax

        .globl  GuestCachedDispatchAddress
        .type   GuestCachedDispatchAddress, @function
        .balign 4
GuestCachedDispatchAddress:
        leaq    guest_cached_dispatch(%rip), %rax
        ret

        .section .note.GNU-stack, "", @progbits
