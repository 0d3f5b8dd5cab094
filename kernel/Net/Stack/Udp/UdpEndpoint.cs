using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Core.Time;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>One end of UDP (RFC 768): a port, the datagrams that came for it, and the way to those who sent them. What a socket
/// stands on.</summary>
/// <remarks>
/// Arrivals wait in the buffers in which they came, a bounded number of them; the copy to the application is the only one. What is sent while
/// received work is still waiting here is gathered, so that a burst of answers leaves as a burst; the last answer sends
/// them all. See docs/decisions/0006-transmit-bursts.md.
/// </remarks>
public sealed partial class UdpEndpoint : Endpoint
{
    // Of what may be kept, the part that an endpoint gets even where those that nobody reads keep it all.
    private const int ShareAssured = 8;

    private readonly NetworkStack _stack;
    private readonly Arrival[] _arrivals;
    private readonly uint _mask;

    // Buffers of arrivals beyond the first of each.
    private int _furtherBuffers;
    private uint _head;
    private uint _tail;
    private Destination? _destination;
    private NetworkInterface? _peerVia;
    private IpAddress _peer;

    internal UdpEndpoint(NetworkStack stack, int capacity)
        : base(IpProtocol.Udp)
    {
        _stack = stack;
        _arrivals = new Arrival[capacity];
        _mask = (uint)capacity - 1;
    }

    /// <summary>The next of those that are closed.</summary>
    internal UdpEndpoint? NextClosed;

    /// <summary>The next of all endpoints that the stack ever made.</summary>
    internal UdpEndpoint? NextOfAll;

    /// <summary>Whether the stack may hand it out anew.</summary>
    internal bool IsClosed;

    /// <summary>Whether it was read from, woken to be read from, or bound, since <see cref="LastActive"/> was asked for.</summary>
    private bool _active;
    private Instant _lastActive;

    /// <summary>Whether datagrams may be sent to a broadcast address.</summary>
    public bool MayBroadcast
    {
        get;
        set
        {
            field = value;
            _destination = null;
        }
    }

    /// <summary>A datagram can always be sent, or is lost where it is.</summary>
    public override Readiness Readiness => _head == _tail ? Readiness.Writable : Readiness.Readable | Readiness.Writable;

    /// <summary>Datagrams that wait to be received.</summary>
    public int Pending => (int)(_tail - _head);

    /// <summary>Bytes of payload in the datagram that is received next; 0 if none waits.</summary>
    public int NextLength => _head == _tail ? 0 : PacketChain.Length(_arrivals[_head & _mask].Buffer);

    /// <summary>Buffers that wait here.</summary>
    private int Kept => Pending + _furtherBuffers;

    /// <summary>Takes an address and a port.</summary>
    /// <param name="address">One of this host's addresses, 0.0.0.0 for all of IPv4, or :: for all of IPv6 and, if <see cref="Endpoint.IsDual"/>, of both.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    public BindStatus Bind(IpAddress address, ushort port) => _stack.Bind(this, address, port);

    /// <summary>Accepts datagrams from one host and port alone from now on, and drops those that wait.</summary>
    public void Connect(IpAddress address, ushort port)
    {
        _stack.Endpoints.Remove(this);
        DropArrivals();
        NameRemote(address, port, _stack.Endpoints.Secret);
        _stack.Endpoints.Add(this);
    }

    /// <summary>Gives the port back and drops the arrivals. The endpoint is not used again by its owner; the stack may hand it out anew.</summary>
    public void Close() => _stack.Close(this);

    /// <summary>Takes the datagram that has waited longest.</summary>
    /// <param name="destination">Where its payload goes; what does not fit is lost.</param>
    /// <param name="receipt">Who sent it, and how long it was.</param>
    /// <returns>False if none waits.</returns>
    public bool TryReceive(Span<byte> destination, out UdpReceipt receipt)
    {
        _active = true;
        if (_head == _tail)
        {
            Unsafe.SkipInit(out receipt);
            return false;
        }

        ref Arrival arrival = ref _arrivals[_head & _mask];
        _head++;
        PacketBuffer buffer = arrival.Buffer;
        _peer = arrival.Source;
        Reference.Set(ref _peerVia, arrival.Via);
        if (buffer.Next is not null)
            return ReceiveChain(in arrival, destination, out receipt);

        // The copy comes last, so that nothing but the buffer need outlive it.
        int total = buffer.Length;
        int copied = total < destination.Length ? total : destination.Length;
        receipt = new UdpReceipt(copied, total, arrival.Source, arrival.SourcePort);
        arrival.Via.CountCopied(copied);
        unsafe
        {
            Unsafe.CopyBlockUnaligned(ref MemoryMarshal.GetReference(destination), in buffer.Page[buffer.Offset], (uint)copied);
        }

        buffer.ReleaseKept();
        return true;
    }

    /// <summary>Sends a datagram.</summary>
    /// <remarks>An answer leaves by the interface by which the last received datagram came, if it goes to that datagram's
    /// sender.</remarks>
    public SendStatus Send(ReadOnlySpan<byte> payload, IpAddress address, ushort port) => Send(payload, address, BigEndian16.From(port));

    /// <inheritdoc cref="Send(ReadOnlySpan{byte}, IpAddress, ushort)"/>
    internal SendStatus Send(ReadOnlySpan<byte> payload, IpAddress address, BigEndian16 port)
    {
        Destination? destination = _destination;
        if (destination is null || destination.Address != address || destination.Generation != _stack.Generation
            || (destination.Via != _peerVia && _peerVia is not null && address == _peer))
        {
            return SendAnew(payload, address, port);
        }

        BigEndian32 ports = new(RawLocalPort.Raw | ((uint)port.Raw << 16));
        UdpLayer udp = destination.Via.Udp;
        if (!udp.TrySend(destination, ports, payload))
            return SendSlow(udp, destination, ports, payload);
        FlushIfWanted(destination.Via);
        return SendStatus.Sent;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SendStatus SendAnew(ReadOnlySpan<byte> payload, IpAddress address, BigEndian16 port)
    {
        Destination? destination = FindDestination(address);
        if (destination is null)
            return SendStatus.Dropped;
        if (destination.IsBroadcast && !MayBroadcast)
            return SendStatus.BroadcastRefused;
        destination = WithHops(destination);
        _destination = destination;
        return SendSlow(destination.Via.Udp, destination, new(RawLocalPort.Raw | ((uint)port.Raw << 16)), payload);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SendStatus SendSlow(UdpLayer udp, Destination destination, BigEndian32 ports, ReadOnlySpan<byte> payload)
    {
        SendStatus sent = udp.Send(destination, ports, payload);
        FlushIfWanted(destination.Via);
        return sent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FlushIfWanted(NetworkInterface via)
    {
        if (_head == _tail)
            via.Flush();
        else if (via.WantsClock)
            _stack.FlushIfLate(via);
    }

    /// <summary>Counts a datagram for which the device stayed busy.</summary>
    public void GiveUpSending() => _stack.Drops.Count(DropCause.TransmitFull);

    /// <summary>Takes an arrival, which waits here until it is received; it is dropped if the queue is full, or other queues leave no buffers for it.</summary>
    internal void Deliver(PacketBuffer buffer, PacketInfo info)
    {
        if (_tail - _head <= _mask && buffer.Next is null && info.Via.Pool.TryKeep(Kept))
            Queue(buffer, info);
        else
            DeliverIfRoom(buffer, info);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DeliverIfRoom(PacketBuffer buffer, PacketInfo info)
    {
        if (_tail - _head <= _mask && TryKeep(buffer, info.Via.Pool))
            Queue(buffer, info);
        else
            info.Via.Drops.Drop(buffer, DropCause.QueueFull);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Queue(PacketBuffer buffer, PacketInfo info)
    {
        buffer.PassTo(BufferOwner.Socket);
        ref Arrival arrival = ref _arrivals[_tail & _mask];
        _tail++;
        Reference.Set(ref arrival.Buffer!, buffer);
        Reference.Set(ref arrival.Via!, info.Via);
        arrival.Source = info.Source;
        arrival.SourcePort = info.SourcePort;
        if (Readers.HasWaiters)
            TellReaders();
    }

    /// <summary>When it was last active; what it did since it was last asked counts as done now, so that nobody reads the clock for it.</summary>
    internal Instant LastActive(Instant now)
    {
        if (_active)
        {
            _active = false;
            _lastActive = now;
        }

        return _lastActive;
    }

    /// <summary>Whether the datagram that has waited longest lies in buffers of a pool.</summary>
    internal bool KeepsFrom(PacketPool pool) => _head != _tail && _arrivals[_head & _mask].Via.Pool == pool;

    /// <summary>Drops the datagram that has waited longest.</summary>
    internal void DropOldest()
    {
        NetworkInterface via = _arrivals[_head & _mask].Via;
        via.Drops.Drop(TakeOldest(), DropCause.QueueFull);
    }

    internal void SetLocal(IpAddress address, ushort port)
    {
        _active = true;
        Name(address, port);
    }

    internal void Reset()
    {
        DropArrivals();
        LeaveAllGroups();
        IsDual = false;
        IsOfStack = false;
        SetLocal(IpAddress.AnyIpv4, 0);
        MayBroadcast = false;
        _destination = null;
        _peerVia = null;
        _peer = default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReceiveChain(in Arrival arrival, Span<byte> destination, out UdpReceipt receipt)
    {
        PacketBuffer first = arrival.Buffer;
        int copied = PacketChain.CopyTo(first, destination);
        arrival.Via.CountCopied(copied);
        receipt = new UdpReceipt(copied, PacketChain.Length(first), arrival.Source, arrival.SourcePort);
        EndKeeping(in arrival);
        first.Release();
        return true;
    }

    private void EndKeeping(in Arrival arrival)
    {
        int buffers = PacketChain.Buffers(arrival.Buffer);
        _furtherBuffers -= buffers - 1;
        arrival.Via.Pool.EndKeeping(buffers);
    }

    private void DropArrivals()
    {
        while (_head != _tail)
            TakeOldest().Release();
    }

    private PacketBuffer TakeOldest()
    {
        ref Arrival arrival = ref _arrivals[_head & _mask];
        _head++;
        EndKeeping(in arrival);
        return arrival.Buffer;
    }

    // Where buffers are short, or several are wanted: an endpoint that keeps little is given room by those that nobody reads.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryKeep(PacketBuffer buffer, PacketPool pool)
    {
        int buffers = PacketChain.Buffers(buffer);
        if (!pool.TryKeep(Kept, buffers))
        {
            int assured = Math.Max(pool.KeepLimit / ShareAssured, 1);
            if (Kept != 0 && Kept + buffers > assured)
                return false;
            // Who waits is active now; of those that were last active at the same time, who keeps nothing goes before who keeps something.
            Instant now = _stack.Now;
            Instant active = Readers.HasWaiters ? now : new(LastActive(now).Nanoseconds + (Kept == 0 ? 1 : 0));
            if (!_stack.TryMakeRoom(pool, buffers, active) || !pool.TryKeep(0, buffers))
                return false;
        }

        _furtherBuffers += buffers - 1;
        return true;
    }

    private Destination? FindDestination(IpAddress address)
    {
        NetworkInterface? preferred = address == _peer ? _peerVia : null;
        Destination? destination = _stack.FindDestination(address, LocalAddress, preferred);
        if (destination is null)
            _stack.Drops.Count(DropCause.NoRoute);
        return destination;
    }

    private void TellReaders()
    {
        // Whoever waited reads from now on, and what came in the same burst as that for which it was woken is as wanted.
        _active = true;
        Readers.WakeOne();
    }

    private struct Arrival
    {
        public PacketBuffer Buffer;
        public NetworkInterface Via;
        public IpAddress Source;
        public BigEndian16 SourcePort;
    }
}
