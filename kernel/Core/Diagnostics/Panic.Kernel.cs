using System;
using Guest.Core.Cpu;
using Guest.Core.Memory;

namespace Guest.Core.Diagnostics;

/// <summary>The end after a bug: says what happened and where, on the console, and stops the machine.</summary>
public static unsafe class Panic
{
    /// <summary>The exit code that <c>./guest run</c> returns after a panic.</summary>
    public const int ExitCode = 101;

    private static bool s_panicking;

    /// <summary>Ends the machine for a reason that the kernel itself found.</summary>
    public static void Die(ReadOnlySpan<char> reason)
    {
        Begin();
        Say($"panic: {reason}");
        BackTrace.Print(Processor.StackPointer(), 0);
        End();
    }

    /// <summary>Ends the machine after a processor exception.</summary>
    public static void OnException(ref ExceptionFrame frame, ulong faultAddress)
    {
        Begin();
        if (frame.Vector == Exceptions.PageFault)
            SayPageFault(frame, faultAddress);
        else
            Say($"panic: {Exceptions.NameOf(frame.Vector)}, error code {frame.ErrorCode:x}");
        Say($"  rip {frame.Rip:x16}  cs {frame.Cs:x4}  rflags {frame.Rflags:x}");
        Say($"  rax {frame.Rax:x16}  rbx {frame.Rbx:x16}  rcx {frame.Rcx:x16}  rdx {frame.Rdx:x16}");
        Say($"  rsi {frame.Rsi:x16}  rdi {frame.Rdi:x16}  rbp {frame.Rbp:x16}  rsp {frame.Rsp:x16}");
        Say($"   r8 {frame.R8:x16}   r9 {frame.R9:x16}  r10 {frame.R10:x16}  r11 {frame.R11:x16}");
        Say($"  r12 {frame.R12:x16}  r13 {frame.R13:x16}  r14 {frame.R14:x16}  r15 {frame.R15:x16}");
        BackTrace.Print(frame.Rsp, frame.Rip);
        End();
    }

    private static void SayPageFault(in ExceptionFrame frame, ulong address)
    {
        string access = (frame.ErrorCode & 16) != 0 ? "executing" : (frame.ErrorCode & 2) != 0 ? "writing" : "reading";
        string cause = address < FrameAllocator.FrameSize ? " (a null reference)"
            : Stacks.IsGuard(address) ? " (a stack overflow)"
            : (frame.ErrorCode & 1) != 0 ? " (not allowed there)"
            : "";
        Say($"panic: page fault {access} {address:x}{cause}");
    }

    /// <summary>A panic in a panic prints nothing more.</summary>
    private static void Begin()
    {
        if (s_panicking)
            End();
        s_panicking = true;
    }

    private static void End()
    {
        Platform.Current?.Shutdown(ShutdownReason.Crash, ExitCode);
        Processor.HaltForever();
    }

    private static void Say(ref LogLine line)
    {
        Log.Output?.Invoke(line.Bytes);
        Log.Output?.Invoke("\n"u8);
    }
}
