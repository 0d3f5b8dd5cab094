using System.Runtime.InteropServices;

namespace Guest.Core.Cpu;

/// <summary>The registers at an exception, as Interrupts.S (and its Xen PV twin) lay them on the stack.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ExceptionFrame
{
    /// <summary>General registers, last pushed first.</summary>
    public ulong R15, R14, R13, R12, R11, R10, R9, R8, Rdi, Rsi, Rbp, Rbx, Rdx, Rcx, Rax;

    /// <summary>The exception's number (Intel SDM vol. 3, table 6-1).</summary>
    public ulong Vector;

    /// <summary>Its error code, or 0.</summary>
    public ulong ErrorCode;

    /// <summary>Where, and with which stack.</summary>
    public ulong Rip, Cs, Rflags, Rsp, Ss;
}
