using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Diagnostics;
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
public sealed class UdpEndpoint
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
    private BigEndian16 _rawPort;
    private BigEndian32 _rawLocal;
    private BigEndian16 _rawRemotePort;
    private BigEndian32 _rawRemote;
    private Destination? _destination;
    private NetworkInterface? _peerVia;
    private BigEndian32 _peer;

    internal UdpEndpoint(NetworkStack stack, int capacity)
    {
        _stack = stack;
        _arrivals = new Arrival[capacity];
        _mask = (uint)capacity - 1;
    }

    internal UdpEndpoint? NextInBucket;

    /// <summary>The next of all endpoints that the stack ever made.</summary>
    internal UdpEndpoint? NextOfAll;

    /// <summary>Whether the stack may hand it out anew.</summary>
    internal bool IsClosed;

    /// <summary>Whether it was read from, woken to be read from, or bound, since <see cref="LastActive"/> was asked for.</summary>
    private bool _active;
    private Instant _lastActive;

    /// <summary>The address that datagrams must be sent to; 0.0.0.0 for any of this host's.</summary>
    public IpAddress LocalAddress { get; private set; } = IpAddress.AnyIpv4;

    /// <summary>The port; 0 while not bound.</summary>
    public ushort LocalPort { get; private set; }

    /// <summary>The only host from which datagrams are accepted, if <see cref="IsConnected"/>.</summary>
    public IpAddress RemoteAddress { get; private set; }

    /// <summary>That host's port.</summary>
    public ushort RemotePort { get; private set; }

    /// <summary>Whether <see cref="Connect"/> was called.</summary>
    public bool IsConnected { get; private set; }

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

    /// <summary>Called at an arrival for one of the <see cref="Waiters"/>.</summary>
    public Action? Arrived { get; set; }

    /// <summary>How many threads wait for an arrival and have not been told of one. Who waits adds itself; an arrival subtracts the one that
    /// it tells.</summary>
    public int Waiters { get; set; }

    /// <summary>Datagrams that wait to be received.</summary>
    public int Pending => (int)(_tail - _head);

    /// <summary>Bytes of payload in the datagram that is received next; 0 if none waits.</summary>
    public int NextLength => _head == _tail ? 0 : PacketChain.Length(_arrivals[_head & _mask].Buffer);

    /// <summary>Buffers that wait here.</summary>
    private int Kept => Pending + _furtherBuffers;

    /// <summary>How specific the binding is: the more, the earlier it is asked.</summary>
    internal int Specificity => (IsConnected ? 2 : 0) + (LocalAddress.IsUnspecified ? 0 : 1);

    /// <summary>Takes an address and a port.</summary>
    /// <param name="address">One of this host's addresses, or 0.0.0.0 for all.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    public BindStatus Bind(IpAddress address, ushort port) => _stack.Bind(this, address, port);

    /// <summary>Accepts datagrams from one host and port alone from now on, and drops those that wait.</summary>
    public void Connect(IpAddress address, ushort port)
    {
        _stack.Udp.Remove(this);
        DropArrivals();
        RemoteAddress = address;
        RemotePort = port;
        _rawRemote = BigEndian32.From(address.Ipv4);
        _rawRemotePort = BigEndian16.From(port);
        IsConnected = true;
        _stack.Udp.Add(this);
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
        NetworkInterface via = arrival.Via;
        _peer = arrival.Source;
        if (_peerVia != via)
            _peerVia = via;
        if (buffer.Next is not null)
        {
            ReceiveChain(in arrival, destination, out receipt);
            return true;
        }

        int total = buffer.Length;
        int copied = total < destination.Length ? total : destination.Length;
        receipt = new UdpReceipt(copied, total, arrival.Source, arrival.SourcePort);
        via.CountCopied(copied);
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
    public SendStatus Send(ReadOnlySpan<byte> payload, IpAddress address, ushort port)
    {
        if (address.IsIpv4)
            return Send(payload, BigEndian32.From(address.Ipv4), BigEndian16.From(port));
        _stack.Drops.Count(DropCause.NoRoute);
        return SendStatus.Dropped;
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte}, IpAddress, ushort)"/>
    internal SendStatus Send(ReadOnlySpan<byte> payload, BigEndian32 address, BigEndian16 port)
    {
        Destination? destination = _destination;
        if (destination is null || destination.Target.Raw != address.Raw || destination.Generation != _stack.Generation
            || (destination.Via != _peerVia && _peerVia is not null && address.Raw == _peer.Raw))
        {
            destination = FindDestination(address);
            if (destination is null)
                return SendStatus.Dropped;
            if (destination.IsBroadcast && !MayBroadcast)
                return SendStatus.BroadcastRefused;
            _destination = destination;
        }

        NetworkInterface via = destination.Via;
        SendStatus sent = via.SendUdp(destination, new(_rawPort.Raw | ((uint)port.Raw << 16)), payload);
        if (_head == _tail)
            via.Flush();
        else if (via.WantsClock)
            _stack.FlushIfLate(via);
        return sent;
    }

    /// <summary>Counts a datagram for which the device stayed busy.</summary>
    public void GiveUpSending() => _stack.Drops.Count(DropCause.TransmitFull);

    /// <summary>Whether a datagram is for this endpoint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Accepts(BigEndian16 localPort, BigEndian32 local, BigEndian16 remotePort, BigEndian32 remote) =>
        localPort.Raw == _rawPort.Raw && (_rawLocal.Raw == 0 || _rawLocal.Raw == local.Raw)
        && (!IsConnected || (_rawRemote.Raw == remote.Raw && _rawRemotePort.Raw == remotePort.Raw));

    /// <summary>Puts an arrival into the queue, which then owns it.</summary>
    /// <returns>False if the queue is full, or other queues leave no buffers for it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Deliver(PacketBuffer buffer, NetworkInterface via, BigEndian32 source, BigEndian16 sourcePort)
    {
        if (_tail - _head > _mask)
            return false;
        if ((buffer.Next is not null || !via.Pool.TryKeep(Kept)) && !TryKeep(buffer, via.Pool))
            return false;
        buffer.PassTo(BufferOwner.Socket);
        ref Arrival arrival = ref _arrivals[_tail & _mask];
        _tail++;
        arrival.Buffer = buffer;
        if (arrival.Via != via)
            arrival.Via = via;
        arrival.Source = source;
        arrival.SourcePort = sourcePort;
        if (Waiters != 0)
            TellWaiter();
        return true;
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
        LocalAddress = address;
        LocalPort = port;
        _rawLocal = address.IsUnspecified ? default : BigEndian32.From(address.Ipv4);
        _rawPort = BigEndian16.From(port);
    }

    internal void Reset()
    {
        DropArrivals();
        SetLocal(IpAddress.AnyIpv4, 0);
        IsConnected = false;
        MayBroadcast = false;
        Arrived = null;
        Waiters = 0;
        _destination = null;
        _peerVia = null;
        _peer = default;
    }

    private void ReceiveChain(in Arrival arrival, Span<byte> destination, out UdpReceipt receipt)
    {
        PacketBuffer first = arrival.Buffer;
        int copied = PacketChain.CopyTo(first, destination);
        arrival.Via.CountCopied(copied);
        receipt = new UdpReceipt(copied, PacketChain.Length(first), arrival.Source, arrival.SourcePort);
        EndKeeping(in arrival);
        first.Release();
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
            Instant active = Waiters != 0 ? now : new(LastActive(now).Nanoseconds + (Kept == 0 ? 1 : 0));
            if (!_stack.TryMakeRoom(pool, buffers, active) || !pool.TryKeep(0, buffers))
                return false;
        }

        _furtherBuffers += buffers - 1;
        return true;
    }

    private Destination? FindDestination(BigEndian32 address)
    {
        NetworkInterface? preferred = address.Raw == _peer.Raw ? _peerVia : null;
        Destination? destination = _stack.FindDestination(IpAddress.From(address), LocalAddress, preferred);
        if (destination is null)
            _stack.Drops.Count(DropCause.NoRoute);
        return destination;
    }

    private void TellWaiter()
    {
        // It reads from now on, and what came in the same burst as that for which it was woken is as wanted.
        _active = true;
        Waiters--;
        Arrived?.Invoke();
    }

    private struct Arrival
    {
        public PacketBuffer Buffer;
        public NetworkInterface Via;
        public BigEndian32 Source;
        public BigEndian16 SourcePort;
    }
}
