using System;
using System.Collections.Generic;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Testing;

/// <summary>A platform whose buses are whatever a test hangs on them.</summary>
public sealed class FakePlatform : Platform
{
    private readonly List<(ulong Address, ulong Length, Func<ulong, PathCounters, RegisterWindow> Open)> _memory = [];
    private readonly List<(int First, int Count, Func<int, PathCounters, RegisterWindow> Open)> _ports = [];

    public List<(IInterruptHandler Handler, MessageInterrupt Message)> Messages { get; } = [];

    public List<(int Line, IInterruptHandler Handler)> Lines { get; } = [];

    public List<(ulong Address, ulong Length)> Mapped { get; } = [];

    public int MessagesLeft { get; set; } = 16;

    public bool HasLines { get; set; } = true;

    public Instant Time { get; set; }

    public override string Name => "fake";

    /// <summary>How much time passes between two looks at the clock.</summary>
    public Duration TimeStep { get; set; }

    public override Instant Now
    {
        get
        {
            Time += TimeStep;
            return Time;
        }
    }

    public override long UtcNanosecondsAtZero => 0;

    public override PageTables PageTables => throw new NotSupportedException();

    /// <summary>Puts something between a driver and the registers that it opens, which then count for nobody: given the registers, who pays, and
    /// whether they are ports.</summary>
    public Func<RegisterWindow, PathCounters, bool, RegisterWindow>? Between { get; set; }

    /// <summary>Puts a device's memory on the bus.</summary>
    public void AddMemory(ulong address, ulong length, Func<ulong, PathCounters, RegisterWindow> open) =>
        _memory.Add((address, length, open));

    /// <summary>Puts a device's ports on the bus.</summary>
    public void AddPorts(int first, int count, Func<int, PathCounters, RegisterWindow> open) => _ports.Add((first, count, open));

    /// <summary>Puts on the bus what another platform has there.</summary>
    public void Take(FakePlatform other)
    {
        _memory.AddRange(other._memory);
        _ports.AddRange(other._ports);
    }

    public override void Idle(Instant deadline) => Time = deadline;

    public override void WriteConsole(ReadOnlySpan<byte> bytes)
    {
    }

    public override int ReadConsole() => -1;

    public override void Shutdown(ShutdownReason reason, int exitCode) => throw new InvalidOperationException();

    public override nuint MapDevice(ulong address, ulong length)
    {
        Mapped.Add((address, length));
        return (nuint)address;
    }

    public override void UnmapDevice(nuint mapped, ulong length)
    {
        if (!Mapped.Remove((mapped, length)))
            throw new InvalidOperationException($"{length} bytes at {mapped:x} are not mapped");
    }

    public override RegisterWindow OpenPorts(ushort first, PathCounters counters)
    {
        foreach (var run in _ports)
        {
            if (first >= run.First && first < run.First + run.Count)
                return Open(given => run.Open(first - run.First, given), counters, ports: true);
        }

        throw new InvalidOperationException($"nothing at port {first:x}");
    }

    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters)
    {
        foreach (var region in _memory)
        {
            if (mapped >= region.Address && mapped < region.Address + region.Length)
                return Open(given => region.Open(mapped - region.Address, given), counters, ports: false);
        }

        throw new InvalidOperationException($"nothing at {mapped:x}");
    }

    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message)
    {
        message = new(0xfee0_0000, 0x40u + (uint)Messages.Count);
        if (MessagesLeft == 0)
            return false;
        MessagesLeft--;
        Messages.Add((handler, message));
        return true;
    }

    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters)
    {
        if (HasLines)
            Lines.Add((line, handler));
        return HasLines;
    }

    public override void Disconnect(IInterruptHandler handler)
    {
        MessagesLeft += Messages.RemoveAll(message => message.Handler == handler);
        Lines.RemoveAll(line => line.Handler == handler);
    }

    private RegisterWindow Open(Func<PathCounters, RegisterWindow> open, PathCounters counters, bool ports) =>
        Between is null ? open(counters) : Between(open(new PathCounters("model")), counters, ports);
}
