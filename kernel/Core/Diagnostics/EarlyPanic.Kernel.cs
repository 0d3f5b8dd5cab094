using System;
using Guest.Core.Cpu;

namespace Guest.Core.Diagnostics;

/// <summary>The end before there is memory or a platform, where nothing may be allocated and no object exists: the two ports where somebody may
/// listen are told why.</summary>
public static class EarlyPanic
{
    private const ushort SerialData = 0x3f8;
    private const ushort SerialStatus = 0x3fd;
    private const byte TransmitterEmpty = 1 << 5;
    private const int PatienceInReads = 100_000;

    /// <summary>QEMU's debug console, and the one of a Xen domain with ports, whose words Xen prints itself.</summary>
    private const ushort DebugConsole = 0xe9;

    /// <summary>Says why, and ends the machine.</summary>
    public static void Die(ReadOnlySpan<byte> reason)
    {
        Write("panic: "u8);
        Write(reason);
        Write("\n"u8);
        X86End.Run(ShutdownReason.Crash, Panic.ExitCode, null);
    }

    /// <summary>Writes to both ports, whether or not somebody listens.</summary>
    internal static void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            for (int i = 0; i < PatienceInReads && (X86.In8(SerialStatus) & TransmitterEmpty) == 0; i++)
            {
            }

            X86.Out8(SerialData, value);
            X86.Out8(DebugConsole, value);
        }
    }
}
