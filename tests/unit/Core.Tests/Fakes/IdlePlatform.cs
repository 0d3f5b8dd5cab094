using System;
using System.Collections.Generic;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Core.Tests.Fakes;

/// <summary>A platform whose time passes while it idles, up to the deadline or the next interrupt, and otherwise only as the test says.</summary>
internal sealed class IdlePlatform : Platform
{
    public Instant Time { get; set; }

    /// <summary>What each look at the clock takes.</summary>
    public Duration Tick { get; set; }

    /// <summary>The interrupts that were pending when they were taken outside of idling.</summary>
    public Action? Pending { get; set; }

    /// <summary>What was typed and not read yet.</summary>
    public Queue<byte> Typed { get; } = [];

    /// <summary>What was written to the console.</summary>
    public List<byte> Written { get; } = [];

    /// <summary>When interrupts were taken outside of idling.</summary>
    public List<Instant> Listened { get; } = [];

    public Instant InterruptAt { get; set; } = Instant.Never;

    public List<Instant> Slept { get; } = [];

    public override string Name => "idle";

    public override Instant Now => Time += Tick;

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

    public override void TakePending()
    {
        Listened.Add(Time);
        Action? pending = Pending;
        Pending = null;
        pending?.Invoke();
    }

    public override void WriteConsole(ReadOnlySpan<byte> bytes) => Written.AddRange(bytes);

    public override int ReadConsole() => Typed.TryDequeue(out byte value) ? value : -1;

    public override void Shutdown(ShutdownReason reason, int exitCode) => throw new NotSupportedException();

    public override nuint MapDevice(ulong address, ulong length) => throw new NotSupportedException();

    public override RegisterWindow OpenPorts(ushort first, PathCounters counters) => throw new NotSupportedException();

    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) => throw new NotSupportedException();

    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message) =>
        throw new NotSupportedException();

    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) => throw new NotSupportedException();
}
