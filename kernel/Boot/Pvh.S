# PVH entry: from 32-bit protected mode without paging to C# in the top 2 GiB.
#
# Contract (xen/docs/misc/pvh.pandoc; QEMU's -kernel follows it too):
#   in   ebx = physical address of struct hvm_start_info; flat 4 GiB segments; interrupts off; paging off; no stack
#   out  kmain_pvh(rdi = physical address of hvm_start_info), on the boot stack, in long mode, SSE on,
#        with the first GiB of memory mapped three times: at 0, at DIRECT_MAP, and at IMAGE_BASE
# Boot tables are three pages in .bss; Core builds the real ones (W^X, page 0 unmapped) and drops these.

.set IMAGE_BASE,  0xffffffff80000000       # kernel/Core/Memory/AddressSpace.cs has the same two
.set DIRECT_MAP_PML4_SLOT, 273             # 0xffff888000000000 >> 39 & 511

.set PTE_TABLE,   0x003                    # present, writable
.set PTE_LARGE,   0x083                    # present, writable, 2 MiB
.set CR0_PG_WP_MP_PE, 0x80010003           # paging; write protection for the kernel too; monitor coprocessor; protected mode
.set CR4_BOOT,    0x6a0                    # PAE, PGE, OSFXSR, OSXMMEXCPT
.set MSR_EFER,    0xc0000080
.set EFER_LME_NXE, 0x900                   # long mode enable, no-execute enable

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

        # One page directory maps the first GiB by 2 MiB pages.
        movl    $boot_pd - IMAGE_BASE, %edi
        movl    $PTE_LARGE, %eax
        movl    $512, %ecx
1:      movl    %eax, (%edi)
        addl    $0x200000, %eax
        addl    $8, %edi
        decl    %ecx
        jnz     1b

        # One directory-pointer table leads to it from slot 0 (for 0 and the direct map) and slot 510 (for the image).
        movl    $boot_pd - IMAGE_BASE + PTE_TABLE, %eax
        movl    %eax, boot_pdpt - IMAGE_BASE
        movl    %eax, boot_pdpt - IMAGE_BASE + 510*8
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

.section .rodata.boot, "a"
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
boot_pd:        .skip 4096
.global boot_stack
boot_stack:     .skip 16384
boot_stack_top:
