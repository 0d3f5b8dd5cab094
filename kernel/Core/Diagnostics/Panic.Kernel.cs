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
        BackTrace.Print(X86.StackPointer(), X86.FramePointer(), 0);
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
        Say($"  rip {frame.Rip:x16}  rsp {frame.Rsp:x16}  cs {frame.Cs:x4}  rflags {frame.Rflags:x}");
        SayRegisters(ref frame);
        BackTrace.Print(frame.Rsp, frame.Rbp, frame.Rip);
        End();
    }

    private static void SayRegisters(ref ExceptionFrame frame)
    {
        const int count = 15;
        const int inLine = 4;
        ReadOnlySpan<byte> names = "rax rcx rdx rbx rbp rsi rdi r8  r9  r10 r11 r12 r13 r14 r15 "u8;
        // The one that was pushed last, r15, lies lowest.
        fixed (ulong* values = &frame.R15)
        {
            for (int first = 0; first < count; first += inLine)
            {
                LogLine line = new(0, 0);
                for (int i = first; i < Math.Min(first + inLine, count); i++)
                {
                    line.AppendFormatted("  "u8);
                    line.AppendFormatted(names.Slice(i * 4, 4));
                    line.AppendFormatted(values[count - 1 - i], "x16");
                }

                Say(ref line);
            }
        }
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
        X86End.Run(ShutdownReason.Crash, ExitCode, null);
    }

    private static void Say(ref LogLine line)
    {
        Write(line.Bytes);
        Write("\n"u8);
    }

    private static void Write(ReadOnlySpan<byte> bytes)
    {
        if (Log.Output is { } output)
            output(bytes);
        else
            EarlyPanic.Write(bytes);
    }
}
