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

    private const int RingSize = 1024;
    private const int RequestConsumerOffset = 2048;
    private const int RequestProducerOffset = 2052;
    private const int ResponseConsumerOffset = 2056;
    private const int ResponseProducerOffset = 2060;
    private const int HeaderSize = 16;
    private const int MostWatches = 64;
    private const int MostTries = 16;

    private readonly XenDomain _domain;
    private readonly ByteRing _requests;
    private readonly ByteRing _responses;
    private readonly int _port;
    private readonly byte[] _incoming = new byte[PayloadMax];
    private readonly XenStoreWatch?[] _watches = new XenStoreWatch?[MostWatches];
    private readonly XenStoreWatch _refusedWatch = new(-1);
    private readonly WaitQueue _turn = new();
    private readonly WaitQueue _arrival = new();
    private Header _header;
    private int _received;
    private int _taken;
    private uint _lastRequest;
    private bool _busy;
    private bool _hasEvent = true;

    internal XenStore(XenDomain domain, byte* page, uint port)
    {
        _domain = domain;
        _requests = new ByteRing(page, RingSize, (uint*)(page + RequestConsumerOffset), (uint*)(page + RequestProducerOffset));
        _responses = new ByteRing(
            page + RingSize, RingSize, (uint*)(page + ResponseConsumerOffset), (uint*)(page + ResponseProducerOffset));
        _port = domain.Events.Open(port, this, Counters);
    }

    private enum Operation : uint
    {
        Directory = 1,
        Read = 2,
        Watch = 4,
        Unwatch = 5,
        TransactionStart = 6,
        TransactionEnd = 7,
        Write = 11,
        Remove = 13,
        WatchEvent = 15,
        Error = 16,
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
        XenStoreStatus status = Request(Operation.Read, transaction, path.Bytes, "\0"u8, default);
        length = 0;
        if (status != XenStoreStatus.Done)
            return status;
        if (_header.Length > value.Length)
            return XenStoreStatus.Refused;
        length = (int)_header.Length;
        Reply.CopyTo(value);
        return status;
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
        Request(Operation.Write, transaction, path.Bytes, "\0"u8, value.Bytes);

    /// <summary>Removes a node and all below it.</summary>
    public XenStoreStatus Remove(ref LogLine path, uint transaction = 0) =>
        Request(Operation.Remove, transaction, path.Bytes, "\0"u8, default);

    /// <summary>Lists the names below a node, each followed by a zero byte.</summary>
    /// <param name="path">The node.</param>
    /// <param name="names">Receives the names.</param>
    /// <param name="length">The bytes in <paramref name="names"/>.</param>
    /// <param name="transaction">The transaction, or 0.</param>
    public XenStoreStatus List(scoped ref LogLine path, scoped Span<byte> names, out int length, uint transaction = 0)
    {
        XenStoreStatus status = Request(Operation.Directory, transaction, path.Bytes, "\0"u8, default);
        length = 0;
        if (status != XenStoreStatus.Done)
            return status;
        if (_header.Length > names.Length)
            return XenStoreStatus.Refused;
        length = (int)_header.Length;
        Reply.CopyTo(names);
        return status;
    }

    /// <summary>Makes a change as one transaction, again from the start when another's change came between.</summary>
    public XenStoreStatus Transact(XenStoreChange change)
    {
        for (int i = 0; i < MostTries; i++)
        {
            XenStoreStatus status = Request(Operation.TransactionStart, 0, "\0"u8, default, default);
            if (status != XenStoreStatus.Done)
                return status;
            if (!StoreText.TryParseNumber(Reply.TrimEnd((byte)0), out uint transaction))
                return XenStoreStatus.Refused;
            bool commit = change(this, transaction);
            status = Request(Operation.TransactionEnd, transaction, commit ? "T\0"u8 : "F\0"u8, default, default);
            if (status != XenStoreStatus.Again)
                return status == XenStoreStatus.Done && !commit ? XenStoreStatus.Refused : status;
        }

        return XenStoreStatus.Again;
    }

    /// <summary>Watches a node and all below it. A new watch fires once by itself.</summary>
    public XenStoreStatus Watch(ref LogLine path, out XenStoreWatch watch)
    {
        int token = 0;
        while (token < MostWatches && _watches[token] is { InUse: true })
            token++;
        watch = _refusedWatch;
        if (token == MostWatches)
            return XenStoreStatus.Refused;
        watch = _watches[token] ??= new XenStoreWatch(token);
        watch.Begin();
        LogLine name = $"{token}";
        XenStoreStatus status = Request(Operation.Watch, 0, path.Bytes, "\0"u8, name.Bytes, terminate: true);
        if (status != XenStoreStatus.Done)
            watch.End();
        return status;
    }

    /// <summary>Ends a watch.</summary>
    public XenStoreStatus Unwatch(ref LogLine path, XenStoreWatch watch)
    {
        LogLine name = $"{watch.Token}";
        XenStoreStatus status = Request(Operation.Unwatch, 0, path.Bytes, "\0"u8, name.Bytes, terminate: true);
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
        while (!Broken && TryReceive())
            TakeMessage();
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

    private ReadOnlySpan<byte> Reply => _incoming.AsSpan(0, (int)_header.Length);

    private XenStoreStatus Request(
        Operation operation, uint transaction, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third,
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
        Operation operation, uint transaction, int length, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third,
        ReadOnlySpan<byte> end)
    {
        Header header = new()
        {
            Type = (uint)operation, Request = ++_lastRequest, Transaction = transaction, Length = (uint)length,
        };
        Instant deadline = _domain.Now + Patience;
        XenStoreStatus status = Send(MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(in header)), deadline);
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
        return Await(header, deadline);
    }

    private XenStoreStatus Send(ReadOnlySpan<byte> bytes, Instant deadline)
    {
        while (bytes.Length > 0)
        {
            if (Broken)
                return XenStoreStatus.Broken;
            TakePending();
            int count = _requests.Write(bytes);
            if (count == ByteRing.Corrupt)
                return Break("its request ring is corrupt");
            bytes = bytes[count..];
            if (bytes.Length == 0)
                break;
            _domain.Events.Send(_port, Counters);
            if (!TrySleep(deadline))
                return XenStoreStatus.TimedOut;
        }

        return XenStoreStatus.Done;
    }

    /// <summary>Waits for the answer to a request. Answers to requests that were given up are passed over.</summary>
    private XenStoreStatus Await(Header request, Instant deadline)
    {
        while (!Broken)
        {
            TakePending();
            while (TryReceive())
            {
                if (!TakeMessage() || _header.Request != request.Request)
                    continue;
                if (_header.Type == (uint)Operation.Error)
                    return ErrorOf(Reply.TrimEnd((byte)0));
                return _header.Type == request.Type ? XenStoreStatus.Done : Break("it answers another question");
            }

            TellOfRoom();
            if (!TrySleep(deadline))
                return XenStoreStatus.TimedOut;
        }

        return XenStoreStatus.Broken;
    }

    /// <summary>Tells the daemon of room if the ring may have been full: only then does it wait for that.</summary>
    private void TellOfRoom()
    {
        if (_taken < RingSize)
            return;
        _taken = 0;
        _domain.Events.Send(_port, Counters);
    }

    /// <summary>Forgets the event before the ring is looked at, so that a later one ends the sleep. It may have announced a watch behind the
    /// answer, so whoever polls must look too.</summary>
    private void TakePending() => _hasEvent |= _domain.Events.TakePending(_port);

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

    /// <summary>Takes bytes until a message is whole.</summary>
    private bool TryReceive()
    {
        while (true)
        {
            Span<byte> rest = _received < HeaderSize
                ? MemoryMarshal.AsBytes(new Span<Header>(ref _header))[_received..]
                : _incoming.AsSpan(_received - HeaderSize, (int)_header.Length - (_received - HeaderSize));
            if (rest.Length > 0)
            {
                int count = _responses.Read(rest);
                if (count == ByteRing.Corrupt)
                {
                    Break("its response ring is corrupt");
                    return false;
                }

                if (count == 0)
                    return false;
                _received += count;
                _taken += count;
            }

            if (_received < HeaderSize)
                continue;
            if (_header.Length > PayloadMax)
            {
                Break("it sends more than a message holds");
                return false;
            }

            if (_received < HeaderSize + (int)_header.Length)
                continue;
            _received = 0;
            return true;
        }
    }

    /// <summary>Looks at a whole message.</summary>
    /// <returns>Whether it is an answer, not an event.</returns>
    private bool TakeMessage()
    {
        if (_header.Type != (uint)Operation.WatchEvent)
            return true;
        ReadOnlySpan<byte> token = Reply;
        int end = token.IndexOf((byte)0);
        token = end < 0 ? default : token[(end + 1)..].TrimEnd((byte)0);
        if (StoreText.TryParseNumber(token, out uint number) && number < MostWatches)
            Fire(_watches[number]);
        else
            Counters.Count(PathEvent.Violation);
        return false;
    }

    private void Fire(XenStoreWatch? watch)
    {
        // One that ended may have fired before it did.
        if (watch is not { InUse: true })
            return;
        watch.Fire();
        // Taken by an operation: whoever polls for watches must look all the same.
        _hasEvent |= _busy;
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

    /// <summary>What every message begins with (xs_wire.h, <c>xsd_sockmsg</c>).</summary>
    private struct Header
    {
        public uint Type;
        public uint Request;
        public uint Transaction;
        public uint Length;
    }
}
