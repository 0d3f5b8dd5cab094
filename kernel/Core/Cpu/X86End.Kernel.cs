using Guest.Core.Power;

namespace Guest.Core.Cpu;

/// <summary>The end of an x86 machine: each way is tried, the kindest first, until one works. The last one always does.</summary>
internal static class X86End
{
    /// <summary>QEMU's isa-debug-exit device: a byte n written here ends QEMU with status 2n + 1.</summary>
    private const ushort DebugExitPort = 0xf4;

    /// <summary>The reset control register of PCs' chip sets: bit 1 says that the reset is a whole one, bit 2 sets it off.</summary>
    private const ushort ResetControl = 0xcf9;
    private const byte PrepareReset = 0x0a;
    private const byte FullReset = 0x0e;

    /// <summary>The keyboard controller's command port: its command pulses the processor's reset line. To Firecracker it means the end.</summary>
    private const ushort KeyboardCommand = 0x64;
    private const byte PulseReset = 0xfe;

    /// <summary>A port whose writing does nothing, in about a microsecond: what kernels have always waited by, without a clock.</summary>
    private const ushort DelayPort = 0x80;
    private const int WritesInPatience = 200_000;

    private static int s_waysTried;

    /// <summary>Ends the machine, or starts it again, and does not return. A machine that cannot be switched off is reset, which ends it where its
    /// host does not start it again.</summary>
    /// <param name="reason">Why it ends.</param>
    /// <param name="exitCode">What a hypervisor is told that can be told.</param>
    /// <param name="power">The board's power registers; null where there are none or they are not known yet.</param>
    public static void Run(ShutdownReason reason, int exitCode, AcpiPower? power)
    {
        // Each way once: a panic in one comes back here, and goes on with the next.
        while (true)
        {
            switch (s_waysTried++)
            {
                case 0 when reason != ShutdownReason.Reboot:
                    X86.Out8(DebugExitPort, (byte)exitCode);
                    break;
                case 1 when reason != ShutdownReason.Reboot && power is not null:
                    power.SwitchOff();
                    GiveTime();
                    break;
                case 2 when power is not null:
                    power.Reset();
                    GiveTime();
                    break;
                case 3:
                    X86.Out8(ResetControl, PrepareReset);
                    X86.Out8(ResetControl, FullReset);
                    GiveTime();
                    break;
                case 4:
                    X86.Out8(KeyboardCommand, PulseReset);
                    GiveTime();
                    break;
                case > 4:
                    X86.TripleFault();
                    break;
                default:
                    break;
            }
        }
    }

    private static void GiveTime()
    {
        for (int i = 0; i < WritesInPatience; i++)
            X86.Out8(DelayPort, 0);
    }
}
