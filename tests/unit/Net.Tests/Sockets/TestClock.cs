using System;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Stack;

namespace Guest.Net.Tests.Sockets;

/// <summary>A platform that is a clock alone: idling moves it to the deadline. And the run loop's one source: the interface under test.</summary>
internal sealed class TestClock : Platform, IPollable
{
    private Instant _now = Instant.Zero + Duration.FromSeconds(10);

    /// <summary>The interface of the test that runs.</summary>
    public NetworkInterface? Interface { get; set; }

    /// <summary>What is beyond the interface's device, if the test has a host there: it is polled, too.</summary>
    public SocketPeer? Peer { get; set; }

    /// <summary>Happens when the machine idles next, and ends that at once.</summary>
    public Action? OnIdle { get; set; }

    public override string Name => "test";

    public override Instant Now => _now;

    public override long UtcNanosecondsAtZero => 0;

    public override PageTables PageTables => throw new NotSupportedException();

    public bool Poll(Instant now) => Interface!.Poll(now) | (Peer?.Poll(now) ?? false);

    public bool Arm() => Interface!.Arm() && Peer is not { HasSent: true };

    public override void Idle(Instant deadline)
    {
        if (OnIdle is { } happen)
        {
            OnIdle = null;
            happen();
            return;
        }

        if (Peer is not null)
            deadline = Instant.Earlier(deadline, Peer.Earliest);
        Assert.False(deadline.IsNever, "the machine would idle for ever");
        if (deadline > _now)
            _now = deadline;
    }

    public override void WriteConsole(ReadOnlySpan<byte> bytes)
    {
    }

    public override int ReadConsole() => -1;

    public override void Shutdown(ShutdownReason reason, int exitCode) => throw new NotSupportedException();

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
