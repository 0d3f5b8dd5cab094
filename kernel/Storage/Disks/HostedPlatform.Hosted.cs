using System;
using System.Diagnostics;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Storage;

/// <summary>As much of a platform as a file needs: the time.</summary>
/// <param name="wait">What to do, until when at most, when there is nothing to do.</param>
internal sealed class HostedPlatform(Action<Instant> wait) : Platform
{
    private readonly long _start = Stopwatch.GetTimestamp();

    public override string Name => "linux";

    public override bool HasPci => false;

    public override Instant Now => new(Stopwatch.GetElapsedTime(_start).Ticks * 100);

    public override long UtcNanosecondsAtZero => 0;

    public override PageTables PageTables => throw new NotSupportedException();

    public override void Idle(Instant deadline) => wait(deadline);

    public override void WriteConsole(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            Console.Error.Write((char)b);
    }

    public override int ReadConsole() => -1;

    public override void Shutdown(ShutdownReason reason, int exitCode) => Environment.Exit(exitCode);

    public override nuint MapDevice(ulong address, ulong length) => 0;

    public override RegisterWindow OpenPorts(ushort first, PathCounters counters) => throw new NotSupportedException();

    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) => throw new NotSupportedException();

    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message)
    {
        message = default;
        return false;
    }

    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) => false;
}
