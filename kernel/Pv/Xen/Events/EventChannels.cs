using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using Guest.Core;
using Guest.Core.Diagnostics;

namespace Guest.Pv.Xen;

/// <summary>Event channels, the two-level kind: how another domain says "look". Each has a handler and a device that pays for it.</summary>
/// <remarks>
/// No handler runs by itself: whoever rested finds here what fired. A PV domain's processor sleeps in <c>SCHEDOP_poll</c> over its open
/// channels, upcalls stay off, and an event costs one hypercall, the sleep that it ended: there is no upcall, no return from one, and no timer to set.
/// A PVH domain's halts (<c>XenPvhPlatform</c>).
/// </remarks>
public sealed unsafe class EventChannels
{
    /// <summary>The most channels that one poll may name (Xen's own bound).</summary>
    private const int MostPolled = 128;

    private const int MostPorts = SharedInfo.EventWords * 64;
    private const ushort DomainSelf = 0x7ff0;

    private const ulong OperationClose = 3;
    private const ulong OperationSend = 4;
    private const ulong OperationAllocateUnbound = 6;
    private const ulong OperationBindVirq = 1;
    private const ulong OperationPoll = 3;

    private readonly Hypercalls _hypercalls;
    private readonly SharedInfo _shared;
    private readonly uint[] _polled = new uint[MostPolled];
    private readonly Channel[]?[] _channels = new Channel[SharedInfo.EventWords][];
    private int _polledCount;

    /// <summary>Starts with every channel masked, as the hypervisor gives them, and upcalls off.</summary>
    public EventChannels(Hypercalls hypercalls, SharedInfo shared)
    {
        _hypercalls = hypercalls;
        _shared = shared;
        Volatile.Write(ref *shared.UpcallMask, 1);
        for (int i = 0; i < SharedInfo.EventWords; i++)
            Volatile.Write(ref shared.Mask[i], ulong.MaxValue);
    }

    /// <summary>How many events came to channels that nobody has opened.</summary>
    public long Stray { get; private set; }

    /// <summary>Makes a channel to which <paramref name="remote"/> may bind.</summary>
    /// <returns>The port, or a negative error number.</returns>
    public int Allocate(ushort remote, IInterruptHandler handler, PathCounters payer)
    {
        AllocateUnbound request = new() { Domain = DomainSelf, Remote = remote };
        long result = _hypercalls.Call(HypercallNumber.EventChannelOp, OperationAllocateUnbound, (ulong)&request, payer: payer);
        return result < 0 ? (int)result : Open(request.Port, handler, payer);
    }

    /// <summary>Makes a channel for one of the hypervisor's virtual interrupts on the first processor.</summary>
    /// <returns>The port, or a negative error number.</returns>
    public int BindVirtualInterrupt(uint virtualInterrupt, IInterruptHandler handler, PathCounters payer)
    {
        BindVirq request = new() { Virq = virtualInterrupt };
        long result = _hypercalls.Call(HypercallNumber.EventChannelOp, OperationBindVirq, (ulong)&request, payer: payer);
        return result < 0 ? (int)result : Open(request.Port, handler, payer);
    }

    /// <summary>Takes over a channel that exists already, as the console's and the store's do.</summary>
    /// <returns>The port, or a negative error number.</returns>
    public int Open(uint port, IInterruptHandler handler, PathCounters payer)
    {
        if (port == 0 || port >= MostPorts || _polledCount == MostPolled)
            return -1;
        (_channels[port / 64] ??= new Channel[64])[port % 64] = new Channel { Handler = handler, Payer = payer };
        Unmask((int)port);
        return (int)port;
    }

    /// <summary>Closes a channel; what is pending on it is forgotten.</summary>
    public void Close(int port, PathCounters payer)
    {
        Mask(port);
        _channels[port / 64]![port % 64] = default;
        uint request = (uint)port;
        _hypercalls.Call(HypercallNumber.EventChannelOp, OperationClose, (ulong)&request, payer: payer);
        TakePending(port);
    }

    /// <summary>Tells the other side to look.</summary>
    public void Send(int port, PathCounters payer)
    {
        uint request = (uint)port;
        payer.Count(PathEvent.Notification);
        _hypercalls.Call(HypercallNumber.EventChannelOp, OperationSend, (ulong)&request, payer: payer);
    }

    /// <summary>Stops listening to a channel: it neither ends a sleep nor reaches its handler.</summary>
    public void Mask(int port)
    {
        Interlocked.Or(ref _shared.Mask[port / 64], 1UL << (port % 64));
        for (int i = 0; i < _polledCount; i++)
        {
            if (_polled[i] != (uint)port)
                continue;
            _polled[i] = _polled[--_polledCount];
            return;
        }
    }

    /// <summary>Listens again. An event that came while the channel was masked has set no selector bit, so this sets it.</summary>
    public void Unmask(int port)
    {
        ulong bit = 1UL << (port % 64);
        if ((Interlocked.And(ref _shared.Mask[port / 64], ~bit) & bit) == 0)
            return;
        _polled[_polledCount++] = (uint)port;
        if ((Volatile.Read(ref _shared.Pending[port / 64]) & bit) == 0)
            return;
        Interlocked.Or(ref *_shared.PendingSelector, 1UL << (port / 64));
        Volatile.Write(ref *_shared.UpcallPending, 1);
    }

    /// <summary>Takes what one channel has pending, for a caller that waits for just that one.</summary>
    /// <returns>Whether it had fired.</returns>
    public bool TakePending(int port)
    {
        ulong bit = 1UL << (port % 64);
        return (Interlocked.And(ref _shared.Pending[port / 64], ~bit) & bit) != 0;
    }

    /// <summary>Forgets that a channel has fired, for who has just served it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Forget(int port)
    {
        if (Volatile.Read(ref *_shared.UpcallPending) != 0)
            TakePending(port);
    }

    /// <summary>Calls the handlers of the channels that fired.</summary>
    /// <returns>Whether any had.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Dispatch() => Volatile.Read(ref *_shared.UpcallPending) != 0 && DispatchFired();

    private bool DispatchFired()
    {
        bool any = false;
        // The flag first, then the bits: an event between the two sets the flag again.
        Volatile.Write(ref *_shared.UpcallPending, 0);
        for (ulong words = Interlocked.Exchange(ref *_shared.PendingSelector, 0); words != 0; words &= words - 1)
        {
            int word = BitOperations.TrailingZeroCount(words);
            ulong fired = Volatile.Read(ref _shared.Pending[word]) & ~Volatile.Read(ref _shared.Mask[word]);
            Interlocked.And(ref _shared.Pending[word], ~fired);
            Channel[]? channels = _channels[word];
            any |= fired != 0;
            for (; fired != 0; fired &= fired - 1)
            {
                int bit = BitOperations.TrailingZeroCount(fired);
                if (channels is null || channels[bit].Handler is not { } handler)
                {
                    Stray++;
                    continue;
                }

                channels[bit].Payer!.Count(PathEvent.Interrupt);
                handler.OnInterrupt();
            }
        }

        return any;
    }

    /// <summary>Sleeps until a channel fires or the hypervisor's time reaches <paramref name="systemNanoseconds"/> (0: no end), and then
    /// calls the handlers of those that fired.</summary>
    public void Sleep(ulong systemNanoseconds)
    {
        if (Dispatch())
            return;
        fixed (uint* ports = _polled)
        {
            Poll(ports, _polledCount, systemNanoseconds);
        }

        Dispatch();
    }

    /// <summary>Sleeps until this one channel has fired or the time has come; calls no handler, and leaves the channel pending.</summary>
    public void SleepFor(int port, ulong systemNanoseconds)
    {
        uint ports = (uint)port;
        Poll(&ports, 1, systemNanoseconds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Poll(uint* ports, int count, ulong systemNanoseconds)
    {
        SchedPoll request = new() { Ports = ports, Count = (uint)count, Timeout = systemNanoseconds };
        _hypercalls.Call(HypercallNumber.SchedOp, OperationPoll, (ulong)&request);
    }

    private struct Channel
    {
        public IInterruptHandler? Handler;
        public PathCounters? Payer;
    }

    private struct AllocateUnbound
    {
        public ushort Domain;
        public ushort Remote;
        public uint Port;
    }

    private struct BindVirq
    {
        public uint Virq;
        public uint Vcpu;
        public uint Port;
    }

    private struct SchedPoll
    {
        public uint* Ports;
        public uint Count;
        public ulong Timeout;
    }
}
