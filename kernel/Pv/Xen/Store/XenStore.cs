using System;
using System.Runtime.InteropServices;
using Guest.Core;
using Guest.Core.Diagnostics;
using Guest.Core.Scheduling;
using Guest.Core.Time;

namespace Guest.Pv.Xen;

/// <summary>Changes the store inside a transaction; false gives the transaction up.</summary>
public delegate bool XenStoreChange(XenStore store, uint transaction);

/// <summary>A client of the store, the small tree of text through which domains find one another (io/xs_wire.h, xenstore.txt).</summary>
/// <remarks>
/// Used when devices are found, connected and taken away, never per packet. An operation waits for its answer, at most
/// <see cref="Patience"/>, and only one is under way: another thread's has its turn behind it, and watches that fire meanwhile are kept.
/// Relative paths start at the domain's own home.
/// </remarks>
public sealed unsafe class XenStore : IInterruptHandler
{
    /// <summary>XENSTORE_PAYLOAD_MAX: the most bytes in one message.</summary>
    public const int PayloadMax = 4096;

    private const int MostTries = 16;

    /// <summary>Messages that are taken in one go: no more fit into a ring.</summary>
    private const int MostAtOnce = XenStoreRing.RingSize / XenStoreMessage.Size;

    private readonly XenDomain _domain;
    private readonly XenStoreRing _ring;
    private readonly XenStoreWatches _watches = new();
    private readonly XenStoreWatch _refusedWatch = new(-1);
    private readonly int _port;

    /// <summary>Where threads wait until no other's operation is under way.</summary>
    private readonly WaitQueue _turn = new();

    /// <summary>Where the one waits whose operation is under way.</summary>
    private readonly WaitQueue _arrival = new();
    private uint _lastRequest;
    private bool _busy;
    private bool _hasEvent = true;

    internal XenStore(XenDomain domain, byte* page, uint port)
    {
        _domain = domain;
        _ring = new XenStoreRing(page);
        _port = domain.Events.Open(port, this, Counters);
    }

    /// <summary>How long an operation waits for its answer.</summary>
    public static Duration Patience => Duration.FromSeconds(3);

    /// <summary>What talking to the store has cost.</summary>
    public PathCounters Counters { get; } = new("xenstore");

    /// <summary>Whether the store broke its protocol; from then on every operation says so.</summary>
    public bool Broken { get; private set; }

    /// <summary>Whether an operation waits as threads do: other threads, devices and packets are served meanwhile. If not, which is for before the
    /// scheduler runs, the whole domain sleeps.</summary>
    public bool WaitsAsThread { get; set; }

    /// <summary>Whether bytes may lie in the ring that nobody has looked at, a watch that fired usually. While an operation is under way, that looks
    /// at them.</summary>
    public bool HasEvent => _hasEvent && !_busy;

    /// <summary>Called when <see cref="HasEvent"/> becomes true, also from where the machine sleeps: must not block or allocate.</summary>
    internal Action? EventArrived { get; set; }

    /// <summary>Reads a node.</summary>
    /// <param name="path">The node.</param>
    /// <param name="value">Receives its value; a longer one is refused.</param>
    /// <param name="length">The bytes in the value.</param>
    /// <param name="transaction">The transaction, or 0.</param>
    public XenStoreStatus Read(scoped ref LogLine path, scoped Span<byte> value, out int length, uint transaction = 0)
    {
        XenStoreStatus status = Request(XenStoreOperation.Read, transaction, path.Bytes, "\0"u8, default);
        return CopyReply(status, value, out length);
    }

    /// <summary>Reads a node that holds a decimal number.</summary>
    /// <returns>Done only if it is one.</returns>
    public XenStoreStatus ReadNumber(ref LogLine path, out uint number, uint transaction = 0)
    {
        Span<byte> text = stackalloc byte[10];
        number = 0;
        XenStoreStatus status = Read(ref path, text, out int length, transaction);
        return status != XenStoreStatus.Done || StoreText.TryParseNumber(text[..length], out number) ? status : XenStoreStatus.Refused;
    }

    /// <summary>Writes a node, and makes those above it that do not exist.</summary>
    public XenStoreStatus Write(ref LogLine path, ref LogLine value, uint transaction = 0) =>
        Request(XenStoreOperation.Write, transaction, path.Bytes, "\0"u8, value.Bytes);

    /// <summary>Removes a node and all below it.</summary>
    public XenStoreStatus Remove(ref LogLine path, uint transaction = 0) =>
        Request(XenStoreOperation.Remove, transaction, path.Bytes, "\0"u8, default);

    /// <summary>Lists the names below a node, each followed by a zero byte.</summary>
    /// <param name="path">The node.</param>
    /// <param name="names">Receives the names.</param>
    /// <param name="length">The bytes in <paramref name="names"/>.</param>
    /// <param name="transaction">The transaction, or 0.</param>
    public XenStoreStatus List(scoped ref LogLine path, scoped Span<byte> names, out int length, uint transaction = 0)
    {
        XenStoreStatus status = Request(XenStoreOperation.Directory, transaction, path.Bytes, "\0"u8, default);
        return CopyReply(status, names, out length);
    }

    /// <summary>Makes a change as one transaction, again from the start when another's change came between.</summary>
    public XenStoreStatus Transact(XenStoreChange change)
    {
        for (int i = 0; i < MostTries; i++)
        {
            XenStoreStatus status = Request(XenStoreOperation.TransactionStart, 0, "\0"u8, default, default);
            if (status != XenStoreStatus.Done)
                return status;
            if (!StoreText.TryParseNumber(_ring.Content.TrimEnd((byte)0), out uint transaction))
                return XenStoreStatus.Refused;
            bool commit = change(this, transaction);
            status = Request(XenStoreOperation.TransactionEnd, transaction, commit ? "T\0"u8 : "F\0"u8, default, default);
            if (status != XenStoreStatus.Again)
                return status == XenStoreStatus.Done && !commit ? XenStoreStatus.Refused : status;
        }

        return XenStoreStatus.Again;
    }

    /// <summary>Watches a node and all below it. A new watch fires once by itself.</summary>
    public XenStoreStatus Watch(ref LogLine path, out XenStoreWatch watch)
    {
        if (_watches.TryBegin() is not { } taken)
        {
            watch = _refusedWatch;
            return XenStoreStatus.Refused;
        }

        watch = taken;
        LogLine name = $"{watch.Token}";
        XenStoreStatus status = Request(XenStoreOperation.Watch, 0, path.Bytes, "\0"u8, name.Bytes, terminate: true);
        if (status != XenStoreStatus.Done)
            watch.End();
        return status;
    }

    /// <summary>Ends a watch.</summary>
    public XenStoreStatus Unwatch(ref LogLine path, XenStoreWatch watch)
    {
        LogLine name = $"{watch.Token}";
        XenStoreStatus status = Request(XenStoreOperation.Unwatch, 0, path.Bytes, "\0"u8, name.Bytes, terminate: true);
        watch.End();
        return status;
    }

    /// <summary>Takes the watch events that have come, without waiting.</summary>
    public void TakeEvents()
    {
        // An operation that is under way must get its answer; it takes the events as well.
        if (_busy)
            return;
        _hasEvent = false;
        int taken = 0;
        while (taken < MostAtOnce && TryReceive())
        {
            TakeMessage();
            taken++;
        }

        // A daemon that writes faster than it is read must not keep the processor from everybody else.
        _hasEvent |= taken == MostAtOnce;
        TellOfRoom();
    }

    /// <inheritdoc/>
    public bool OnInterrupt()
    {
        _hasEvent = true;
        if (_busy)
            _arrival.WakeAll();
        else
            EventArrived?.Invoke();
        return true;
    }

    private XenStoreStatus CopyReply(XenStoreStatus status, scoped Span<byte> to, out int length)
    {
        length = 0;
        if (status != XenStoreStatus.Done)
            return status;
        ReadOnlySpan<byte> reply = _ring.Content;
        if (!reply.TryCopyTo(to))
            return XenStoreStatus.Refused;
        length = reply.Length;
        return status;
    }

    private XenStoreStatus Request(
        XenStoreOperation operation, uint transaction, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third,
        bool terminate = false)
    {
        ReadOnlySpan<byte> end = terminate ? "\0"u8 : default;
        int length = first.Length + second.Length + third.Length + end.Length;
        if (length > PayloadMax)
            return XenStoreStatus.Refused;
        Enter();
        XenStoreStatus status = Exchange(operation, transaction, length, first, second, third, end);
        Leave();
        return status;
    }

    /// <summary>Waits until no other thread's operation is under way. Each of those ends within <see cref="Patience"/>, and so does this.</summary>
    private void Enter()
    {
        while (_busy)
            _turn.Wait(Instant.Never);
        _busy = true;
    }

    /// <summary>Lets the next operation begin. The answer stays where it is until this thread waits again.</summary>
    private void Leave()
    {
        _busy = false;
        _turn.WakeOne();
        if (_hasEvent)
            EventArrived?.Invoke();
    }

    private XenStoreStatus Exchange(
        XenStoreOperation operation, uint transaction, int length, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third,
        ReadOnlySpan<byte> end)
    {
        XenStoreMessage request = new()
        {
            Type = operation, Request = ++_lastRequest, Transaction = transaction, Length = (uint)length,
        };
        Instant deadline = _domain.Now + Patience;
        XenStoreStatus status = Send(MemoryMarshal.AsBytes(new ReadOnlySpan<XenStoreMessage>(in request)), deadline);
        if (status == XenStoreStatus.Done)
            status = Send(first, deadline);
        if (status == XenStoreStatus.Done)
            status = Send(second, deadline);
        if (status == XenStoreStatus.Done)
            status = Send(third, deadline);
        if (status == XenStoreStatus.Done)
            status = Send(end, deadline);
        if (status != XenStoreStatus.Done)
            return status == XenStoreStatus.TimedOut ? Break("it takes no requests") : status;
        _domain.Events.Send(_port, Counters);
        return Await(request, deadline);
    }

    private XenStoreStatus Send(ReadOnlySpan<byte> bytes, Instant deadline)
    {
        while (bytes.Length > 0)
        {
            if (Broken)
                return XenStoreStatus.Broken;
            TakePending();
            bytes = bytes[_ring.Send(bytes)..];
            if (_ring.Problem is { } problem)
                return Break(problem);
            if (bytes.Length == 0)
                break;
            _domain.Events.Send(_port, Counters);
            if (!TrySleep(deadline))
                return XenStoreStatus.TimedOut;
        }

        return XenStoreStatus.Done;
    }

    /// <summary>Waits for the answer to a request. Answers to requests that were given up are passed over.</summary>
    private XenStoreStatus Await(XenStoreMessage request, Instant deadline)
    {
        while (!Broken)
        {
            TakePending();
            int taken = 0;
            while (taken < MostAtOnce && TryReceive())
            {
                taken++;
                if (!TakeMessage() || _ring.Message.Request != request.Request)
                    continue;
                if (_ring.Message.Type == XenStoreOperation.Error)
                    return ErrorOf(_ring.Content.TrimEnd((byte)0));
                return _ring.Message.Type == request.Type ? XenStoreStatus.Done : Break("it answers another question");
            }

            TellOfRoom();
            if (!(taken == MostAtOnce ? TryYield(deadline) : TrySleep(deadline)))
                return XenStoreStatus.TimedOut;
        }

        return XenStoreStatus.Broken;
    }

    private void TellOfRoom()
    {
        if (_ring.TakeRoom())
            _domain.Events.Send(_port, Counters);
    }

    /// <summary>Forgets the event before the ring is looked at, so that a later one ends the sleep. It may have announced a watch behind the
    /// answer, so whoever polls must look too.</summary>
    private void TakePending() => _hasEvent |= _domain.Events.TakePending(_port);

    private bool TryYield(Instant deadline)
    {
        if (_domain.Now >= deadline)
            return false;
        if (WaitsAsThread)
            Processor.Current.Scheduler.Yield();
        return true;
    }

    private bool TrySleep(Instant deadline)
    {
        if (_domain.Now >= deadline)
            return false;
        if (WaitsAsThread)
            _arrival.Wait(deadline);
        else
            _domain.SleepFor(_port, deadline);
        return true;
    }

    private bool TryReceive()
    {
        if (Broken)
            return false;
        bool whole = _ring.TryReceive();
        if (_ring.Problem is { } problem)
            Break(problem);
        return whole;
    }

    /// <summary>Looks at a whole message.</summary>
    /// <returns>Whether it is an answer, not an event.</returns>
    private bool TakeMessage()
    {
        if (_ring.Message.Type != XenStoreOperation.WatchEvent)
            return true;
        if (!_watches.TryFire(_ring.Content, out bool fired))
            Counters.Count(PathEvent.Violation);
        // Taken by an operation: whoever polls for watches must look all the same.
        _hasEvent |= fired && _busy;
        return false;
    }

    private XenStoreStatus Break(string why)
    {
        if (!Broken)
        {
            Broken = true;
            Counters.Count(PathEvent.Violation);
            Log.Warn("xenstore", $"not used any more: {why}");
        }

        return XenStoreStatus.Broken;
    }

    private static XenStoreStatus ErrorOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("ENOENT"u8))
            return XenStoreStatus.NotFound;
        if (name.SequenceEqual("EAGAIN"u8))
            return XenStoreStatus.Again;
        return name.SequenceEqual("EEXIST"u8) ? XenStoreStatus.Exists : XenStoreStatus.Refused;
    }
}
