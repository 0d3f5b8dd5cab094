using System;
using Guest.Core;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>What a Xen domain is to the kernel, PV or PVH: its console and its end are hypercalls, and it has no buses.</summary>
public abstract unsafe class XenPlatform : Platform, IXenHost
{
    private const ulong ConsoleWrite = 0;
    private const ulong ConsoleRead = 1;
    private const ulong SchedShutdown = 2;

    private readonly Hypercalls _hypercalls;
    private readonly XenConsole? _console;

    /// <summary>A platform over a domain.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="consolePage">The page shared with the console's daemon; null where the hypervisor's own console is used.</param>
    /// <param name="consolePort">The event channel to that daemon.</param>
    private protected XenPlatform(XenDomain domain, byte* consolePage, uint consolePort)
    {
        Domain = domain;
        _hypercalls = domain.Hypercalls;
        if (consolePage != null)
            _console = new XenConsole(domain, consolePage, consolePort);
    }

    /// <inheritdoc/>
    public XenDomain Domain { get; }

    /// <inheritdoc/>
    public override bool HasPci => false;

    /// <inheritdoc/>
    public override Instant Now => Domain.Now;

    /// <inheritdoc/>
    public override long UtcNanosecondsAtZero => Domain.UtcNanosecondsAtZero;

    /// <inheritdoc/>
    public override void Idle(Instant deadline)
    {
        ulong before = X86.ReadTsc();
        Rest(deadline);
        IdleTicks += (long)(X86.ReadTsc() - before);
    }

    /// <inheritdoc/>
    public override void TakePending() => Domain.Events.Dispatch();

    /// <summary>Rests until an event or the deadline, and calls the handlers of what fired.</summary>
    private protected virtual void Rest(Instant deadline) => Domain.Sleep(deadline);

    /// <inheritdoc/>
    public override void WriteConsole(ReadOnlySpan<byte> bytes)
    {
        if (_console is not null)
        {
            _console.Write(bytes);
            return;
        }

        fixed (byte* text = bytes)
        {
            _hypercalls.Call(HypercallNumber.ConsoleIo, ConsoleWrite, (ulong)bytes.Length, (ulong)text);
        }
    }

    /// <inheritdoc/>
    public override int ReadConsole()
    {
        if (_console is not null)
            return _console.Read();
        byte one = 0;
        return _hypercalls.Call(HypercallNumber.ConsoleIo, ConsoleRead, 1, (ulong)&one) == 1 ? one : -1;
    }

    /// <inheritdoc/>
    public override void Shutdown(ShutdownReason reason, int exitCode)
    {
        uint request = (uint)reason;
        _hypercalls.Call(HypercallNumber.SchedOp, SchedShutdown, (ulong)&request);
        while (true)
            Domain.Sleep(Instant.Never);
    }

    /// <inheritdoc/>
    public override nuint MapDevice(ulong address, ulong length) => 0;

    /// <inheritdoc/>
    public override RegisterWindow OpenPorts(ushort first, PathCounters counters) =>
        throw new NotSupportedException("a Xen domain has no ports of its own");

    /// <inheritdoc/>
    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) =>
        throw new NotSupportedException("a Xen domain has no device memory");

    /// <inheritdoc/>
    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message)
    {
        message = default;
        return false;
    }

    /// <inheritdoc/>
    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) => false;
}
