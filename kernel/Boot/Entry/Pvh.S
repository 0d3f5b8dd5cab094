# PVH entry: from 32-bit protected mode without paging to C# in the top 2 GiB.
#
# Contract (xen/docs/misc/pvh.pandoc; QEMU's -kernel follows it too):
#   in   ebx = physical address of struct hvm_start_info; flat 4 GiB segments; interrupts off; paging off; no stack
#   out  kmain_pvh(rdi = physical address of hvm_start_info), on the boot stack, in long mode, SSE on,
#        with the first 4 GiB of memory mapped at 0 and at DIRECT_MAP (ebx and what it leads to may lie anywhere there), and the
#        first GiB at IMAGE_BASE
#        A processor without long mode or without NX is told on the console, and the machine ends.
# Boot tables are six pages in .bss; Core builds the real ones (W^X, page 0 unmapped) and drops these.

.set IMAGE_BASE,  0xffffffff80000000       # kernel/Core/Memory/AddressSpace.cs has the same two
.set DIRECT_MAP_PML4_SLOT, 273             # 0xffff888000000000 >> 39 & 511

.set PTE_TABLE,   0x003                    # present, writable
.set PTE_LARGE,   0x083                    # present, writable, 2 MiB
.set CR0_PG_WP_MP_PE, 0x80010003           # paging; write protection for the kernel too; monitor coprocessor; protected mode
.set CR4_BOOT,    0x6a0                    # PAE, PGE, OSFXSR, OSXMMEXCPT
.set MSR_EFER,    0xc0000080
.set EFER_LME_NXE, 0x900                   # long mode enable, no-execute enable

.set EXTENDED_FEATURES, 0x80000001         # cpuid leaf; in edx:
.set EDX_NX, 1 << 20
.set EDX_LONG_MODE, 1 << 29

.set PANIC_EXIT_CODE, 101                  # kernel/Core/Diagnostics/Panic.Kernel.cs has the same

# The note by which Xen and QEMU find the 32-bit entry (XEN_ELFNOTE_PHYS32_ENTRY = 18).
.section .note.Xen, "a", @note
        .balign 4
        .long   4, 8, 18                   # size of owner, size of descriptor, type
        .asciz  "Xen"
        .quad   pvh_entry - IMAGE_BASE

.section .text.boot, "ax"
.code32
.global pvh_entry
pvh_entry:
        cld

        # A loader clears .bss before the first boot; after a warm reset QEMU leaves there what the last one wrote.
        movl    $__bss_start - IMAGE_BASE, %edi
        movl    $__image_end - IMAGE_BASE, %ecx
        subl    %edi, %ecx
        shrl    $2, %ecx
        xorl    %eax, %eax
        rep stosl

        movl    $boot_stack_top - IMAGE_BASE, %esp
        movl    %ebx, %ebp                 # start_info survives in ebp: cpuid overwrites ebx

        movl    $EXTENDED_FEATURES, %eax
        cpuid
        movl    $no_long_mode - IMAGE_BASE, %esi
        testl   $EDX_LONG_MODE, %edx
        jz      refuse
        movl    $no_nx - IMAGE_BASE, %esi
        testl   $EDX_NX, %edx
        jz      refuse

        # Four page directories, one behind the other, map the first 4 GiB by 2 MiB pages.
        movl    $boot_pd - IMAGE_BASE, %edi
        movl    $PTE_LARGE, %eax
        movl    $4*512, %ecx
1:      movl    %eax, (%edi)
        addl    $0x200000, %eax
        addl    $8, %edi
        decl    %ecx
        jnz     1b

        # One directory-pointer table leads to them from slots 0 to 3 (for 0 and the direct map) and to the first from slot 510 (for the image).
        movl    $boot_pd - IMAGE_BASE + PTE_TABLE, %eax
        movl    %eax, boot_pdpt - IMAGE_BASE + 510*8
        xorl    %ecx, %ecx
1:      movl    %eax, boot_pdpt - IMAGE_BASE(,%ecx,8)
        addl    $4096, %eax
        incl    %ecx
        cmpl    $4, %ecx
        jne     1b
        movl    $boot_pdpt - IMAGE_BASE + PTE_TABLE, %eax
        movl    %eax, boot_pml4 - IMAGE_BASE
        movl    %eax, boot_pml4 - IMAGE_BASE + DIRECT_MAP_PML4_SLOT*8
        movl    %eax, boot_pml4 - IMAGE_BASE + 511*8

        movl    $CR4_BOOT, %eax
        movl    %eax, %cr4
        movl    $boot_pml4 - IMAGE_BASE, %eax
        movl    %eax, %cr3
        movl    $MSR_EFER, %ecx
        rdmsr
        orl     $EFER_LME_NXE, %eax
        wrmsr
        movl    $CR0_PG_WP_MP_PE, %eax     # EM stays clear: SSE is on from here
        movl    %eax, %cr0

        lgdtl   boot_gdt_pointer - IMAGE_BASE
        ljmpl   $8, $1f - IMAGE_BASE       # into 64-bit code, still at its physical address
.code64
1:      movabsq $2f, %rax                  # and up into the top 2 GiB
        jmpq    *%rax
2:      xorl    %eax, %eax                 # no data segment is needed in long mode
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        movl    %eax, %fs
        movl    %eax, %gs
        movabsq $boot_stack_top, %rsp
        lgdtq   boot_gdt_pointer_high      # the same table by its high address: the low one goes away
        movl    %ebp, %edi                 # zero-extends: the physical address
        xorl    %ebp, %ebp                 # the end of every back trace
        call    kmain_pvh
        ud2                                # it does not return

# Says why on COM1 and on the debug console (QEMU's and Xen's), and ends the machine by every way that needs nothing: QEMU's
# isa-debug-exit, the chip set's reset, the keyboard controller's, and a triple fault. esi = physical address of the text.
.section .text.boot, "ax"
.code32
refuse: lodsb
        testb   %al, %al
        jz      3f
        movb    %al, %bl
        movl    $100000, %ecx              # patience
1:      movw    $0x3fd, %dx                # line status
        inb     %dx, %al
        testb   $0x20, %al                 # room for a byte
        jnz     2f
        decl    %ecx
        jnz     1b
2:      movb    %bl, %al
        movw    $0x3f8, %dx
        outb    %al, %dx
        outb    %al, $0xe9
        jmp     refuse
3:      movb    $PANIC_EXIT_CODE, %al
        outb    %al, $0xf4
        movw    $0xcf9, %dx
        movb    $0x0a, %al
        outb    %al, %dx
        movb    $0x0e, %al
        outb    %al, %dx
        movb    $0xfe, %al
        outb    %al, $0x64
        pushl   $0
        pushl   $0
        lidtl   (%esp)
        ud2

.section .rodata.boot, "a"
no_long_mode:
        .asciz  "panic: this processor has no 64-bit mode\n"
no_nx:  .asciz  "panic: this processor has no NX, by which data is kept from being executed: give the machine one that has (-cpu max)\n"
        .balign 8
boot_gdt:
        .quad   0                          # null
        .quad   0x00209b0000000000         # 0x08: code, 64-bit, ring 0, accessed
        .quad   0x0000930000000000         # 0x10: data, ring 0, accessed
boot_gdt_pointer:
        .word   . - boot_gdt - 1
        .long   boot_gdt - IMAGE_BASE
boot_gdt_pointer_high:
        .word   boot_gdt_pointer - boot_gdt - 1
        .quad   boot_gdt

.section .bss.boot, "aw", @nobits
        .balign 4096
boot_pml4:      .skip 4096
boot_pdpt:      .skip 4096
boot_pd:        .skip 4*4096
.global boot_stack
boot_stack:     .skip 16384
boot_stack_top:
