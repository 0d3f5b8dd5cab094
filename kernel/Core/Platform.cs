using System;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Core;

/// <summary>What the kernel needs of the machine it runs on. Bare x86 (Core/Cpu) and Xen PV (Pv/Xen) each implement it; Boot
/// chooses one before anything else runs, and nothing above asks which.</summary>
/// <remarks>Interrupts are off except inside <see cref="Idle"/> and <see cref="TakePending"/>: an interrupt is a way to leave the first, and the
/// run loop finds out by polling what there is to do. No member is called per packet.</remarks>
public abstract class Platform
{
    private static Platform? s_current;

    /// <summary>A machine, with its first processor.</summary>
    protected Platform() => Processor = new Processor(this);

    /// <summary>The platform that Boot chose.</summary>
    public static Platform Current => s_current!;

    /// <summary>The processor that everything at boot belongs to.</summary>
    public Processor Processor { get; }

    /// <summary>Names the platform, as the console shows it: <c>x86</c>, <c>xen-pv</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether there are buses and registers; a Xen PV domain has neither.</summary>
    public virtual bool HasPci => true;

    /// <summary>The monotonic clock.</summary>
    public abstract Instant Now { get; }

    /// <summary>Nanoseconds since 1970-01-01 UTC at <see cref="Instant.Zero"/>; 0 where the machine does not tell.</summary>
    public abstract long UtcNanosecondsAtZero { get; }

    /// <summary>The page tables in use, to which stacks and device memory are added.</summary>
    public abstract PageTables PageTables { get; }

    /// <summary>Ticks of the time-stamp counter that passed in <see cref="Idle"/>: all others were spent by the kernel or the application.</summary>
    public long IdleTicks { get; protected set; }

    /// <summary>Makes this the platform; once, by Boot.</summary>
    public static void Install(Platform platform)
    {
        s_current = platform;
        Processor.Enter(platform.Processor);
    }

    /// <summary>Halts until an interrupt (or an event) has been handled or <paramref name="deadline"/> has passed. One that came
    /// before the call and is still pending ends it at once, so a driver that armed its device can lose no wake-up.</summary>
    public abstract void Idle(Instant deadline);

    /// <summary>Handles the interrupts (or events) that are pending, without waiting for any: how a machine that never idles hears them. The
    /// run loop calls it by time, between the sources' polls.</summary>
    public virtual void TakePending()
    {
    }

    /// <summary>Writes bytes to the console, waiting (within a bound) for room.</summary>
    public abstract void WriteConsole(ReadOnlySpan<byte> bytes);

    /// <summary>Takes one byte that was typed, or returns -1.</summary>
    public abstract int ReadConsole();

    /// <summary>Ends the machine and does not return.</summary>
    /// <param name="reason">What the hypervisor is told.</param>
    /// <param name="exitCode">What <c>./guest run</c> returns, 0 to 127, where the hypervisor has a way to tell it.</param>
    public abstract void Shutdown(ShutdownReason reason, int exitCode);

    /// <summary>Maps a device's memory, uncached; 0 on platforms without buses, and for what no device can have.</summary>
    public abstract nuint MapDevice(ulong address, ulong length);

    /// <summary>Takes a mapping away that <see cref="MapDevice"/> made of so many bytes, and no window uses any more.</summary>
    public virtual void UnmapDevice(nuint mapped, ulong length)
    {
    }

    /// <summary>Opens a window on a run of I/O ports.</summary>
    public abstract RegisterWindow OpenPorts(ushort first, PathCounters counters);

    /// <summary>Opens a window on memory that <see cref="MapDevice"/> returned.</summary>
    public abstract RegisterWindow OpenMemory(nuint mapped, PathCounters counters);

    /// <summary>Takes a vector for a message-signalled interrupt and says what the device must write to raise it.</summary>
    /// <returns>False where the platform has none left, or no such thing.</returns>
    public abstract bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message);

    /// <summary>Connects a handler to a level-triggered line, beside those that share it.</summary>
    /// <param name="line">The PCI Interrupt Line register's value (on x86 the ISA-style IRQ number), or what ACPI calls a global system
    /// interrupt.</param>
    public abstract bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters);

    /// <summary>Takes an I/O APIC that firmware names (ACPI 6.5, 5.2.12.3), whose lines are connected from then on; one that is known already is
    /// left as it is.</summary>
    /// <param name="address">Its registers' physical address.</param>
    /// <param name="firstLine">The number of its first line among the machine's.</param>
    public virtual void AddIoApic(ulong address, int firstLine)
    {
    }

    /// <summary>Takes a handler off every message and line that it is connected to. Its device, which is quiet or gone, must not raise its
    /// messages any more.</summary>
    public virtual void Disconnect(IInterruptHandler handler)
    {
    }
}
