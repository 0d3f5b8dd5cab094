# The Internet checksum's long sums (InternetChecksum.Kernel.cs): eight bytes an instruction, each carry added with the next eight (RFC 1071, 2 (A) and (C)).
#
# System V: rdi = the bytes, rsi = how many blocks of 64, at least one, rdx = what they are added to; rax returns the sum modulo 2^64 - 1.

        .text

        .globl  net_sum_blocks
        .type   net_sum_blocks, @function
        .balign 16
net_sum_blocks:
        movq    %rdx, %rax
        incq    %rsi
        shrq    %rsi                        # turns of two blocks
        jnc     .Lsum_second                # an odd number: the first turn has only its second block; and there is no carry
        clc
.Lsum_first:
        adcq    (%rdi), %rax
        adcq    8(%rdi), %rax
        adcq    16(%rdi), %rax
        adcq    24(%rdi), %rax
        adcq    32(%rdi), %rax
        adcq    40(%rdi), %rax
        adcq    48(%rdi), %rax
        adcq    56(%rdi), %rax
        leaq    64(%rdi), %rdi              # leaves the carry alone, as dec does
.Lsum_second:
        adcq    (%rdi), %rax
        adcq    8(%rdi), %rax
        adcq    16(%rdi), %rax
        adcq    24(%rdi), %rax
        adcq    32(%rdi), %rax
        adcq    40(%rdi), %rax
        adcq    48(%rdi), %rax
        adcq    56(%rdi), %rax
        leaq    64(%rdi), %rdi
        decq    %rsi
        jnz     .Lsum_first
        adcq    $0, %rax
        adcq    $0, %rax                    # of all ones and a carry another carry comes
        ret

        .section .note.GNU-stack, "", @progbits
