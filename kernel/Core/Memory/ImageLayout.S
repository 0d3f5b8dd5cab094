# The linker's symbols, readable from C#: struct ImageLayout (ImageLayout.cs).
.section .rodata.image_layout, "a"
        .balign 8
image_layout:
        .quad   __image_start, __text_end, __rodata_end, __image_end

.text
        .balign 16
.global image_layout_address
image_layout_address:
        leaq    image_layout(%rip), %rax
        ret
