# The least that makes a Linux process of compiled C#: an entry, two system calls, and memory for the arena.

        .text

        # The kernel starts a process here: argc at (rsp), then argv; rsp is a multiple of 16.
        .globl  _start
_start:
        xorl    %ebp, %ebp                  # the outermost frame
        movl    (%rsp), %edi                # argc
        leaq    8(%rsp), %rsi               # argv
        call    start_program               # (argc, argv): Program.Hosting.cs; does not return
        ud2

        # linux_write(rdi = bytes, rsi = count): to standard output.
        .globl  linux_write
        .balign 4
linux_write:
        movq    %rsi, %rdx                  # count
        movq    %rdi, %rsi                  # bytes
        movl    $1, %edi                    # standard output
        movl    $1, %eax                    # SYS_write
        syscall
        ret

        # linux_exit(edi = code)
        .globl  linux_exit
        .balign 4
linux_exit:
        movl    $231, %eax                  # SYS_exit_group
        syscall
        ud2

        # arena_memory: the address of ARENA_BYTES bytes for objects.
        .globl  arena_memory
        .balign 4
arena_memory:
        leaq    arena(%rip), %rax
        ret

        .section .bss
        .balign 4096
arena:  .skip   16 * 1024 * 1024

        .section .note.GNU-stack, "", @progbits
