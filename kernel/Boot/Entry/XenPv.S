# Xen PV: the notes by which Xen's loader knows the image, the entry, hypercalls and exceptions.
#
# Contract of the entry (xen/include/public/arch-x86/xen.h, xen.h "Start-of-day memory layout"):
#   in   rsi = virtual address of struct start_info; rsp = top of the bootstrap stack (one page), above which nothing of the loader's
#        lies; 64-bit mode at privilege level 3 with paging on, everything mapped at IMAGE_BASE; events masked
#   out  kmain_xen_pv(rdi = start_info, rsi = the bootstrap stack's top), on the image's own boot stack

.set IMAGE_BASE, 0xffffffff80000000
.set BOOT_STACK_SIZE, 16384                # Boot/Entry/Pvh.S
.set FLAT_KERNEL_CS, 0xe033                # the code segment that Xen gives a 64-bit guest kernel
.set EVENTS_OFF, 4                         # TI_IF: mask events on entry
.set FROM_KERNEL, 1                        # the privilege level from which the kernel may raise it by an instruction
.set HYPERCALL_SHIFT, 5                    # 32 bytes each

.macro NOTE type
        .balign 4
        .long   4, 2f - 1f, \type          # size of owner, size of descriptor, type
        .asciz  "Xen"
1:
.endm

.section .note.Xen, "a", @note
        NOTE    1                          # XEN_ELFNOTE_ENTRY
        .quad   xen_pv_entry
2:      NOTE    2                          # XEN_ELFNOTE_HYPERCALL_PAGE
        .quad   hypercall_page
2:      NOTE    3                          # XEN_ELFNOTE_VIRT_BASE
        .quad   IMAGE_BASE
2:      NOTE    4                          # XEN_ELFNOTE_PADDR_OFFSET
        .quad   0
2:      NOTE    5                          # XEN_ELFNOTE_XEN_VERSION
        .asciz  "xen-3.0"
2:      NOTE    6                          # XEN_ELFNOTE_GUEST_OS
        .asciz  "Guest"
2:      NOTE    8                          # XEN_ELFNOTE_LOADER
        .asciz  "generic"
2:      NOTE    9                          # XEN_ELFNOTE_PAE_MODE
        .asciz  "yes"
2:      .balign 4

# Xen writes the code of each hypercall here, as the kind of guest needs it.
.section .hypercall_page, "ax", @nobits
        .balign 4096
.global hypercall_page
hypercall_page:
        .skip   4096

.text
.global xen_pv_entry
xen_pv_entry:
        cld
        movq    %rsi, %rdi
        movq    %rsp, %rsi
        leaq    boot_stack + BOOT_STACK_SIZE(%rip), %rsp
        xorl    %ebp, %ebp                 # the end of every back trace
        call    kmain_xen_pv
        ud2                                # it does not return

# long xen_hypercall(ulong number, ulong first, ulong second, ulong third, ulong fourth)
# Hypercalls take their arguments in rdi, rsi, rdx, r10; the page's code keeps all else but rax.
        .balign 16
.global xen_hypercall
xen_hypercall:
        shlq    $HYPERCALL_SHIFT, %rdi
        leaq    hypercall_page(%rip), %rax
        addq    %rdi, %rax
        movq    %rsi, %rdi
        movq    %rdx, %rsi
        movq    %rcx, %rdx
        movq    %r8, %r10
        jmpq    *%rax

        .balign 16
.global xen_hypercall_page_address
xen_hypercall_page_address:
        leaq    hypercall_page(%rip), %rax
        ret

# Exceptions. Xen pushes what the processor would (no interrupt stack table here: on the current stack), and above that r11 and rcx,
# which its own way back overwrites. Without those two the frame is the processor's, and ends in the same panic.
.altmacro
.macro XEN_EXCEPTION vector
        .balign 16
xen_exception_\vector:
        popq    %rcx
        popq    %r11
    .if \vector == 8 || (\vector >= 10 && \vector <= 14) || \vector == 17 || \vector == 21
        # Xen has pushed an error code
    .else
        pushq   $0
    .endif
        pushq   $\vector
        movl    $0, 28(%rsp)               # the upper half of cs's slot holds Xen's copy of the event mask
        jmp     exception_common           # Core/Cpu/Interrupts.S
.endm

.set vector, 0
.rept 32
        XEN_EXCEPTION %vector
.set vector, vector + 1
.endr

# An event's upcall. Events stay masked for the kernel's life, so this runs only if that failed: go back, still masked.
        .balign 16
xen_event:
        popq    %rcx
        popq    %r11
        orb     $3, 8(%rsp)                # the frame says level 0, which Xen only pretends
        iretq

# A return by the hypervisor to the guest failed on a segment register; ours never change.
        .balign 16
xen_failsafe:
        popq    %rcx
        popq    %r11
        addq    $32, %rsp                  # ds, es, fs, gs
        pushq   $0
        pushq   $13
        jmp     exception_common

        .balign 16
.global xen_trap_table_address
xen_trap_table_address:
        leaq    xen_trap_table(%rip), %rax
        ret

        .balign 16
.global xen_callbacks_address
xen_callbacks_address:
        leaq    xen_callbacks(%rip), %rax
        ret

.macro TRAP vector
        .byte   \vector                    # struct trap_info
    .if \vector == 3 || \vector == 4
        .byte   EVENTS_OFF | FROM_KERNEL
    .else
        .byte   EVENTS_OFF
    .endif
        .word   FLAT_KERNEL_CS
        .long   0
        .quad   xen_exception_\vector
.endm

.section .rodata.xen, "a"
        .balign 8
xen_trap_table:
.set vector, 0
.rept 20
    .if vector != 2 && vector != 9 && vector != 15
        TRAP    %vector
    .endif
.set vector, vector + 1
.endr
        .quad   0, 0                       # the end

xen_callbacks:                             # two of struct callback_register
        .word   0, 0                       # CALLBACKTYPE_event
        .long   0
        .quad   xen_event
        .word   1, 0                       # CALLBACKTYPE_failsafe
        .long   0
        .quad   xen_failsafe
