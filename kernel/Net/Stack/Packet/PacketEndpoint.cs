using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guest.Core.Memory;
using Guest.Core.Scheduling;
using Guest.Net.Wire;

namespace Guest.Net.Stack;

/// <summary>Whole Ethernet frames, from interfaces and to them: what a raw socket stands on.</summary>
/// <remarks>Frames wait in the buffers in which they came, or were copied into, a bounded number of them. What is sent while received work still waits is
/// gathered, as UDP's is. See docs/decisions/0070.</remarks>
public sealed class PacketEndpoint : Endpoint
{
    /// <summary>The EtherType that stands for every frame: Linux's ETH_P_ALL.</summary>
    public const ushort AllTypes = 3;

    private readonly NetworkStack _stack;
    private readonly Arrival[] _arrivals;
    private readonly uint _mask;
    private int _furtherBuffers;
    private uint _head;
    private uint _tail;
    private BigEndian16 _etherType;
    private NetworkInterface? _last;

    internal PacketEndpoint(NetworkStack stack, int capacity)
        : base(IpProtocol.Reserved)
    {
        _stack = stack;
        _arrivals = new Arrival[capacity];
        _mask = (uint)capacity - 1;
    }

    /// <summary>The next of those that are open, or of those that are closed.</summary>
    internal PacketEndpoint? Next;

    /// <summary>Which frames it takes; 0 for none.</summary>
    public ushort EtherType => _etherType.Value;

    /// <summary>The <see cref="NetworkInterface.Index"/> of the interface whose frames it takes; 0 for all.</summary>
    public int InterfaceIndex { get; private set; }

    /// <summary>Whether the frames that it takes are its alone: the stack does not see them.</summary>
    public bool IsExclusive { get; set; }

    /// <summary>A frame can always be sent, or is lost where it is.</summary>
    public override Readiness Readiness => _head == _tail ? Readiness.Writable : Readiness.Readable | Readiness.Writable;

    /// <summary>Frames that wait to be received.</summary>
    public int Pending => (int)(_tail - _head);

    /// <summary>Bytes in the frame that is received next; 0 if none waits.</summary>
    public int NextLength => _head == _tail ? 0 : PacketChain.Length(_arrivals[_head & _mask].Buffer);

    /// <summary>Takes frames from now on: of an EtherType, and of one interface or all.</summary>
    /// <returns>False if there is no such interface.</returns>
    public bool TryBind(ushort etherType, int interfaceIndex)
    {
        if (interfaceIndex != 0 && _stack.FindInterface(interfaceIndex) is null)
            return false;
        InterfaceIndex = interfaceIndex;
        _etherType = BigEndian16.From(etherType);
        _stack.OnPacketsBound(this);
        return true;
    }

    /// <summary>Takes no more frames and drops those that wait. The endpoint is not used again by its owner; the stack may hand it out anew.</summary>
    public void Close() => _stack.Close(this);

    /// <summary>Takes the frame that has waited longest.</summary>
    /// <param name="destination">Where it goes; what does not fit is lost.</param>
    /// <param name="length">Bytes that were copied.</param>
    /// <param name="sender">Who sent it.</param>
    /// <returns>False if none waits.</returns>
    public bool TryReceive(Span<byte> destination, out int length, out LinkAddress sender)
    {
        sender = default;
        length = _head == _tail ? 0 : Receive(destination, ref Unsafe.As<LinkAddress, byte>(ref sender));
        return length != 0;
    }

    /// <summary>Takes the frame that has waited longest, where one waits.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="sender">The first of <see cref="LinkAddress.Size"/> bytes, where its sender goes.</param>
    /// <returns>Bytes that were copied.</returns>
    internal unsafe int Receive(Span<byte> destination, ref byte sender)
    {
        ref Arrival arrival = ref _arrivals[_head & _mask];
        _head++;
        PacketBuffer buffer = arrival.Buffer;
        NetworkInterface via = arrival.Via;
        Reference.Set(ref _last, via);
        byte* frame = buffer.Page + buffer.Offset;
        LinkAddress.Write(ref sender, frame, via);
        if (buffer.Next is not null)
            return ReceiveChain(buffer, via, destination);
        int length = buffer.Length < destination.Length ? buffer.Length : destination.Length;
        via.CountCopied(length);
        Unsafe.CopyBlockUnaligned(ref MemoryMarshal.GetReference(destination), in *frame, (uint)length);
        buffer.ReleaseKept();
        return length;
    }

    /// <summary>Sends a frame as it is.</summary>
    /// <param name="frame">All of it, from the Ethernet header on, without the frame check sequence.</param>
    /// <param name="interfaceIndex">By which interface.</param>
    public SendStatus Send(ReadOnlySpan<byte> frame, int interfaceIndex)
    {
        NetworkInterface? via = _last;
        if (via is null || via.Index != interfaceIndex)
            via = _stack.FindInterface(interfaceIndex);
        return via is null ? Refuse() : Send(frame, via);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SendStatus Refuse()
    {
        _stack.Drops.Count(DropCause.NoRoute);
        return SendStatus.Dropped;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SendStatus Send(ReadOnlySpan<byte> frame, NetworkInterface via)
    {
        SendStatus status = via.SendFrame(frame);
        if (_head == _tail)
            via.Flush();
        else if (via.WantsClock)
            _stack.FlushIfLate(via);
        return status;
    }

    /// <summary>Counts a frame for which the device stayed busy.</summary>
    public void GiveUpSending() => _stack.Drops.Count(DropCause.TransmitFull);

    /// <summary>Which frames it takes, as their type lies in them; 0 for none.</summary>
    internal BigEndian16 RawEtherType => _etherType;

    /// <summary>Whether it takes frames of a type from an interface.</summary>
    internal bool Accepts(BigEndian16 etherType, NetworkInterface via) =>
        (_etherType.Raw == etherType.Raw || _etherType.Value == AllTypes) && (InterfaceIndex == 0 || InterfaceIndex == via.Index);

    /// <summary>Takes a frame, which waits here until it is received; it is dropped if the queue is full, or there are no buffers to keep.</summary>
    internal void Deliver(PacketBuffer frame, NetworkInterface via)
    {
        if (frame.Next is null && !frame.ChecksumVerified && _tail - _head <= _mask && via.Pool.TryKeep(Pending + _furtherBuffers))
            Queue(frame, via);
        else
            DeliverIfRoom(frame, via);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DeliverIfRoom(PacketBuffer frame, NetworkInterface via)
    {
        int buffers = PacketChain.Buffers(frame);
        if (_tail - _head > _mask || !via.Pool.TryKeep(Pending + _furtherBuffers, buffers))
        {
            via.Drops.Drop(frame, DropCause.RawQueueFull);
            return;
        }

        if (frame.ChecksumVerified)
            TransportChecksum.Complete(via.Counters, frame);
        _furtherBuffers += buffers - 1;
        Queue(frame, via);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Queue(PacketBuffer frame, NetworkInterface via)
    {
        frame.PassTo(BufferOwner.Socket);
        ref Arrival arrival = ref _arrivals[_tail & _mask];
        _tail++;
        Reference.Set(ref arrival.Buffer!, frame);
        Reference.Set(ref arrival.Via!, via);
        if (Readers.HasWaiters)
            Readers.WakeOne();
    }

    /// <summary>Takes a copy of a frame, which goes its way.</summary>
    internal void DeliverCopy(PacketBuffer frame, NetworkInterface via)
    {
        PacketPool pool = via.Pool;
        if (pool.Available <= pool.ControlReserve || PacketChain.TryTake(pool, PacketChain.Length(frame)) is not { } copy)
        {
            via.Drops.Count(DropCause.NoBuffer);
            return;
        }

        int at = 0;
        for (PacketBuffer? piece = frame; piece is not null; piece = piece.Next)
        {
            PacketChain.Write(copy, at, piece.Data);
            at += piece.Length;
        }

        via.CountCopied(at);
        copy.ChecksumVerified = frame.ChecksumVerified;
        Deliver(copy, via);
    }

    /// <summary>Becomes as new.</summary>
    internal void Reset()
    {
        while (_head != _tail)
        {
            ref Arrival arrival = ref _arrivals[_head & _mask];
            _head++;
            EndKeeping(arrival.Buffer, arrival.Via);
            arrival.Buffer.Release();
        }

        InterfaceIndex = 0;
        _etherType = default;
        IsExclusive = false;
        _last = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReceiveChain(PacketBuffer first, NetworkInterface via, Span<byte> destination)
    {
        int copied = PacketChain.CopyTo(first, destination);
        via.CountCopied(copied);
        EndKeeping(first, via);
        first.Release();
        return copied;
    }

    private void EndKeeping(PacketBuffer first, NetworkInterface via)
    {
        int buffers = PacketChain.Buffers(first);
        _furtherBuffers -= buffers - 1;
        via.Pool.EndKeeping(buffers);
    }

    private struct Arrival
    {
        public PacketBuffer Buffer;
        public NetworkInterface Via;
    }
}
