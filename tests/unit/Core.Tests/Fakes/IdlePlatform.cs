using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Core.Tests.Fakes;

/// <summary>A platform whose time passes only while it idles, up to the deadline or the next interrupt.</summary>
internal sealed class IdlePlatform : Platform
{
    public Instant Time { get; private set; }

    public Instant InterruptAt { get; set; } = Instant.Never;

    public List<Instant> Slept { get; } = [];

    public override string Name => "idle";

    public override Instant Now => Time;

    public override long UtcNanosecondsAtZero => 0;

    public override PageTables PageTables => throw new NotSupportedException();

    public override void Idle(Instant deadline)
    {
        Instant end = Instant.Earlier(deadline, InterruptAt);
        Assert.False(end.IsNever, "the machine would sleep for ever");
        Slept.Add(deadline);
        Time = end;
        InterruptAt = Instant.Never;
    }

    public override void WriteConsole(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

    public override int ReadConsole() => -1;

    public override void Shutdown(ShutdownReason reason, int exitCode) => throw new NotSupportedException();

    public override nuint MapDevice(ulong address, ulong length) => throw new NotSupportedException();

    public override RegisterWindow OpenPorts(ushort first, PathCounters counters) => throw new NotSupportedException();

    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) => throw new NotSupportedException();

    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message) =>
        throw new NotSupportedException();

    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) => throw new NotSupportedException();
}
