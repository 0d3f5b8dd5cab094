# memmove and memset: every copy and fill of compiled code and of spans comes here (System/SpanHelpers.cs).
#
# System V: rdi = destination, rsi = source (or esi = value), rdx = bytes; rax returns the destination. xmm0-15 are the callee's to use.
# Emulators and old processors are slow at "rep movsb", and so is any processor for small sizes; hence moves of 16 bytes. All loads of a size
# up to 256 come before the first store, so overlap needs no thought there.

        .text

        .globl  memcpy
        .globl  memmove
        .type   memcpy, @function
        .type   memmove, @function
        .balign 16
memcpy:
memmove:
        movq    %rdi, %rax                  # the result
        cmpq    $16, %rdx
        jb      .Lcopy_below16
        cmpq    $32, %rdx
        ja      .Lcopy_above32
        movups  (%rsi), %xmm0               # 16..32: the first and the last 16, which may share bytes
        movups  -16(%rsi,%rdx), %xmm1
        movups  %xmm0, (%rdi)
        movups  %xmm1, -16(%rdi,%rdx)
        ret

.Lcopy_above32:
        cmpq    $64, %rdx
        ja      .Lcopy_above64
        movups  (%rsi), %xmm0               # 33..64: two from each end
        movups  16(%rsi), %xmm1
        movups  -32(%rsi,%rdx), %xmm2
        movups  -16(%rsi,%rdx), %xmm3
        movups  %xmm0, (%rdi)
        movups  %xmm1, 16(%rdi)
        movups  %xmm2, -32(%rdi,%rdx)
        movups  %xmm3, -16(%rdi,%rdx)
        ret

.Lcopy_above64:
        cmpq    $128, %rdx
        ja      .Lcopy_above128
        movups  (%rsi), %xmm0               # 65..128: four from each end
        movups  16(%rsi), %xmm1
        movups  32(%rsi), %xmm2
        movups  48(%rsi), %xmm3
        movups  -64(%rsi,%rdx), %xmm4
        movups  -48(%rsi,%rdx), %xmm5
        movups  -32(%rsi,%rdx), %xmm6
        movups  -16(%rsi,%rdx), %xmm7
        movups  %xmm0, (%rdi)
        movups  %xmm1, 16(%rdi)
        movups  %xmm2, 32(%rdi)
        movups  %xmm3, 48(%rdi)
        movups  %xmm4, -64(%rdi,%rdx)
        movups  %xmm5, -48(%rdi,%rdx)
        movups  %xmm6, -32(%rdi,%rdx)
        movups  %xmm7, -16(%rdi,%rdx)
        ret

.Lcopy_above128:
        movq    %rdi, %rcx
        subq    %rsi, %rcx                  # destination - source, unsigned: below the length
        cmpq    %rdx, %rcx                  #   means that going forward would overwrite what is still to be read
        jb      .Lcopy_backward

        # Forward, 128 bytes a turn. The last 128 are loaded at the end, from source bytes that no turn has overwritten: a turn writes
        # below what it has read when the destination lies below, and nowhere near when they do not overlap.
        movups  -16(%rsi,%rdx), %xmm8       # the last 128 bytes, read before anything is written
        movups  -32(%rsi,%rdx), %xmm9
        movups  -48(%rsi,%rdx), %xmm10
        movups  -64(%rsi,%rdx), %xmm11
        movups  -80(%rsi,%rdx), %xmm12
        movups  -96(%rsi,%rdx), %xmm13
        movups  -112(%rsi,%rdx), %xmm14
        movups  -128(%rsi,%rdx), %xmm15
        leaq    -128(%rdi,%rdx), %rcx       # where they go
.Lcopy_forward:
        movups  (%rsi), %xmm0
        movups  16(%rsi), %xmm1
        movups  32(%rsi), %xmm2
        movups  48(%rsi), %xmm3
        movups  64(%rsi), %xmm4
        movups  80(%rsi), %xmm5
        movups  96(%rsi), %xmm6
        movups  112(%rsi), %xmm7
        subq    $-128, %rsi
        movups  %xmm0, (%rdi)
        movups  %xmm1, 16(%rdi)
        movups  %xmm2, 32(%rdi)
        movups  %xmm3, 48(%rdi)
        movups  %xmm4, 64(%rdi)
        movups  %xmm5, 80(%rdi)
        movups  %xmm6, 96(%rdi)
        movups  %xmm7, 112(%rdi)
        subq    $-128, %rdi
        cmpq    %rcx, %rdi                  # until the rest is at most the 128 bytes in hand
        jb      .Lcopy_forward
        movups  %xmm15, (%rcx)
        movups  %xmm14, 16(%rcx)
        movups  %xmm13, 32(%rcx)
        movups  %xmm12, 48(%rcx)
        movups  %xmm11, 64(%rcx)
        movups  %xmm10, 80(%rcx)
        movups  %xmm9, 96(%rcx)
        movups  %xmm8, 112(%rcx)
        ret

        # Backward, the mirror image: the first 64 bytes are kept in hand.
.Lcopy_backward:
        movups  (%rsi), %xmm8
        movups  16(%rsi), %xmm9
        movups  32(%rsi), %xmm10
        movups  48(%rsi), %xmm11
.Lcopy_backward_turn:
        movups  -16(%rsi,%rdx), %xmm0
        movups  -32(%rsi,%rdx), %xmm1
        movups  -48(%rsi,%rdx), %xmm2
        movups  -64(%rsi,%rdx), %xmm3
        movups  %xmm0, -16(%rdi,%rdx)
        movups  %xmm1, -32(%rdi,%rdx)
        movups  %xmm2, -48(%rdi,%rdx)
        movups  %xmm3, -64(%rdi,%rdx)
        subq    $64, %rdx
        cmpq    $64, %rdx                   # until the rest is at most the 64 bytes in hand
        ja      .Lcopy_backward_turn
        movups  %xmm8, (%rdi)
        movups  %xmm9, 16(%rdi)
        movups  %xmm10, 32(%rdi)
        movups  %xmm11, 48(%rdi)
        ret

.Lcopy_below16:
        cmpl    $8, %edx
        jb      .Lcopy_below8
        movq    (%rsi), %rcx                # 8..15
        movq    -8(%rsi,%rdx), %r8
        movq    %rcx, (%rdi)
        movq    %r8, -8(%rdi,%rdx)
        ret
.Lcopy_below8:
        cmpl    $4, %edx
        jb      .Lcopy_below4
        movl    (%rsi), %ecx                # 4..7
        movl    -4(%rsi,%rdx), %r8d
        movl    %ecx, (%rdi)
        movl    %r8d, -4(%rdi,%rdx)
        ret
.Lcopy_below4:
        testl   %edx, %edx
        je      .Lcopy_done
        movzbl  (%rsi), %ecx                # 1..3: first, last, and the last two if there are
        movzbl  -1(%rsi,%rdx), %r8d
        cmpl    $2, %edx
        jb      .Lcopy_one
        movzbl  1(%rsi), %r9d
        movb    %r9b, 1(%rdi)
.Lcopy_one:
        movb    %cl, (%rdi)
        movb    %r8b, -1(%rdi,%rdx)
.Lcopy_done:
        ret

        .globl  memset
        .type   memset, @function
        .balign 16
memset:
        movq    %rdi, %rax                  # the result
        movzbl  %sil, %esi
        movabsq $0x0101010101010101, %rcx
        imulq   %rcx, %rsi                  # the byte, eight times
        cmpq    $16, %rdx
        jb      .Lfill_below16
        movq    %rsi, %xmm0
        punpcklqdq %xmm0, %xmm0             # and sixteen times
        leaq    -16(%rdi,%rdx), %rcx        # where the last 16 bytes go
        cmpq    $64, %rdx
        jbe     .Lfill_tail
        leaq    -48(%rcx), %r8              # where the last 64 bytes go
.Lfill_turn:
        movups  %xmm0, (%rdi)
        movups  %xmm0, 16(%rdi)
        movups  %xmm0, 32(%rdi)
        movups  %xmm0, 48(%rdi)
        addq    $64, %rdi
        cmpq    %r8, %rdi                   # until at most 64 bytes are left
        jb      .Lfill_turn
        movups  %xmm0, (%r8)
        movups  %xmm0, 16(%r8)
        movups  %xmm0, 32(%r8)
        movups  %xmm0, (%rcx)
        ret
.Lfill_tail:
        movups  %xmm0, (%rdi)               # 16..64: from both ends
        movups  %xmm0, (%rcx)
        cmpl    $32, %edx
        jbe     .Lfill_done
        movups  %xmm0, 16(%rdi)
        movups  %xmm0, -16(%rcx)
.Lfill_done:
        ret
.Lfill_below16:
        cmpl    $8, %edx
        jb      .Lfill_below8
        movq    %rsi, (%rdi)                # 8..15
        movq    %rsi, -8(%rdi,%rdx)
        ret
.Lfill_below8:
        cmpl    $4, %edx
        jb      .Lfill_below4
        movl    %esi, (%rdi)                # 4..7
        movl    %esi, -4(%rdi,%rdx)
        ret
.Lfill_below4:
        testl   %edx, %edx
        je      .Lfill_done
        movb    %sil, (%rdi)                # 1..3
        movb    %sil, -1(%rdi,%rdx)
        cmpl    $3, %edx
        jne     .Lfill_done
        movb    %sil, 1(%rdi)
        ret

        .section .note.GNU-stack, "", @progbits
