using System;
using Guest.Core;
using Guest.Core.Cpu;
using Guest.Core.Diagnostics;
using Guest.Core.Memory;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>A Xen PV domain: no hardware of its own, everything by hypercall.</summary>
public sealed unsafe class XenPvPlatform : Platform, IXenHost
{
    private const ulong ConsoleWrite = 0;
    private const ulong ConsoleRead = 1;
    private const ulong SchedShutdown = 2;
    private const ulong CallbackRegister = 0;
    private const int CallbackSize = 16;

    private readonly XenPageTables _pageTables = new();
    private readonly XenHypercalls _hypercalls = new();
    private readonly XenConsole? _console;

    /// <summary>Takes the domain over, after <see cref="XenPvMemory.TakeOver"/>.</summary>
    /// <param name="start">The start information, in the direct map.</param>
    /// <param name="tscAtEntry">The time-stamp counter when the kernel was entered: <see cref="Instant.Zero"/>.</param>
    public XenPvPlatform(XenStartInfo* start, ulong tscAtEntry)
    {
        _hypercalls.Call(HypercallNumber.SetTrapTable, (ulong)XenHypercall.TrapTable());
        _hypercalls.Call(HypercallNumber.CallbackOp, CallbackRegister, (ulong)XenHypercall.Callbacks());
        _hypercalls.Call(HypercallNumber.CallbackOp, CallbackRegister, (ulong)(XenHypercall.Callbacks() + CallbackSize));
        SharedInfo shared = new(_pageTables.MapMachineFrame(start->SharedInfo >> 12));
        Domain = new XenDomain(new XenPvMachine(_pageTables, _hypercalls), _hypercalls, shared, tscAtEntry);
        if ((start->Flags & XenStartInfo.InitialDomain) != 0)
            return;
        _console = new XenConsole(Domain, PageOf(start->ConsoleFrame), start->ConsolePort);
        Domain.OpenStore(PageOf(start->StoreFrame), start->StorePort);
    }

    /// <inheritdoc/>
    public XenDomain Domain { get; }

    /// <inheritdoc/>
    public override string Name => "xen-pv";

    /// <inheritdoc/>
    public override bool HasPci => false;

    /// <inheritdoc/>
    public override Instant Now => Domain.Now;

    /// <inheritdoc/>
    public override long UtcNanosecondsAtZero => Domain.UtcNanosecondsAtZero;

    /// <inheritdoc/>
    public override PageTables PageTables => _pageTables;

    /// <inheritdoc/>
    public override void Idle(Instant deadline)
    {
        ulong before = Processor.ReadTsc();
        Domain.Sleep(deadline);
        IdleTicks += (long)(Processor.ReadTsc() - before);
    }

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
        throw new NotSupportedException("a PV domain has no ports");

    /// <inheritdoc/>
    public override RegisterWindow OpenMemory(nuint mapped, PathCounters counters) =>
        throw new NotSupportedException("a PV domain has no device memory");

    /// <inheritdoc/>
    public override bool TryConnectMessage(IInterruptHandler handler, PathCounters counters, out MessageInterrupt message)
    {
        message = default;
        return false;
    }

    /// <inheritdoc/>
    public override bool TryConnectLine(int line, IInterruptHandler handler, PathCounters counters) => false;

    private static byte* PageOf(ulong machineFrame) =>
        AddressSpace.Direct(XenPvMemory.PseudoPhysicalFrame(machineFrame) << 12);
}
