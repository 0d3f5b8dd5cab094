using System;

namespace Guest.Core.Cpu;

/// <summary>The processor's exceptions by name.</summary>
public static class Exceptions
{
    /// <summary>#PF.</summary>
    public const int PageFault = 14;

    /// <summary>What an exception's number means (Intel SDM vol. 3, table 6-1).</summary>
    public static string NameOf(ulong vector) => vector switch
    {
        0 => "divide error",
        1 => "debug exception",
        2 => "non-maskable interrupt",
        3 => "breakpoint",
        4 => "overflow",
        5 => "bound range exceeded",
        6 => "invalid opcode",
        7 => "device not available",
        8 => "double fault",
        10 => "invalid TSS",
        11 => "segment not present",
        12 => "stack-segment fault",
        13 => "general protection fault",
        PageFault => "page fault",
        16 => "x87 floating-point error",
        17 => "alignment check",
        18 => "machine check",
        19 => "SIMD floating-point exception",
        _ => "exception",
    };
}
